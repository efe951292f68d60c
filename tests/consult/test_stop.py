"""A visit that is stopped, and what can no longer be done then."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from consult import booking, closing, conversation, desk
from consult.models import (
    Communication,
    EmergencyDuty,
    Encounter,
    Slot,
)
from portal.notification.models import Notification
from portal.record import prescribing
from portal.record.models import Prescription
from portal.workflow import Refused

pytestmark = pytest.mark.usefixtures("catalogue")
Status = Encounter.Status


def test_stopping_needs_a_reason_and_advice(doctor, talk):
    for reason, advice in [("", "Come in."), ("unfit", "  "), ("cancelled", "Come in.")]:
        with pytest.raises(Refused):
            closing.terminate(doctor, talk, reason, advice)
    talk.refresh_from_db()
    assert talk.status == Status.IN_PROGRESS


def test_stopping_tells_the_resident_what_to_do(doctor, talk, chen):
    visit = closing.terminate(doctor, talk, "needs-examination", "Please come in tomorrow.")
    assert (visit.status, visit.appointment.status) == ("cancelled", "cancelled")
    said = Communication.objects.filter(encounter=visit).order_by("-seq")[0]
    assert "Please come in tomorrow." in said.text
    assert Notification.objects.filter(user=chen.user, kind="visit-stopped").exists()
    assert not EmergencyDuty.objects.exists()


def test_words_that_a_bad_line_held_back_still_reach_the_doctor(actor, doctor, talk, chen):
    visit = closing.terminate(doctor, talk, "poor-connection", "Please call the centre.")
    conversation.say(actor(chen), visit, uuid.uuid4(), "The line was gone. Shall I come in?")
    left = desk.desk(doctor).left
    assert [(row.pk, desk.turn(row)) for row in left] == [(visit.pk, "doctor")]


def test_nothing_is_prescribed_from_a_stopped_visit(doctor, drafted, seen, key):
    closing.terminate(doctor, seen, "condition-changed", "Come in.")
    drafted.refresh_from_db()
    assert drafted.status == Prescription.Status.CANCELLED
    with pytest.raises(Refused):
        closing.draft_prescription(doctor, seen)
    with pytest.raises(Refused):
        closing.sign_prescription(doctor, seen, drafted, key)


def test_a_prescription_signed_before_the_stop_is_taken_back(doctor, drafted, seen, key):
    closing.sign_prescription(doctor, seen, drafted, key)
    closing.terminate(doctor, seen, "condition-changed", "Come in.")
    drafted.refresh_from_db()
    assert drafted.status == Prescription.Status.CANCELLED


def test_an_emergency_stays_open_until_somebody_reached_her(doctor, talk):
    closing.terminate(doctor, talk, "emergency", "Call 120 now.")
    duty = EmergencyDuty.objects.get()
    with pytest.raises(Refused):
        closing.record_contact(doctor, duty, " ")
    closing.record_contact(doctor, duty, "Reached her son, ambulance is on its way.")
    duty.refresh_from_db()
    assert duty.contacted_by == doctor.user


def test_an_unanswered_emergency_is_told_again_every_five_minutes(doctor, talk, gao):
    from consult import promising

    closing.terminate(doctor, talk, "emergency", "Call 120 now.")
    now = timezone.now()
    assert promising.alert_duties(now + timedelta(minutes=4)) == 0
    assert promising.alert_duties(now + timedelta(minutes=6)) == 1
    assert promising.alert_duties(now + timedelta(minutes=7)) == 0
    assert promising.alert_duties(now + timedelta(minutes=12)) == 1
    assert Notification.objects.filter(user=gao, kind="duty-open").count() == 2


# Prescribing


def test_nothing_is_prescribed_before_the_verdict(doctor, talk):
    with pytest.raises(Refused, match="judge"):
        closing.draft_prescription(doctor, talk)


def test_nothing_is_prescribed_when_the_conditions_are_not_met(doctor, talk):
    closing.judge(doctor, talk, "fails")
    with pytest.raises(Refused, match="not met"):
        closing.draft_prescription(doctor, talk)


def test_no_treatment_by_questionnaire_alone(actor, doctor, written, chen):
    with pytest.raises(Refused, match="talk with the resident"):
        closing.draft_prescription(doctor, written)
    conversation.say(doctor, written, uuid.uuid4(), "Good morning")
    with pytest.raises(Refused):
        closing.draft_prescription(doctor, written)
    conversation.say(actor(chen), written, uuid.uuid4(), "Morning")
    assert closing.draft_prescription(doctor, written).is_draft


def test_signing_shows_a_card_in_the_conversation(doctor, drafted, seen, key):
    signed = closing.sign_prescription(doctor, seen, drafted, key)
    assert signed.status == Prescription.Status.SIGNED
    card = Communication.objects.get(encounter=seen, kind="card")
    assert str(signed.pk) in str(card.body)


def test_the_record_asks_the_visit_before_any_signature(doctor, drafted, seen, key):
    Encounter.objects.filter(pk=seen.pk).update(status="finished")
    with pytest.raises(Refused, match="while the resident is with you"):
        prescribing.sign(doctor, drafted, key)


def test_a_stopped_visit_leaves_the_time_used(doctor, talk):
    closing.terminate(doctor, talk, "unfit", "Come in.")
    assert Slot.objects.get(pk=talk.appointment.slot_id).status == Slot.Status.BUSY


def test_a_finished_visit_cannot_be_cancelled(actor, chen, doctor, written, key):
    closing.sign_note(doctor, written, key)
    closing.finish(doctor, written)
    with pytest.raises(Refused):
        booking.cancel(actor(chen), written.appointment)
