"""A promised time has passed: the resident hears it before asking."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from delivery import telling
from delivery.models import SupplyDelivery
from delivery.models.parcel import Stage
from portal.rounds import each

ON_THE_WAY = (Stage.PACKED, Stage.ASSIGNED, Stage.OUT, Stage.RESCHEDULED)


def tell_late() -> int:
    """Tell each late parcel once a promise; how many were told."""
    now = timezone.now()
    late = SupplyDelivery.objects.filter(stage__in=ON_THE_WAY, window_end__lt=now)
    untold = late.filter(Q(late_told_at=None) | Q(late_told_at__lt=F("window_end")))
    return each(untold.select_related("organization", "patient__user"), _tell_late, now)


@transaction.atomic
def _tell_late(parcel: SupplyDelivery, now: datetime) -> bool:
    fresh = SupplyDelivery.objects.filter(pk=parcel.pk, late_told_at=parcel.late_told_at)
    if not fresh.update(late_told_at=now):
        return False  # another round was quicker
    telling.late(parcel)
    return True
