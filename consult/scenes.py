"""The situations of a visit, built through the same deeds as the pages; fresh on every call."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, time, timedelta
from importlib import import_module

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from consult import booking, closing, conversation, papers, queueing, scheduling
from consult.asking import answer, choose, finding_of, papers_of
from consult.models import (
    Appointment,
    CalendarCopy,
    Encounter,
    QuickPhrase,
    Schedule,
    Slot,
)
from consult.rules import minutes
from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.his import snapshot
from portal.his.port import SECTIONS
from portal.record import consent, prescribing, signing, summary
from portal.record.models import (
    AlertOverride,
    ConsentText,
    Patient,
    Practitioner,
    Prescription,
    RecordSection,
)
from portal.sandbox.cast import PASSWORD
from portal.sandbox.scenes.registry import Ids, furniture, scene
from portal.terminology.models import Frequency, Medication

HOURS = ((time(8), time(12)), (time(13), time(20)))
HOSPITAL_OWNS = {"dr-zhao"}
VISIT = timedelta(seconds=20)  # so short that scenes can follow each other as fast as one likes
MESSAGES = 12
PHRASES = (
    "How are your readings at home? 家里血压量得怎么样?",
    "Please keep taking your medicine as before. 请按原来的用法继续服药。",
    "Please come to the centre for a check. 请到中心来检查一下。",
)
TALK = (
    ("resident", "Good morning, doctor. 李医生,早上好。"),
    ("doctor", "Good morning, Mrs Chen. How are your readings? 陈阿姨早,血压量得怎么样?"),
    ("resident", "Mostly 138 over 82, in the evening 145. 大多138/82,晚上145。"),
    ("doctor", "Any swelling of the ankles, any dizziness? 脚踝肿不肿?头晕吗?"),
    ("resident", "No. I walk every morning. 没有,我天天早上散步。"),
    ("doctor", "And the sugar before breakfast? 早饭前血糖呢?"),
    ("resident", "Between 6.4 and 7.1. 6.4到7.1。"),
    ("doctor", "That is good. Do you take both medicines daily? 很好,两种药每天都吃吗?"),
    ("resident", "Yes, my daughter puts them in a box for me. 吃的,女儿帮我放在药盒里。"),
    ("doctor", "Then we go on as before. 那就照原来的方案。"),
    ("resident", "My amlodipine runs out next week. 氨氯地平下周就吃完了。"),
    ("doctor", "I shall write it for you now. 我现在就给您开。"),
)


@furniture
def hours_and_phrases() -> None:
    """Every doctor's online hours, and a few sentences they write often."""
    for doctor in Practitioner.objects.exclude(his_id="").select_related("organization"):
        if doctor.his_id in HOSPITAL_OWNS:
            CalendarCopy.objects.get_or_create(practitioner=doctor, defaults={"is_owner": True})
        elif not Schedule.objects.filter(practitioner=doctor).exists():
            _hours(doctor)
        scheduling.open_slots(doctor)


@scene("empty")
def empty() -> Ids:
    """Nothing but the people: Chen has no visit that is open."""
    _end_open(Patient.objects.get(his_id="chen"))
    return {}


@scene("booked", needs_hospital=True)
def booked() -> Ids:
    """Chen has an appointment with Dr Li now."""
    appointment = _book()
    encounter = Encounter.objects.get(appointment=appointment)
    return {"appointment": str(appointment.pk), "encounter": str(encounter.pk)}


@scene("waiting", needs_hospital=True)
def waiting() -> Ids:
    """Chen is in the waiting room; Dr Li has not called anybody."""
    ids = booked()
    queueing.arrive(_actor("chen"), _encounter(ids))
    return ids


@scene("conversation", needs_hospital=True)
def talking() -> Ids:
    """Chen and Dr Li talk: twelve messages, the visit is open."""
    ids = waiting()
    queueing.receive(_actor("dr_li"), _encounter(ids), proof="totp", another=True)
    encounter = _encounter(ids)
    for author, words in TALK[: MESSAGES - encounter.last_seq]:
        person = "chen" if author == "resident" else "dr_li"
        conversation.say(_actor(person), encounter, uuid.uuid4(), words)
    return ids


@scene("signed", needs_hospital=True)
def signed() -> Ids:
    """The visit is over: note and prescription are signed and on their way to the hospital."""
    ids = talking()
    doctor = Practitioner.objects.get(user__username="dr_li")
    key, actor = _key(doctor)
    encounter = _encounter(ids)
    closing.judge(actor, encounter, "meets")
    closing.save_note(
        actor,
        encounter,
        codes=[encounter.appointment.evidence[0]["icd10"]],
        complaint="Follow-up of hypertension, no complaints.",
        history="Home readings 138/82, walks daily, takes amlodipine and metformin.",
        advice="Go on as before, measure in the evening, next talk in four weeks.",
        next_review=timezone.localdate() + timedelta(days=28),
    )
    prescription = _prescribe(actor, encounter, key)
    closing.sign_note(actor, encounter, key)
    closing.finish(actor, encounter)
    return {**ids, "prescription": str(prescription.pk)}


