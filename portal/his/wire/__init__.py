"""HIS JSON to record facts and back; nobody else reads the wire format.

Inbound is tolerant: missing, null, unknown and text-only survive (`tolerant.py`).
Outbound is strict: checked before it leaves (`strict.py`). HIS law 8.
"""
