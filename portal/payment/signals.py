"""What the services above may wait for: money arrived, money went back."""

from __future__ import annotations

from django.dispatch import Signal

invoice_balanced = Signal()  # sent inside the transaction with invoice=Invoice
refund_succeeded = Signal()  # sent inside the transaction with refund=Refund
