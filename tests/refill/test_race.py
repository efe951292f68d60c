"""Two at the same moment: one request, one decision, and the other is told (PostgreSQL)."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import OperationalError

from portal.record import signing
from portal.record.models import Prescription
from portal.workflow import Refused
from refill import deciding, listing, requesting
from refill.models import RefillRequest
from refill.rules import Answers
from refill.triaging import Readings
from tests.portal.record.conftest import PASSWORD, session_of
from tests.racing import at_once
from tests.refill.asking import a_record, ask, renewal

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def patiently(deed, tries=5):
    """Who waited too long for the row is asked to try again, and does."""
    for _ in range(tries):
        try:
            return deed()
        except Refused as refusal:
            return str(refusal)
        except OperationalError:
            continue
    return "nobody answered"


def together(*deeds):
    """Run the deeds at one moment; what each answered."""
    return at_once(*(partial(patiently, deed) for deed in deeds))


def test_six_taps_ask_once(catalogue, actor, chen):
    a_record(chen)
    marks = [row.supply.mark for row in listing.to_choose(chen)]

    def tap():
        return requesting.ask(actor(chen), chen, marks, Answers(), Readings())

    told = together(*[tap] * 6)
    assert RefillRequest.objects.count() == 1
    assert sorted(len(basket.requests) for basket in told) == [0, 0, 0, 0, 0, 1]


def test_of_two_doctors_one_decides_and_the_other_is_told(catalogue, actor, chen, dr_li, dr_wang):
    a_record(chen)
    row = ask(actor, chen)
    RefillRequest.objects.update(performer=dr_wang)
    row.refresh_from_db()
    keys = {one.pk: signing.open_for(session_of(one), one, PASSWORD) for one in (dr_li, dr_wang)}
    said = renewal(row)
    told = together(
        *(
            lambda one=one: deciding.approve(actor(one), row, keys[one.pk], said)
            for one in (dr_li, dr_wang)
        )
    )
    refused = [one for one in told if isinstance(one, str)]
    assert len(refused) == 1 and "has decided it already" in refused[0]
    row.refresh_from_db()
    assert Prescription.objects.filter(patient=chen).count() == 1
    assert row.status == "in-progress"


def test_a_yes_and_a_no_at_once_are_one_of_both(catalogue, actor, chen, dr_li, dr_wang):
    a_record(chen)
    row = ask(actor, chen)
    RefillRequest.objects.update(performer=dr_wang)
    row.refresh_from_db()
    key = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    said = renewal(row)
    told = together(
        lambda: deciding.approve(actor(dr_li), row, key, said),
        lambda: deciding.reject(actor(dr_wang), row, "no", "visit"),
    )
    assert sum(isinstance(one, str) for one in told) == 1
    row.refresh_from_db()
    signed = Prescription.objects.filter(patient=chen, status="signed").count()
    assert (row.status, signed) in {("in-progress", 1), ("rejected", 0)}
