"""Access asked each time: only what bears on one open prescription, and each look is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from portal.audit.models import AuditEvent
from portal.outbox.models import OutboxMessage
from portal.record import prescribing
from portal.record.facts import AllergyFact, ConditionFact
from portal.record.models import RecordSection
from portal.workflow import Refused
from refill import dispensing, handing, looking, reviewing, substituting
from tests.factories.counter import MedicationFactory
from tests.factories.record import record_of
from tests.refill.conftest import GOOD, TAKEN
from tests.refill.test_dispense import packing


def page_of(client, review):
    return client.get(reverse("refill:review", args=[review.pk])).content.decode()


@pytest.fixture
def at_counter(as_person, pharmacist):
    return as_person(pharmacist)


def test_allergies_and_current_medicines_and_nothing_else(at_counter, review, chen):
    stopped = replace(TAKEN, text="Warfarin 3 mg", atc="B01AA03", status="stopped")
    record_of(
        chen, medicines=[TAKEN, stopped], conditions=[ConditionFact("Depression", "F32.9")],
        allergies=[AllergyFact("Penicillin", reaction="rash")],
    )  # fmt: skip
    page = page_of(at_counter, review)
    assert "Penicillin" in page and TAKEN.text in page
    assert "Warfarin" not in page and "Depression" not in page


def test_unknown_is_never_none(at_counter, review, chen):
    RecordSection.objects.all().delete()
    assert "This does not mean: none" in page_of(at_counter, review)


def test_each_look_is_journaled_with_its_purpose(actor, pharmacist, review):
    for _turn in range(2):
        looking.facts(actor(pharmacist), review)
    looks = AuditEvent.objects.filter(action="look", subject=review.patient_id)
    assert [look.detail for look in looks] == [{"purpose": "review"}] * 2


def test_the_record_is_closed_once_it_has_expired(actor, pharmacist, review):
    access = looking.RecordAccess(actor(pharmacist), review)
    assert access.refusal() is None
    with time_machine.travel(review.due_at + timedelta(minutes=1), tick=False):
        assert access.refusal()


def test_the_record_is_closed_once_it_is_dispensed(
    actor, pharmacist, at_counter, dispense, review, chen
):
    record_of(chen, allergies=[AllergyFact("Penicillin")])
    assert "Penicillin" in page_of(at_counter, review)
    dispensing.pack(actor(pharmacist), dispense, packing())
    handing.hand_over(actor(pharmacist), dispense)
    assert "Penicillin" not in page_of(at_counter, review)


def test_the_hospital_s_copy_of_this_form_is_no_second_medicine(
    actor, pharmacist, review, prescription, chen
):
    message = OutboxMessage.objects.get(kind="his.prescription")
    OutboxMessage.objects.filter(pk=message.pk).update(remote_ref="MedicationRequest/77")
    own = replace(TAKEN, text="Amlodipine own", reference="MedicationRequest/77")
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=[own])
    shown = looking.facts(actor(pharmacist), review)
    assert shown["medicines"].entries == ()
    assert not any(row["alert"] and row["alert"].wants_a_reason for row in shown["alerts"])


def test_an_allergy_that_appears_after_the_signature_stops_the_pass(
    actor, pharmacist, review, shelf, chen
):
    record_of(chen, allergies=[AllergyFact("amlodipine", severity="severe")])
    with pytest.raises(Refused, match="Return or refuse"):
        reviewing.pass_(actor(pharmacist), review, GOOD)
    assert any(alert.blocks for alert in prescribing.alerts(review.prescription))


def test_a_broken_signature_cannot_pass(actor, pharmacist, review, shelf, line):
    medicine = line.medication
    medicine.ingredients = [dict(medicine.ingredients[0], value="10")]
    medicine.save()
    with pytest.raises(Refused, match="signature"):
        reviewing.pass_(actor(pharmacist), review, GOOD)


@pytest.mark.parametrize("method", ["patch", "put", "post", "delete"])
def test_the_pharmacist_writes_into_no_line(at_counter, review, line, method):
    url = reverse("refill:review_lines", args=[review.pk])
    answer = getattr(at_counter, method)(url, {"dose": 9}, content_type="application/json")
    assert answer.status_code == 403
    before = line.dose
    line.refresh_from_db()
    assert line.dose == before


def test_nothing_is_swapped_where_the_profile_forbids_it(line):
    cheaper = MedicationFactory(price_minor=1)
    assert substituting.refusal(line, line.medication) is None
    assert "Nothing is swapped" in substituting.refusal(line, cheaper)


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"price_minor": 10**6}, False),
        ({"form": "capsule"}, False),
        ({"route": "nasal"}, False),
        ({"ingredients": [{"substance": "amlodipine", "value": "10", "unit": "mg"}]}, False),
    ],
)
def test_where_the_profile_allows_it_only_the_same_and_no_dearer(
    line, monkeypatch, change, allowed
):
    monkeypatch.setattr(substituting.parameters, "value", lambda key: True)
    written = line.medication
    facts = {
        name: getattr(written, name)
        for name in ("ingredients", "form", "route", "unit", "pack_size", "price_minor")
    }
    other = MedicationFactory(**(facts | change))
    assert (substituting.refusal(line, other) is None) == allowed
