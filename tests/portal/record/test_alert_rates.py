"""A rule that nobody heeds is listed for review (R81)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.record import prescribing
from portal.record.alert_rates import rates
from portal.record.facts import AllergyFact, MedicineFact
from tests.factories.record import medicine, often, record_of

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def doctor(actor, dr_li):
    return actor(dr_li)


def meet(doctor, patient, heed):
    """Spironolactone for somebody on losartan: set aside with a reason, or taken off again."""
    form = prescribing.draft(doctor, patient, None, "I10")
    line = prescribing.add_line(doctor, form, medicine("Spironolactone"), 1, often("qd"), 7)
    (alert,) = [a for a in prescribing.alerts(form) if a.rule == "R76"]
    if heed:
        prescribing.remove_line(doctor, form, line.pk)
    else:
        prescribing.override(doctor, form, alert.key, "monitored", "potassium in a week")


def today(centre):
    now = timezone.now()
    found = rates(centre, now - timedelta(hours=1), now + timedelta(hours=1))
    return {rate.rule: rate for rate in found}


def test_fired_and_set_aside_are_counted_by_rule(doctor, chen, centre, other_centre):
    taken = [MedicineFact("Losartan", "C09CA01", status="active")]
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=taken, observations=[])
    meet(doctor, chen, heed=False)
    rate = today(centre)["R76"]
    assert (rate.fired, rate.overridden, rate.percent, rate.is_for_review) == (1, 1, 100, True)
    meet(doctor, chen, heed=True)
    rate = today(centre)["R76"]
    assert (rate.fired, rate.overridden, rate.percent, rate.is_for_review) == (2, 1, 50, False)
    assert today(other_centre) == {}


def test_an_alert_is_counted_once_however_often_it_is_seen(doctor, chen, centre):
    taken = [MedicineFact("Losartan", "C09CA01", status="active")]
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=taken, observations=[])
    meet(doctor, chen, heed=False)
    form = prescribing.draft(doctor, chen, None, "I10")
    prescribing.add_line(doctor, form, medicine("Folic acid"), 1, often("qd"), 7)
    assert today(centre)["R76"].fired == 1
