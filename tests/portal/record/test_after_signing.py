"""After the signature: nothing changes, and a prescription ends in one way (R50, R51, R56)."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import Error, transaction
from django.utils import timezone

from portal.outbox.models import OutboxMessage
from portal.record import prescribing, signing
from portal.record.models import (
    AlertOverride,
    MedicationRequest,
    Prescription,
    SignedPrescription,
)
from portal.workflow import Refused
from tests.factories.record import medicine, often, record_of
from tests.portal.record.conftest import AMLODIPINE, NONE_KNOWN

pytestmark = pytest.mark.usefixtures("catalogue")


def test_it_is_valid_until_the_end_of_the_day_in_the_centres_zone(doctor, form, key, chen):
    shanghai = ZoneInfo("Asia/Shanghai")
    midnight = datetime.combine(
        timezone.localdate(timezone=shanghai) + timedelta(days=1), time.min, shanghai
    )
    with time_machine.travel(midnight - timedelta(minutes=1), tick=False):
        record_of(chen, allergies=[NONE_KNOWN], medicines=[AMLODIPINE])
        signing_session = key.session_key
        assert signing_session
        row = prescribing.sign(doctor, form, key)
    assert row.valid_until < midnight
    assert prescribing.expire_due(midnight - timedelta(seconds=1)) == 0
    assert prescribing.expire_due(midnight) == 1
    row.refresh_from_db()
    assert row.status == Prescription.Status.EXPIRED
    assert prescribing.expire_due(midnight) == 0
    told = [m.payload.get("status") for m in OutboxMessage.objects.order_by("pk")]
    assert told == [None, "cancelled"]


def test_it_is_extended_to_three_days_with_a_note_and_no_further(doctor, form, key):
    row = prescribing.sign(doctor, form, key)
    with pytest.raises(Refused):
        prescribing.extend(doctor, row, 4, "holiday")
    with pytest.raises(Refused):
        prescribing.extend(doctor, row, 3, "  ")
    longer = prescribing.extend(doctor, row, 3, "the pharmacy is closed")
    assert longer.valid_until - row.valid_until == timedelta(days=2)
    with pytest.raises(Refused):
        prescribing.extend(doctor, row, 2, "again")


def test_cancelling_says_why_and_tells_the_his(doctor, form, key, actor, dr_wang):
    row = prescribing.sign(doctor, form, key)
    with pytest.raises(Refused):
        prescribing.cancel(actor(dr_wang), row, "not hers")
    with pytest.raises(Refused):
        prescribing.cancel(doctor, row, "")
    done = prescribing.cancel(doctor, row, "wrong strength")
    assert done.status == Prescription.Status.CANCELLED
    assert done.lines.get().status == MedicationRequest.Status.CANCELLED
    assert OutboxMessage.objects.filter(payload__status="cancelled").count() == 1
    prescribing.cancel(doctor, row, "wrong strength")
    assert OutboxMessage.objects.filter(payload__status="cancelled").count() == 1


CHANGES = [
    lambda row: SignedPrescription.objects.filter(prescription=row).update(signed_bytes="{}"),
    lambda row: SignedPrescription.objects.filter(prescription=row).update(signature="x"),
    lambda row: SignedPrescription.objects.filter(prescription=row).delete(),
    lambda row: row.lines.update(dose=2),
    lambda row: row.lines.all().delete(),
    lambda row: Prescription.objects.filter(pk=row.pk).update(diagnosis=[]),
    lambda row: Prescription.objects.filter(pk=row.pk).update(signed_at=timezone.now()),
    lambda row: MedicationRequest.objects.create(
        prescription=row, organization=row.organization, patient=row.patient, position=2, dose=1,
        medication=medicine("Metformin"), frequency=often("bid"), days=7, quantity=14,
    ),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_the_database_refuses_to_change_what_was_signed(doctor, form, key, change):
    row = prescribing.sign(doctor, form, key)
    with pytest.raises(Error), transaction.atomic():
        change(row)
    assert signing.verify(row.signed.signature, row.signed.signed_bytes.encode())


def test_an_answer_to_an_alert_cannot_be_rewritten(doctor, form, key, chen):
    prescribing.add_line(doctor, form, medicine("Losartan potassium"), 1, often("qd"), 7)
    prescribing.add_line(doctor, form, medicine("Spironolactone"), 1, often("qd"), 7)
    (alert,) = [a for a in prescribing.alerts(form) if a.rule == "R76" and a.wants_a_reason]
    with pytest.raises(prescribing.Blocked, match="Give a reason first"):
        prescribing.sign(doctor, form, key)
    answer = prescribing.override(doctor, form, alert.key, "monitored", "potassium in a week")
    again = prescribing.override(doctor, form, alert.key, "other", "something else")
    assert again.pk == answer.pk and again.text == "potassium in a week"
    with pytest.raises(Error), transaction.atomic():
        AlertOverride.objects.update(text="changed")
    row = prescribing.sign(doctor, form, key)
    assert json.loads(row.signed.signed_bytes)["overrides"][0]["text"] == "potassium in a week"


def test_the_decision_keeps_the_versions_of_its_limits(doctor, form, key):
    row = prescribing.sign(doctor, form, key)
    assert row.parameter_versions["ltp.days_max"] == "CN-SH/2020-01-01"


def test_a_returned_prescription_is_revised_and_signed_as_a_new_version(
    doctor, form, key, actor, sun
):
    from portal.record.workflow import PRESCRIPTION

    row = prescribing.sign(doctor, form, key)
    PRESCRIPTION.apply("return", row, actor=actor(sun), status_reason="half the dose")
    prescribing.revise(doctor, row)
    prescribing.remove_line(doctor, row, row.lines.get().pk)
    prescribing.add_line(
        doctor, row, medicine("Amlodipine"), "0.5", often("qd"), 28, days_reason="stable"
    )
    again = prescribing.sign(doctor, row, key)
    assert [version.version for version in again.versions.all()] == [1, 2]
    assert all(
        signing.verify(version.signature, version.signed_bytes.encode())
        for version in again.versions.all()
    )


def test_the_prescriber_never_reviews(doctor, form, key, actor, dr_li):
    from portal.record.workflow import PRESCRIPTION

    row = prescribing.sign(doctor, form, key)
    with pytest.raises(Refused):
        PRESCRIPTION.apply("pass", row, actor=doctor)


def test_a_prescription_is_seen_by_its_people_only(doctor, form, key, actor, chen, neighbour):
    seen = Prescription.objects.visible_to
    assert not seen(actor(chen)).exists()  # a draft is the doctor's alone
    prescribing.sign(doctor, form, key)
    assert seen(actor(chen)).count() == seen(doctor).count() == 1
    assert not seen(actor(neighbour)).exists()
    assert not seen(None).exists()


def test_strangers_see_no_prescription(doctor, form, key, actor, dr_wang, dr_zhao, sun, wu, gao):
    prescribing.sign(doctor, form, key)
    for stranger in (dr_wang, dr_zhao, sun, wu, gao):
        assert not Prescription.objects.visible_to(actor(stranger)).exists()
