"""Online the same price as at the counter; a difference is the manager's task (R104)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.notification.models import Notification
from portal.payment import comparing, invoicing, prices, tasks
from portal.payment.models import BookDifference, CounterPrice
from portal.terminology.models import Medication
from refill import reviewing, stocking
from tests.factories import centre_day
from tests.refill.conftest import (  # noqa: F401 - the fixtures of the counter
    GOOD,
    line,
    pharmacist,
    prescription,
    review,
    shelf,
)


@pytest.fixture
def kept(line, centre):  # noqa: F811
    """The counter asks ten fen less for this medicine."""
    return CounterPrice.objects.create(
        organization=centre, kind="medicine", item=line.medication.code, source="the wall",
        price_minor=line.medication.price_minor - 10, as_of=centre_day.today(),
    )  # fmt: skip


def told(person):
    return Notification.objects.filter(user=person, kind="prices-differ").count()


def test_a_difference_is_a_task_of_the_manager_until_the_lists_agree(kept, gao, line, as_person):  # noqa: F811
    for _night in range(2):
        assert tasks.compare_prices() == 1
    row = BookDifference.objects.get()
    assert (row.theirs_minor, row.ours_minor) == (kept.price_minor, line.medication.price_minor)
    assert told(gao) == 1
    page = as_person(gao).get(reverse("payment:differences")).content.decode()
    assert line.medication.code in page
    comparing._keep([])  # the look at the cashier's books settles only its own
    assert BookDifference.objects.get().settled_at is None
    Medication.objects.filter(pk=line.medication_id).update(price_minor=kept.price_minor)
    assert prices.compare() == 0
    assert BookDifference.objects.get().settled_at is not None


def test_meanwhile_the_counters_price_is_billed(kept, actor, pharmacist, review, shelf, line):  # noqa: F811
    reviewing.pass_(actor(pharmacist), review, GOOD)
    (charge,) = invoicing.lines_of(line)
    assert charge.amount_minor == stocking.boxes_for(line) * kept.price_minor


def test_another_centres_list_is_not_ours(kept, other_centre, line):  # noqa: F811
    online = line.medication.price_minor
    assert prices.charged(other_centre, "medicine", line.medication.code, online) == online
