from __future__ import annotations

import re

import pytest
from django.db import Error, transaction
from django.urls import reverse

from consult import closing
from consult.models import (
    Addendum,
    ConsultationRecord,
    Encounter,
)
from portal.audit.models import AuditEvent
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.record import signing
from portal.workflow import Refused
from tests.consult.stages import WORDS
from tests.portal.record.conftest import PASSWORD, session_of

pytestmark = pytest.mark.usefixtures("catalogue")
Status = Encounter.Status


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


def test_an_older_window_does_not_write_over_words_that_it_never_showed(doctor, judged):
    blank = closing.save_note(doctor, judged, codes=[]).mark
    kept = closing.save_note(doctor, judged, codes=["I10"], seen=blank, complaint="Headache")
    stale = {"codes": [], "seen": blank, "complaint": ""}
    with pytest.raises(Refused, match="another window"):
        closing.save_note(doctor, judged, **stale, advice="Rest")
    again = {"codes": ["I10"], "seen": blank, "complaint": "Headache"}
    assert closing.save_note(doctor, judged, **again).mark == kept.mark
    closing.save_note(doctor, judged, codes=["I10"], seen=kept.mark, advice="Rest")
    note = ConsultationRecord.objects.get()
    assert (note.complaint, note.advice) == ("Headache", "Rest")


def test_each_answer_says_what_the_window_has_seen(as_person, dr_li, judged):
    desk, url = as_person(dr_li), reverse("consult:desk_note", args=[judged.pk])
    page = desk.get(reverse("consult:desk_encounter", args=[judged.pk])).content.decode()
    seen = re.search(r'name="seen" value="(\w{16})"', page)[1]
    script = {"X-Requested-With": "fetch"}
    first = desk.post(url, {"seen": seen, "complaint": "Headache"}, headers=script)
    assert first.status_code == 204
    second = {"complaint": "Headache for a week", "seen": first["X-Seen"]}
    assert desk.post(url, second, headers=script).status_code == 204
    late = desk.post(url, {"seen": seen, "advice": "Rest"}, headers=script)
    assert late.status_code == 409 and "another window" in late.content.decode()
    page = desk.post(url, {"seen": seen, "advice": "Rest", "then": "sign"})
    assert page.status_code == 409 and "readonly>Rest</textarea>" in page.content.decode()


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
