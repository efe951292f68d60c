"""How a visit ends: finished with its signed note, or stopped with a reason and advice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consult import charging, conversation
from consult.models import Appointment, Communication, ConsultationRecord, EmergencyDuty, Encounter
from consult.noting import add, diagnose, judge, save_note, sign_note
from consult.placing import announce
from consult.telling import tell_hospital, tell_visit
from consult.workflow import APPOINTMENT, not_the_doctor, step
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record import prescribing
from portal.record.models import Prescription
from portal.record.signing import SigningKey
from portal.workflow import Refused

Status = Encounter.Status
Stop = Encounter.StopReason
STOPS = tuple(reason for reason in Stop if reason not in (Stop.CANCELLED, Stop.NOSHOW))


@transaction.atomic
def finish(actor: Actor, encounter: Encounter) -> Encounter:
    """Close the visit; not without a signed note (R35), nor beside an unsigned prescription."""
    appointment, row = _locked(encounter)
    if row.status == Status.FINISHED:
        return row
    if _drafts(row).exists():
        raise Refused(_("The prescription is not signed yet. Sign it or discard it."))
    failing = ConsultationRecord.Verdict.FAILS
    if ConsultationRecord.objects.filter(encounter=row, verdict=failing).exists():
        raise Refused(_("The conditions are not met: end the visit with a reason instead."))
    charging.hold(appointment)
    row = step("finish", row, actor=actor, ended_at=timezone.now())
    appointment = APPOINTMENT.apply("fulfil", appointment, actor=actor)
    tell_hospital("his.appointment", appointment, status="fulfilled")
    charging.insure(actor, row)
    charging.bill(actor, row)
    conversation.system_note(
        row,
        gettext_lazy("The visit is finished. You can still write here for 24 hours."),
        code="finished",
    )
    tell_visit("visit-finished", row, row.patient.user)
    announce(row)
    return row


@transaction.atomic
def terminate(actor: Actor, encounter: Encounter, reason: str, advice: str) -> Encounter:
    """Stop at once (R36): a reason, plain advice where to go, no prescription from this visit."""
    if reason not in STOPS or not advice.strip():
        raise Refused(_("Please choose the reason and write what the resident should do now."))
    appointment, row = _locked(encounter)
    if row.status == Status.CANCELLED and row.status_reason == reason:
        return row
    if reason_not := not_the_doctor(actor, row):
        raise Refused(reason_not)
    charging.hold(appointment)
    _withdraw_prescriptions(actor, row)
    now = timezone.now()
    row = step("terminate", row, actor=actor, status_reason=reason, advice=advice, ended_at=now)
    facts = {"status_reason": Appointment.CancelReason.STOPPED, "cancelled_by": actor.role}
    appointment = APPOINTMENT.apply("stop", appointment, actor=actor, **facts)
    charging.give_back(actor, appointment, "stopped")
    tell_hospital("his.cancel", appointment, slot=str(appointment.slot_id))
    if reason == Stop.EMERGENCY or row.priority == Encounter.Priority.URGENT:
        _open_duty(actor, row, now)
    words = gettext_lazy("Dr {doctor} has ended the online visit and writes: “{advice}”")
    conversation.system_note(
        row, format_lazy(words, doctor=row.practitioner.name, advice=advice), code="stopped"
    )
    tell_visit("visit-stopped", row, row.patient.user)
    announce(row)
    return row


@transaction.atomic
def record_contact(actor: Actor, duty: EmergencyDuty, words: str) -> EmergencyDuty:
    """Somebody has reached the resident: who, when, what was agreed (R37)."""
    row = for_update(EmergencyDuty.objects).get(pk=duty.pk)
    if row.contacted_at is not None:
        return row
    if not words.strip():
        raise Refused(_("Please write how you reached the resident and what was agreed."))
    row.contacted_at, row.contacted_by, row.contact = timezone.now(), actor.user, words
    row.save(update_fields=["contacted_at", "contacted_by", "contact"])
    journal.write(actor, "contact", row)
    return row


@transaction.atomic
def draft_prescription(actor: Actor, encounter: Encounter) -> Prescription:
    """The draft of this visit, begun with the diagnoses of the note."""
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if reason := not_prescribable(actor, row):
        raise Refused(reason)
    note = ConsultationRecord.objects.get(encounter=row)
    codes = [diagnosis["code"] for diagnosis in note.assessment]
    return prescribing.draft(actor, row.patient, row.pk, codes)


def open_draft(encounter: Encounter) -> Prescription | None:
    """The draft that is open in this visit, if one is."""
    return _drafts(encounter).first()


@transaction.atomic
def sign_prescription(
    actor: Actor,
    encounter: Encounter,
    prescription: Prescription,
    key: SigningKey,
    confirmed_as_of: datetime | None = None,
) -> Prescription:
    """Sign the prescription of this visit and show it in the conversation."""
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if reason := not_prescribable(actor, row):
        raise Refused(reason)
    signed = prescribing.sign(actor, prescription, key, confirmed_as_of=confirmed_as_of)
    conversation.card(row, "prescription", _card(signed), key=signed.pk)
    announce(row)
    return signed


def not_prescribable(actor: Actor, encounter: Encounter) -> str | None:
    """Why no prescription can come from this visit now (R24–R26, R36, R38), or None."""
    if reason := not_the_doctor(actor, encounter):
        return reason
    if encounter.status != Status.IN_PROGRESS:
        return _("A prescription can only be written while the resident is with you.")
    note = ConsultationRecord.objects.filter(encounter=encounter).first()
    if note is None or not note.verdict:
        return _("Please judge first whether the conditions of a follow-up are met.")
    if note.verdict == ConsultationRecord.Verdict.FAILS:
        return _("The conditions of a follow-up are not met: nothing can be prescribed online.")
    if not note.assessment:
        return _("Please write the diagnosis into the note first.")
    if encounter.record_viewed_at is None and not _has_talked(encounter):
        return _("Please talk with the resident or look at the record first.")
    return None


def from_prescription(actor: Actor, prescription: Prescription) -> str | None:
    """The same question, asked by the record before any signature (R26, R36, R38)."""
    if prescription.encounter_id is None or prescription.versions.exists():
        return None  # what was signed in the visit and came back is corrected after it (R84)
    encounter = Encounter.objects.filter(pk=prescription.encounter_id).first()
    return not_prescribable(actor, encounter) if encounter else None


def _card(prescription: Prescription) -> dict[str, str]:
    url = reverse("consult:prescription", args=[prescription.pk])
    return {"prescription": str(prescription.pk), "title": _("Your prescription"), "url": url}


def _has_talked(encounter: Encounter) -> bool:
    """Both sides have said something: no treatment by questionnaire alone (R38)."""
    kinds = Communication.objects.filter(encounter=encounter).values_list("author_kind", flat=True)
    return {"doctor", "resident"} <= set(kinds.distinct().order_by())


def _drafts(encounter: Encounter) -> QuerySet[Prescription]:
    return Prescription.objects.filter(encounter_id=encounter.pk, status="draft")


def _withdraw_prescriptions(actor: Actor, encounter: Encounter) -> None:
    for prescription in Prescription.objects.filter(
        encounter_id=encounter.pk, status__in=("draft", "signed", "effective")
    ):
        prescribing.cancel(actor, prescription, _("the online visit was stopped"))


def _open_duty(actor: Actor, encounter: Encounter, now: datetime) -> None:
    duty, created = EmergencyDuty.objects.get_or_create(
        encounter=encounter,
        defaults={
            "organization_id": encounter.organization_id,
            "patient_id": encounter.patient_id,
            "opened": now,
            "alerted_at": now,
        },
    )
    if created:
        journal.write(actor, "open-duty", duty)


def _locked(encounter: Encounter) -> tuple[Appointment, Encounter]:
    appointments = for_update(Appointment.objects)
    visits = for_update(Encounter.objects)
    return appointments.get(pk=encounter.appointment_id), visits.get(pk=encounter.pk)


__all__ = [
    "STOPS",
    "add",
    "diagnose",
    "draft_prescription",
    "finish",
    "from_prescription",
    "judge",
    "not_prescribable",
    "open_draft",
    "record_contact",
    "save_note",
    "sign_note",
    "sign_prescription",
    "terminate",
]
