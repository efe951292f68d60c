"""A promised time has passed: the resident hears it before asking."""

from __future__ import annotations

from django.utils import timezone

from delivery import telling
from delivery.models import SupplyDelivery
from delivery.models.parcel import Stage

ON_THE_WAY = (Stage.PACKED, Stage.ASSIGNED, Stage.OUT, Stage.RESCHEDULED)


def tell_late() -> int:
    """Tell each late parcel once a promise; how many were told."""
    now = timezone.now()
    late = SupplyDelivery.objects.filter(stage__in=ON_THE_WAY, window_end__lt=now)
    told = 0
    for parcel in late.select_related("organization", "patient__user"):
        fresh = SupplyDelivery.objects.filter(pk=parcel.pk, late_told_at=parcel.late_told_at)
        is_told = parcel.late_told_at is not None and parcel.late_told_at >= parcel.window_end
        if not is_told and fresh.update(late_told_at=now):
            telling.late(parcel)
            told += 1
    return told
