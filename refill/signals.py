"""What the delivery waits for: a fill is packed."""

from __future__ import annotations

from django.dispatch import Signal

dispense_packed = Signal()  # sent inside the transaction with dispense=MedicationDispense
