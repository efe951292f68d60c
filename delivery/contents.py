"""May what is in a parcel still be given to its resident?"""

from __future__ import annotations

from delivery.models import SupplyDelivery
from refill.models import DispenseLot, MedicationDispense, StockItem


def recalled(parcel: SupplyDelivery) -> bool:
    """Is a lot in it called back by its maker? Then nobody gets it (R88)."""
    lots = DispenseLot.objects.filter(dispense__in=parcel.lines.values("dispense"))
    return lots.filter(item__status=StockItem.Status.RECALLED).exists()


def withdrawn(parcel: SupplyDelivery) -> bool:
    """Is a medicine in it not to be handed over any more? Then nobody gets the parcel."""
    kept = MedicationDispense.Status.IN_PROGRESS
    return parcel.lines.exclude(dispense__status=kept).exists()
