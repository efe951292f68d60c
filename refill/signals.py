"""What the delivery waits for: a fill is packed, a fill is not handed over after all."""

from __future__ import annotations

from django.dispatch import Signal

dispense_packed = Signal()  # sent inside the transaction with dispense=MedicationDispense
