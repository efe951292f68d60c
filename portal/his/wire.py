"""HIS JSON to record facts and back; nobody else reads the wire format."""
