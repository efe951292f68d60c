"""Signing: one doctor, his own key, fresh data, no open alert; and then nothing changes."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from celery import shared_task
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.outbox.models import OutboxMessage
from portal.record import prescribing, signing
from portal.record.facts import AllergyFact
from portal.record.models import (
    MedicationRequest,
    Prescription,
    SignedPrescription,
    SigningCertificate,
)
from portal.record.prescribing import signing_off
from portal.workflow import Refused
from tests.factories.record import days_ago, record_of
from tests.portal.record.conftest import NONE_KNOWN, PASSWORD, session_of

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_signed_prescription_has_its_bytes_its_rendering_and_a_signature(doctor, form, key):
    row = prescribing.sign(doctor, form, key)
    assert row.status == Prescription.Status.SIGNED
    signed = row.signed
    assert signing.verify(signed.signature, signed.signed_bytes.encode(), at=row.signed_at)
    assert signing.digest(signed.signed_bytes.encode()) == signed.digest
    said = json.loads(signed.signed_bytes)
    assert said["lines"][0]["name_zh"] == "苯磺酸氨氯地平"
    assert said["patient"]["name"] == "Chen Guilan"
    # Both languages once the catalogue is compiled; never a bare count (R79).
    assert re.search(r"1 (片 )?tablet \(5 mg (片 )?tablet\)", signed.rendering)
    assert "一日一次" in signed.rendering


def test_every_field_that_the_law_names_is_signed(doctor, form, key):
    said = json.loads(prescribing.sign(doctor, form, key).signed.signed_bytes)
    assert said["institution"]["name"] and said["department"] and said["signed_at"]
    assert said["patient"]["gender"] == "female" and said["patient"]["age"] >= 71
    assert said["patient"]["record_number"] == "chen"
    assert said["diagnosis"][0]["code"] == "I10" and said["doctor"]["licence_number"]
    needed = {"name_en", "name_zh", "form", "strength", "quantity", "route", "dose", "frequency"}
    assert all(said["lines"][0][name] for name in needed)


def test_the_his_is_told_once_in_the_patients_lane(doctor, form, key, chen):
    row = prescribing.sign(doctor, form, key)
    (message,) = OutboxMessage.objects.filter(kind="his.prescription")
    assert message.lane == str(chen.pk)
    assert message.payload == {"prescription": str(row.pk)}
    assert message.key == row.signed.pk


def test_a_double_tap_signs_once(doctor, form, key):
    prescribing.sign(doctor, form, key)
    prescribing.sign(doctor, form, key)
    assert SignedPrescription.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="his.prescription").count() == 1
    assert AuditEvent.objects.filter(action="sign").count() == 1


def test_nobody_else_signs(form, actor, dr_wang, chen, sun, key):
    other = signing.open_for(session_of(dr_wang), dr_wang, PASSWORD)
    for person, their_key in ((dr_wang, other), (chen, key), (sun, key)):
        with pytest.raises(Refused):
            prescribing.sign(actor(person), form, their_key)
    form.refresh_from_db()
    assert form.is_draft and not SignedPrescription.objects.exists()


def test_a_doctor_cannot_sign_with_another_doctors_key(doctor, form, dr_wang):
    other = signing.open_for(session_of(dr_wang), dr_wang, PASSWORD)
    with pytest.raises(signing.Locked):
        prescribing.sign(doctor, form, other)


def test_a_background_task_cannot_sign(doctor, form, key):
    @shared_task
    def machine():
        prescribing.sign(doctor, form, key)

    with pytest.raises(signing.Locked):
        machine.apply(throw=True)
    assert not SignedPrescription.objects.exists()


def test_a_command_without_a_session_has_no_key_to_sign_with(form, dr_li):
    from django.contrib.sessions.backends.db import SessionStore

    with pytest.raises(signing.Locked):
        signing.key_of(SessionStore(), dr_li)


def test_signing_out_ends_signing(doctor, form, key, desk):
    desk.flush()
    with pytest.raises(signing.Locked):
        prescribing.sign(doctor, form, key)
    form.refresh_from_db()
    assert form.is_draft


def test_a_revoked_certificate_cannot_sign(doctor, form, key):
    signing.revoke(SigningCertificate.objects.get(pk=key.certificate_id), "lost")
    with pytest.raises(signing.Locked):
        prescribing.sign(doctor, form, key)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("licence_until", date(2020, 1, 1)),
        ("institution_consents", False),
        ("independent_since", days_ago(365 * 3 - 10)),
    ],
)
def test_an_unqualified_doctor_cannot_sign(doctor, form, key, dr_li, field, value):
    setattr(dr_li, field, value)
    dr_li.save()
    with pytest.raises(Refused):
        prescribing.sign(doctor, form, key)


def test_three_years_of_independent_work_are_enough_to_the_day(dr_li):
    dr_li.independent_since = date(2023, 6, 15)
    assert signing_off.unfit(dr_li, date(2026, 6, 14))
    assert signing_off.unfit(dr_li, date(2026, 6, 15)) is None


def test_nobody_asked_about_allergies_so_nothing_is_signed(doctor, form, key, chen):
    record_of(chen, allergies=[])
    with pytest.raises(prescribing.Blocked) as refusal:
        prescribing.sign(doctor, form, key)
    assert refusal.value.alerts[0].rule == "R75"
    prescribing.record_no_allergies(doctor, chen)
    assert prescribing.sign(doctor, form, key).status == "signed"


def test_an_unread_record_needs_asking_and_the_explicit_step(doctor, form, key, chen):
    chen.sections.all().delete()
    prescribing.record_no_allergies(doctor, chen)
    line = form.lines.get()
    for alert in prescribing.unanswered(form, prescribing.alerts(form)):
        prescribing.override(doctor, form, alert.key, "continues-therapy", "asked the resident")
    with pytest.raises(prescribing.NotConfirmed) as refusal:
        prescribing.sign(doctor, form, key)
    assert refusal.value.as_of is None
    with pytest.raises(prescribing.NotConfirmed):
        prescribing.sign(doctor, form, key, timezone.now() - timedelta(hours=2))
    row = prescribing.sign(doctor, form, key, timezone.now())
    assert row.confirmed_as_of and line.pk == row.lines.get().pk


def test_data_older_than_a_day_must_be_confirmed_as_of_its_time(doctor, form, key, chen):
    as_of = timezone.now() - timedelta(hours=24, minutes=1)
    record_of(chen, as_of=as_of, allergies=[NONE_KNOWN])
    with pytest.raises(prescribing.NotConfirmed) as refusal:
        prescribing.sign(doctor, form, key)
    assert refusal.value.as_of == as_of
    with pytest.raises(prescribing.NotConfirmed):
        prescribing.sign(doctor, form, key, as_of + timedelta(minutes=5))
    assert prescribing.sign(doctor, form, key, as_of).confirmed_as_of == as_of


def test_data_of_a_day_needs_no_step(doctor, form, key, chen):
    record_of(chen, as_of=timezone.now() - timedelta(hours=23), allergies=[NONE_KNOWN])
    assert prescribing.sign(doctor, form, key).confirmed_as_of is None


def test_an_allergy_that_appears_after_the_draft_stops_the_signature(doctor, form, key, chen):
    record_of(chen, allergies=[AllergyFact("Amlodipine", reaction="rash")])
    with pytest.raises(prescribing.Blocked) as refusal:
        prescribing.sign(doctor, form, key)
    assert [alert.rule for alert in refusal.value.alerts] == ["R74"]
    with pytest.raises(Refused):
        key_of_alert = refusal.value.alerts[0].key
        prescribing.override(doctor, form, key_of_alert, "benefit-outweighs", "only this one helps")


def test_a_question_of_another_service_can_refuse(doctor, form, key, monkeypatch):
    monkeypatch.setattr(signing_off, "_guards", [lambda actor, row: "Judge the evidence first."])
    with pytest.raises(Refused, match="Judge the evidence first"):
        prescribing.sign(doctor, form, key)


def test_a_refused_signature_changes_nothing(doctor, form, key, chen):
    record_of(chen, allergies=[])
    before = (AuditEvent.objects.count(), OutboxMessage.objects.count())
    with pytest.raises(Refused):
        prescribing.sign(doctor, form, key)
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == before
    assert form.lines.get().status == MedicationRequest.Status.DRAFT
