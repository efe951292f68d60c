"""Two at once: one signature, one draft, one answer (PostgreSQL)."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connections

from portal.outbox.models import OutboxMessage
from portal.record import prescribing
from portal.record.facts import AllergyFact
from portal.record.models import (
    AlertOverride,
    MedicationRequest,
    Prescription,
    SignedPrescription,
)
from portal.terminology import catalogue as shipped
from portal.workflow import Refused
from tests.factories.record import medicine, often, record_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def doctor(dr_li, actor):
    shipped.load()
    return actor(dr_li)


def together(deed, count=6):
    """The answers of `count` threads that start at one moment."""
    gate, answers = threading.Barrier(count), []

    def run(number):
        try:
            gate.wait()
            answers.append(deed(number))
        except Refused as error:
            answers.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_six_signatures_at_once_are_one(doctor, chen, key):
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=[], observations=[])
    form = prescribing.draft(doctor, chen, None, "I10")
    prescribing.add_line(doctor, form, medicine("Amlodipine"), 1, often("qd"), 7)
    answers = together(lambda _n: prescribing.sign(doctor, form, key))
    assert [row.status for row in answers] == ["signed"] * 6
    assert SignedPrescription.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="his.prescription").count() == 1


def test_six_drafts_of_one_visit_are_one(doctor, chen):
    visit = uuid.uuid4()
    answers = together(lambda _n: prescribing.draft(doctor, chen, visit, "I10").pk)
    assert len(set(answers)) == 1 and Prescription.objects.count() == 1


def test_eight_lines_at_once_are_at_most_five(doctor, chen):
    form = prescribing.draft(doctor, chen, None, "I10")
    drug, term = medicine("Amlodipine"), often("qd")
    together(lambda _n: prescribing.add_line(doctor, form, drug, 1, term, 7), 8)
    assert sorted(form.lines.values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_signing_and_cancelling_at_once_leave_one_truth(doctor, chen, key):
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=[], observations=[])
    form = prescribing.draft(doctor, chen, None, "I10")
    prescribing.add_line(doctor, form, medicine("Amlodipine"), 1, often("qd"), 7)
    deeds = [
        lambda: prescribing.sign(doctor, form, key),
        lambda: prescribing.cancel(doctor, form, "wrong person"),
    ]
    together(lambda number: deeds[number](), 2)
    form.refresh_from_db()
    assert form.status == Prescription.Status.CANCELLED
    line = form.lines.get()
    assert line.status == MedicationRequest.Status.CANCELLED
    told = OutboxMessage.objects.filter(kind="his.prescription").count()
    assert told == 2 * SignedPrescription.objects.count()


def test_six_answers_to_one_alert_are_one(doctor, chen):
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=[], observations=[])
    form = prescribing.draft(doctor, chen, None, "I10")
    prescribing.add_line(doctor, form, medicine("Losartan potassium"), 1, often("qd"), 7)
    prescribing.add_line(doctor, form, medicine("Spironolactone"), 1, often("qd"), 7)
    (alert,) = [a for a in prescribing.alerts(form) if a.rule == "R76"]
    together(lambda _n: prescribing.override(doctor, form, alert.key, "monitored", "a test"))
    assert AlertOverride.objects.count() == 1
