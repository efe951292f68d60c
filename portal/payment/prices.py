"""Online the same price as at the counter (R104): the centre's own list is the measure.

Where the two lists differ nobody is billed the wrong amount: the counter's price is charged, and
the manager has the difference as a task until the lists agree.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from portal.locking import for_update
from portal.organization.models import HealthcareService, Organization
from portal.payment import telling
from portal.payment.models import BookDifference, ChargeItem, CounterPrice
from portal.terminology.models import Medication

WHAT = "price"
Kind = ChargeItem.Kind


def charged(centre: Organization, kind: str, item: str, online_minor: int) -> int:
    """The price of one box or one visit: the counter's where the centre keeps one."""
    kept = CounterPrice.objects.filter(organization=centre, kind=kind, item=item).first()
    return kept.price_minor if kept else online_minor


@transaction.atomic
def compare() -> int:
    """Each night: what is asked online against the counter's lists; how many differ."""
    now, found = timezone.now(), dict(_differences())
    for known in for_update(BookDifference.objects).filter(what=WHAT, settled_at=None):
        if known.ref not in found:
            known.settled_at = now
            known.save(update_fields=["settled_at"])
    new: dict[Organization, int] = {}
    for ref, (price, online) in found.items():
        _row, is_new = BookDifference.objects.update_or_create(
            what=WHAT,
            ref=ref,
            settled_at=None,
            defaults={"ours_minor": online, "theirs_minor": price.price_minor},
            create_defaults={
                "ours_minor": online,
                "theirs_minor": price.price_minor,
                "organization_id": price.organization_id,
                "found_at": now,
            },
        )
        if is_new:
            new[price.organization] = new.get(price.organization, 0) + 1
    for centre, count in new.items():
        telling.prices(centre, count, f"{centre.pk}:{now:%Y-%m-%d}")
    return len(found)


def _differences() -> Iterator[tuple[str, tuple[CounterPrice, int]]]:
    medicines = dict(Medication.objects.filter(is_active=True).values_list("code", "price_minor"))
    rows = HealthcareService.objects.values_list("organization", "code", "price_minor")
    visits = {(centre, code): price for centre, code, price in rows}
    for row in CounterPrice.objects.select_related("organization"):
        if row.kind == Kind.MEDICINE:
            online = medicines.get(row.item)
        else:
            online = visits.get((row.organization_id, row.item))
        if online is not None and online != row.price_minor:
            yield f"{row.organization_id}:{row.item}", (row, online)
