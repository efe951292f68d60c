"""What the services above may wait for."""

from __future__ import annotations

from django.dispatch import Signal

prescription_signed = Signal()  # sent inside the transaction with prescription=Prescription
