"""What runs out when: the last hand-over, the quantity and the dose (R68)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from portal.record.facts import MedicineFact
from portal.record.models import MedicationRequest, Prescription
from refill import supply
from refill.supply import Issue
from tests.factories import centre_day
from tests.factories.counter import DispenseFactory, LineFactory, PrescriptionFactory
from tests.factories.people import PatientFactory
from tests.factories.record import days_ago, medicine, often, record_of

TODAY = centre_day.today()


def hospital(text="Amlodipine 5 mg tablet", atc="C08CA01", **more):
    facts = {"status": "active", "days_supply": 28, "reference": f"MedicationRequest/{text[:8]}"}
    return MedicineFact(text=text, atc=atc, **{**facts, "authored": days_ago(25), **more})


def signed(patient, at, *, name="Amlodipine", status="completed", **more):
    """One line of a prescription that was signed at this moment."""
    form = PrescriptionFactory(patient=patient)
    facts = {"medication": medicine(name), "frequency": often("qd"), "days": 28} | more
    row = LineFactory(prescription=form, **facts)
    MedicationRequest.objects.filter(pk=row.pk).update(status="active")
    Prescription.objects.filter(pk=form.pk).update(
        status=status, status_reason="-", signed_at=at, valid_until=at
    )
    row.refresh_from_db()
    return row


def handed_over(patient, ago, *, quantity=28, **more):
    """A medicine of the portal's own, in the resident's hands since some days."""
    at = timezone.now() - timedelta(days=ago)
    row = signed(patient, at, **more)
    DispenseFactory(line=row, quantity=Decimal(quantity), when_handed_over=at)
    return row


@pytest.fixture(autouse=True)
def _catalogue(catalogue):
    """The shipped medicines."""


def only(patient):
    (one,) = supply.run_out(patient)
    return one


def test_the_hospitals_last_hand_over_and_supply_tell_the_day(chen):
    record_of(chen, medicines=[hospital(authored=days_ago(60), last_fill=days_ago(20))])
    one = only(chen)
    assert (one.days_left, one.run_out) == (8, TODAY + timedelta(days=8))
    assert one.opens_on == TODAY + timedelta(days=1)
    assert str(one.medication) == "Amlodipine besylate 5 mg"


def test_an_order_never_handed_out_here_counts_from_its_day(chen):
    record_of(chen, medicines=[hospital()])
    assert only(chen).days_left == 3


def test_quantity_and_dose_tell_how_long_our_own_packs_last(chen):
    handed_over(chen, 10, quantity=56, dose=2, days=28)
    assert only(chen).days_left == 18


def test_what_is_left_over_is_carried_on(chen):
    handed_over(chen, 30)
    handed_over(chen, 6)  # four days early: 28 − 24 = 4 more
    assert only(chen).days_left == 26


def test_the_hospitals_copy_of_our_own_prescription_is_not_counted_twice(chen):
    ours = str(handed_over(chen, 5).prescription.group_identifier)
    copied = hospital(authored=days_ago(6), last_fill=days_ago(5), form=ours)  # a day in UTC
    record_of(chen, medicines=[copied])
    assert only(chen).days_left == 23


def test_what_the_hospital_ordered_itself_on_the_same_day_counts(chen):
    handed_over(chen, 5)
    record_of(chen, medicines=[hospital(authored=days_ago(5), last_fill=days_ago(5))])
    assert only(chen).days_left == 51


def test_a_medicine_the_hospital_stopped_is_gone(chen):
    record_of(chen, medicines=[hospital(status="stopped")])
    assert supply.run_out(chen) == []


def test_what_was_stopped_after_our_own_prescription_is_gone_too(chen):
    handed_over(chen, 10)
    record_of(chen, medicines=[hospital(status="stopped", authored=days_ago(2))])
    assert supply.run_out(chen) == []


def test_our_own_newer_prescription_outlives_an_older_stop(chen):
    record_of(chen, medicines=[hospital(status="stopped", authored=days_ago(50))])
    handed_over(chen, 10)
    assert only(chen).days_left == 18


def test_an_order_that_was_taken_back_ends_nothing(chen):
    taken_back = hospital(status="cancelled", authored=TODAY, reference="MedicationRequest/9")
    record_of(chen, medicines=[hospital(), taken_back])
    assert only(chen).days_left == 3


def test_our_own_prescription_that_was_cancelled_gave_nothing(chen):
    line = signed(chen, timezone.now(), status="cancelled")
    MedicationRequest.objects.filter(pk=line.pk).update(status="cancelled")
    ours = str(line.prescription.group_identifier)
    late = hospital(authored=TODAY, form=ours)  # not told to the hospital yet
    record_of(chen, medicines=[hospital(), late])
    assert only(chen).days_left == 3


def test_a_short_course_is_forgotten_when_it_is_over(chen):
    acute = hospital("Amoxicillin 500 mg capsule", "J01CA04", days_supply=7, course="acute")
    record_of(chen, medicines=[acute])
    assert supply.run_out(chen) == []


def test_a_prescription_that_was_signed_and_never_handed_over_gives_nothing(chen):
    signed(chen, timezone.now(), status="signed")
    one = only(chen)
    assert (one.days_left, one.run_out, one.opens_on) == (None, None, None)


def test_the_soonest_to_run_out_stands_first(chen):
    record_of(
        chen,
        medicines=[
            hospital("Metformin 500 mg tablet", "A10BA02", authored=days_ago(2)),
            hospital(),
        ],
    )
    assert [one.days_left for one in supply.run_out(chen)] == [3, 26]


def test_words_that_name_no_known_substance_are_listed_all_the_same(chen):
    record_of(chen, medicines=[hospital("Grandmother's drops", "", course="continuous")])
    one = only(chen)
    assert (one.name, one.medication, one.days_left) == ("Grandmother's drops", None, 3)


def test_early_fills_add_up_and_gaps_do_not():
    first = date(2026, 1, 1)
    fills = [Issue(first, 28), Issue(first + timedelta(days=20), 28)]
    assert supply.end_of(fills) == first + timedelta(days=56)
    late = [Issue(first, 28), Issue(first + timedelta(days=40), 28)]
    assert supply.end_of(late) == first + timedelta(days=68)


def test_many_residents_cost_as_many_questions_as_one(dr_li, django_assert_num_queries):
    people = [PatientFactory(general_practitioner=dr_li) for _ in range(4)]
    for person in people:
        record_of(person, medicines=[hospital()])
        for days in (10, 40, 70):
            handed_over(person, days, name="Metformin")
    supply.run_out(people[0])  # the limits are read once
    with django_assert_num_queries(5):
        one = supply.run_out(people[0])
    with django_assert_num_queries(5):
        found = supply.of_many(people)
    assert [len(one)] * 4 == [len(rows) for rows in found.values()]


def test_a_hand_over_late_in_the_evening_counts_on_the_centres_day(chen):
    zone = chen.organization.zone
    at = datetime.combine(TODAY - timedelta(days=3), datetime.min.time(), zone)
    row = handed_over(chen, 3)
    supply.MedicationDispense.objects.filter(line=row).update(when_handed_over=at)
    assert only(chen).issues[0].day == TODAY - timedelta(days=3)