def _book() -> Appointment:
    chen = Patient.objects.select_related("user", "organization").get(his_id="chen")
    doctor = Practitioner.objects.get(user__username="dr_li")
    actor = _actor("chen")
    _end_open(chen)
    _read_record(chen)
    choose(actor, chen, [_evidence(chen)], [Appointment.Reason.CHECK_UP])
    answer(actor, chen, [])
    held = booking.hold(actor, _time_now(doctor).pk, chen)
    missing = (consent.missing(chen, kind) for kind in ConsentText.Kind)
    return booking.confirm(actor, held, frozenset(str(text.pk) for text in missing if text))


def _end_open(chen: Patient) -> None:
    """Finish with what an earlier scene left open."""
    for appointment in Appointment.objects.filter(
        patient=chen, status__in=("proposed", "booked", "arrived")
    ):
        visit = Encounter.objects.filter(appointment=appointment, status="in-progress").first()
        if visit is None:
            booking.cancel(SYSTEM, appointment, by="system")
        else:
            doctor = Actor.of(visit.practitioner.user)
            closing.terminate(doctor, visit, Encounter.StopReason.CONNECTION, "Please call.")


def _read_record(chen: Patient) -> None:
    """Read the hospital's record as the worker does, unless it is fresh."""
    since = timezone.now() - snapshot.FRESH
    fresh = RecordSection.objects.filter(patient=chen, as_of__gte=since, error="")
    for section in set(SECTIONS) - set(fresh.values_list("section", flat=True)):
        snapshot.refresh(chen.pk, section)


def _evidence(chen: Patient) -> str:
    """The earlier diagnosis the visit leans on: the record's; where that is silent, a paper's."""
    known = (*finding_of(chen).items, *papers_of(chen))
    if known:
        return sorted(known, key=lambda item: not item.icd10.startswith("I10"))[0].key
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(picture, "JPEG")
    photo = SimpleUploadedFile("paper.jpg", picture.getvalue(), "image/jpeg")
    day = timezone.localdate() - timedelta(days=30)
    papers.show(_actor("chen"), chen, photo, "I10", day)
    return papers_of(chen)[0].key


def _time_now(doctor: Practitioner) -> Slot:
    """A short time of the doctor's that begins as soon as a booking may."""
    start = (timezone.now() + minutes("consult.lead_minutes")).replace(microsecond=0)
    start += timedelta(seconds=2)
    while taken := _taken(doctor, start):
        start = max(taken.end, start + timedelta(seconds=1))
    Slot.objects.filter(
        practitioner=doctor, status=Slot.Status.FREE, start__lt=start + VISIT, end__gt=start
    ).update(status=Slot.Status.UNAVAILABLE)
    return Slot.objects.create(
        organization_id=doctor.organization_id, practitioner=doctor, start=start, end=start + VISIT
    )


def _taken(doctor: Practitioner, start: datetime) -> Slot | None:
    """What stands in the way: a kept time that overlaps, or any row with this very start."""
    times = Slot.objects.filter(practitioner=doctor)
    kept = times.exclude(status__in=(Slot.Status.FREE, Slot.Status.UNAVAILABLE))
    overlap = kept.filter(start__lt=start + VISIT, end__gt=start).order_by("-end").first()
    return overlap or times.filter(start=start).first()


def _prescribe(actor: Actor, encounter: Encounter, key: signing.SigningKey) -> Prescription:
    """Four weeks more of the amlodipine that she takes already."""
    draft = closing.draft_prescription(actor, encounter)
    record = summary.read(encounter.patient)
    taken = record.medicines.entries or ()
    order = next((fact.reference for fact in taken if fact.atc == "C08CA01"), "")
    tablet = Medication.objects.get(code="86900000000010")
    daily = Frequency.objects.get(code="qd")
    why = "Stable for years, long-term medicine."
    prescribing.add_line(actor, draft, tablet, 1, daily, 28, continues=order, days_reason=why)
    for alert in prescribing.unanswered(draft, prescribing.alerts(draft)):
        prescribing.override(actor, draft, alert.key, AlertOverride.Reason.CONTINUED, why)
    confirmed = None
    if summary.needs_confirmation(record):
        confirmed = summary.as_of(record) or timezone.now()
    return closing.sign_prescription(actor, encounter, draft, key, confirmed_as_of=confirmed)


def _key(doctor: Practitioner) -> tuple[signing.SigningKey, Actor]:
    """The doctor signs in with the password of the demo, as only the doctor can."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(open_session(doctor.user))
    key = signing.open_for(session, doctor, PASSWORD)
    return key, Actor.of(doctor.user, key.session_key)


def _actor(username: str) -> Actor:
    return Actor.of(User.objects.get(username=username))


def _encounter(ids: Ids) -> Encounter:
    return Encounter.objects.get(pk=ids["encounter"])


def _hours(doctor: Practitioner) -> None:
    Schedule.objects.bulk_create(
        Schedule(
            organization_id=doctor.organization_id,
            practitioner=doctor,
            weekday=weekday,
            start=start,
            end=end,
            valid_from=timezone.localdate(),
        )
        for weekday in range(7)
        for start, end in HOURS
    )
    QuickPhrase.objects.bulk_create(
        QuickPhrase(practitioner=doctor, text=text, position=place)
        for place, text in enumerate(PHRASES)
    )
