"""What the services above may wait for: money arrived."""

from __future__ import annotations

from django.dispatch import Signal

invoice_balanced = Signal()  # sent inside the transaction with invoice=Invoice
