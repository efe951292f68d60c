"""What people may send: each field read strictly, each fault said in one sentence."""
