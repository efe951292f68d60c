"""The worker asks the hospital system who people are."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.db.models import F

from portal.registration import checking
from portal.registration.models import Registration

A_ROUND = 50


@shared_task(ignore_result=True)
def check(pk: str) -> None:
    """One person; may run twice."""
    checking.check(uuid.UUID(pk))


@shared_task(ignore_result=True)
def check_waiting() -> None:
    """Those whose first try met a hospital system that was away, each in their turn.

    Who was asked about longest ago comes first: one centre's silence keeps nobody else waiting.
    """
    waiting = Registration.objects.filter(status=Registration.Status.REQUESTED)
    in_turn = waiting.order_by(F("asked_on").asc(nulls_first=True), "authored_on")
    for pk in in_turn.values_list("pk", flat=True)[:A_ROUND]:
        check.delay(str(pk))
