from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from consult import booking, closing, conversation, queueing
from consult.models import (
    Addendum,
    Appointment,
    Communication,
    ConsultationRecord,
    EmergencyDuty,
    Encounter,
    Slot,
)
from portal.audit.models import AuditEvent
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.record import prescribing, signing
from portal.record.facts import AllergyFact, MedicineFact
from portal.record.models import Prescription
from portal.workflow import Refused
from tests.factories.record import days_ago, medicine, often, record_of
from tests.factories.visits import EncounterFactory
from tests.portal.record.conftest import PASSWORD, session_of

pytestmark = pytest.mark.usefixtures("catalogue")
Status = Encounter.Status
AMLODIPINE = MedicineFact(
    text="Amlodipine 5 mg", atc="C08CA01", status="active", authored=days_ago(25), days_supply=28,
    reference="MedicationRequest/1",
)  # fmt: skip
WORDS = {
    "complaint": "Comes for her blood pressure.",
    "history": "No dizziness, takes her medicine every day.",
    "advice": "Go on as before, measure twice a week.",
}


@pytest.fixture
def doctor(actor, dr_li):
    return actor(dr_li)


@pytest.fixture
def key(dr_li):
    return signing.open_for(session_of(dr_li), dr_li, PASSWORD)


@pytest.fixture
def talk(actor, doctor, chen):
    """Chen is with Dr Li, for her hypertension."""
    appointment = EncounterFactory(
        appointment__patient=chen,
        appointment__status=Appointment.Status.ARRIVED,
        appointment__evidence=[
            {"icd10": "I10", "text": "Hypertension", "day": "2026-01-01", "source": "his",
             "reference": ""}
        ],
        status=Status.ARRIVED,
        arrived_at=timezone.now(),
    )  # fmt: skip
    return queueing.receive(doctor, appointment, proof="second-factor")


@pytest.fixture
def judged(doctor, talk):
    closing.judge(doctor, talk, "meets")
    return talk


@pytest.fixture
def written(doctor, judged):
    review = timezone.localdate() + timedelta(days=30)
    closing.save_note(doctor, judged, codes=["I10"], next_review=review, **WORDS)
    return judged


@pytest.fixture
def seen(written):
    """The doctor has looked at the record (R38)."""
    written.record_viewed_at = timezone.now()
    written.save(update_fields=["record_viewed_at"])
    return written


@pytest.fixture
def drafted(doctor, seen, chen):
    record_of(
        chen, allergies=[AllergyFact(substance="", none_known=True)], medicines=[AMLODIPINE],
        observations=[],
    )  # fmt: skip
    draft = closing.draft_prescription(doctor, seen)
    prescribing.add_line(
        doctor, draft, medicine("Amlodipine"), 1, often("qd"), 28, days_reason="stable for years"
    )
    return draft


# The verdict


def test_a_verdict_is_said_once(doctor, talk):
    closing.judge(doctor, talk, "meets")
    assert closing.judge(doctor, talk, "meets").verdict == "meets"
    with pytest.raises(Refused, match="stands"):
        closing.judge(doctor, talk, "fails")
    assert AuditEvent.objects.filter(action="judge").count() == 1


def test_the_database_keeps_the_verdict(judged):
    with pytest.raises(Error), transaction.atomic():
        ConsultationRecord.objects.update(verdict="fails")


def test_another_doctor_judges_nothing(actor, dr_wang, talk):
    with pytest.raises(Refused):
        closing.judge(actor(dr_wang), talk, "meets")


# The note


def test_a_draft_keeps_what_is_typed(doctor, talk):
    closing.save_note(doctor, talk, codes=[], complaint="Half a sen")
    note = ConsultationRecord.objects.get()
    assert (note.complaint, note.status) == ("Half a sen", "preliminary")


def test_a_diagnosis_outside_the_evidence_is_refused(doctor, judged):
    with pytest.raises(Refused, match="not one of the illnesses"):
        closing.save_note(doctor, judged, codes=["E11"], **WORDS)


def test_a_finer_code_of_the_same_category_is_accepted(doctor, talk):
    talk.appointment.evidence = [{**talk.appointment.evidence[0], "icd10": "E11"}]
    talk.appointment.save()
    note = closing.save_note(doctor, talk, codes=["E11.9"], **WORDS)
    assert note.assessment[0]["code"] == "E11.9"


def test_a_diagnosis_that_does_not_exist_is_refused(doctor, judged):
    with pytest.raises(Refused, match="no diagnosis"):
        closing.save_note(doctor, judged, codes=["ZZZ9"], **WORDS)


def test_a_note_without_a_verdict_is_not_signed(doctor, talk, key):
    closing.save_note(doctor, talk, codes=["I10"], **WORDS)
    with pytest.raises(Refused, match="judge"):
        closing.sign_note(doctor, talk, key)


def test_an_incomplete_note_says_what_is_missing(doctor, judged, key):
    closing.save_note(doctor, judged, codes=["I10"], complaint="…")
    with pytest.raises(Refused, match="history, advice, next review"):
        closing.sign_note(doctor, judged, key)


def test_a_signed_note_is_what_was_shown_and_goes_out_once(doctor, written, key):
    note = closing.sign_note(doctor, written, key)
    closing.sign_note(doctor, written, key)
    assert WORDS["advice"] in note.signed_bytes
    assert signing.verify(note.signature, note.signed_bytes.encode(), note.signed_at)
    assert OutboxMessage.objects.filter(kind="his.consultation").count() == 1


def test_one_changed_letter_of_a_signed_note_is_seen(doctor, written, key):
    note = closing.sign_note(doctor, written, key)
    assert not signing.verify(note.signature, note.signed_bytes.replace("Go", "go").encode())


def test_a_signed_note_is_never_changed(doctor, written, key):
    closing.sign_note(doctor, written, key)
    with pytest.raises(Refused, match="signed"):
        closing.save_note(doctor, written, codes=["I10"], complaint="other")
    with pytest.raises(Error), transaction.atomic():
        ConsultationRecord.objects.update(advice="other")


def test_an_addition_is_signed_and_stays(doctor, written, key):
    note = closing.sign_note(doctor, written, key)
    addendum = closing.add(doctor, note, "She called: all well.", key)
    assert signing.verify(addendum.signature, addendum.as_signed().encode())
    with pytest.raises(Error), transaction.atomic():
        Addendum.objects.update(text="other")


def test_nobody_signs_with_another_doctors_key(doctor, written, dr_wang):
    foreign = signing.open_for(session_of(dr_wang), dr_wang, PASSWORD)
    with pytest.raises(Refused):
        closing.sign_note(doctor, written, foreign)


# Finishing


def test_no_visit_ends_without_its_signed_note(doctor, written):
    with pytest.raises(Refused, match="sign the note"):
        closing.finish(doctor, written)


def test_finishing_closes_visit_and_appointment_and_tells(doctor, written, key, chen):
    closing.sign_note(doctor, written, key)
    visit = closing.finish(doctor, written)
    closing.finish(doctor, written)
    assert (visit.status, visit.appointment.status) == ("finished", "fulfilled")
    assert [step.status for step in visit.steps.all()] == ["in-progress", "finished"]
    assert Notification.objects.filter(user=chen.user, kind="visit-finished").count() == 1


def test_an_unsigned_prescription_keeps_the_visit_open(doctor, drafted, seen, key):
    closing.sign_note(doctor, seen, key)
    with pytest.raises(Refused, match="not signed yet"):
        closing.finish(doctor, seen)


# Stopping (R36)


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
