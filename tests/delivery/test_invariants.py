"""Each breach that the database itself does not refuse is counted."""

from __future__ import annotations

import pytest
from django.utils import timezone

from delivery import invariants, returning
from delivery.models import Custody, Proof, RefundOrReplace, SupplyDelivery
from portal import invariants as portal_invariants
from portal.accounts.actor import SYSTEM
from portal.audit import journal
from portal.notification.models import Notification
from portal.payment.models import ChargeItem
from refill.models import StockMovement


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def shelf(shelf):
    """It was received, as every shelf is."""
    StockMovement.objects.create(item=shelf, kind="received", boxes=shelf.boxes)
    return shelf


def test_a_whole_way_breaks_nothing(out, confirm):
    confirm(out, code=out.code)
    assert [row for row in portal_invariants.check() if row.breaches] == []


def test_a_lost_parcel_breaks_nothing(out, actor, wu):
    returning.lose(actor(wu), out)
    assert [row for row in portal_invariants.check() if row.breaches] == []


def test_handed_over_without_a_proof_is_counted(out, confirm):
    confirm(out, code=out.code)
    Proof.objects.all().delete()
    assert invariants.parcels_without_their_proof() == 1


def test_no_custodian_or_the_wrong_one_is_counted(out, other_courier):
    Custody.objects.filter(until=None).update(user=other_courier)
    assert invariants.parcels_without_one_custodian() == 1
    Custody.objects.update(until=timezone.now())
    assert invariants.parcels_without_one_custodian() == 1


def test_an_end_without_a_case_or_a_word_is_counted(out, actor, wu):
    returning.lose(actor(wu), out)
    RefundOrReplace.objects.all().delete()
    Notification.objects.filter(kind="parcel-lost").delete()
    assert (invariants.ends_without_a_case(), invariants.ends_nobody_was_told()) == (1, 1)


def test_a_step_that_is_not_drawn_is_counted(out):
    journal.write(SYSTEM, "deliver", out, before="packed", after="delivered")
    assert invariants.steps_off_their_edges() == 1


def test_a_fee_that_was_not_chosen_is_counted(choose, zone):
    zone.fee_minor = 600
    zone.save()
    choose()
    ChargeItem.objects.filter(kind="delivery").update(amount_minor=700, cash_minor=700)
    assert invariants.fees_that_differ_from_the_choice() == 1


def test_a_lost_attempt_is_counted(out, fail):
    fail(out)
    SupplyDelivery.objects.update(failed_attempts=0)
    assert invariants.more_attempts_than_counted() == 1
