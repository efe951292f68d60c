"""The nightly look: each difference becomes a task of the manager's, and ends with it (I9)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from portal.locking import for_update
from portal.organization.models import Organization
from portal.payment import paying, prices, reconciling, telling
from portal.payment.models import BookDifference, Checkout, Invoice


def compare() -> int:
    """Ask the cashier about everything that is open, then compare; how many differences stand.

    Raises GatewayUnavailable: what was found before stands then as it was.
    """
    for row in Checkout.objects.filter(status=Checkout.Status.OPEN):
        paying.settle(row)
    found = [row for row in reconciling.differences() if not row.is_under_way]
    _keep(found)
    return len(found)


@transaction.atomic
def _keep(found: list[reconciling.Difference]) -> None:
    now = timezone.now()
    still = {(row.what, row.ref) for row in found}
    for known in (
        for_update(BookDifference.objects).filter(settled_at=None).exclude(what=prices.WHAT)
    ):
        if (known.what, known.ref) not in still:
            known.settled_at = now
            known.save(update_fields=["settled_at"])
    new = [row for row in found if _note(row)]
    for centre in Organization.objects.all() if new else []:
        mine = [row for row in new if _centre(row) in (centre.pk, None)]
        if mine:
            telling.books(centre, len(mine), f"{now:%Y-%m-%d}")


def _note(row: reconciling.Difference) -> bool:
    """True for one that nobody has seen yet."""
    amounts = {"ours_minor": row.ours_minor, "theirs_minor": row.theirs_minor}
    known, is_new = BookDifference.objects.get_or_create(
        what=row.what,
        ref=row.ref,
        settled_at=None,
        defaults={**amounts, "organization_id": _centre(row), "found_at": timezone.now()},
    )
    if not is_new:
        BookDifference.objects.filter(pk=known.pk).update(**amounts)
    return is_new


def _centre(row: reconciling.Difference) -> uuid.UUID | None:
    """Whose bill it is; a payment may name one that we do not know."""
    try:
        pk = uuid.UUID(row.invoice)
    except ValueError:
        return None
    return Invoice.objects.filter(pk=pk).values_list("organization", flat=True).first()
