"""What a resident answers before a time is chosen: which illness, why, and the warning signs."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.models import Appointment, BookingDraft, EvidencePaper
from consult.rules import FLAGS, Evidence, Finding, days, look
from consult.rules.doctors import department_not_online, not_qualified
from consult.telling import tell_signs
from family_doctor.rules import doctor_of
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record import summary
from portal.record.models import Patient, Practitioner
from portal.workflow import Refused


def not_bookable(patient: Patient) -> str | None:
    """Why this resident cannot book now (R1, R6, R29), or None."""
    if patient.verified_at is None:
        return _("Please confirm your identity first.")
    doctor = doctor_of(patient)
    if doctor is None:
        return _("Please choose a family doctor first.")
    today = doctor.organization.today()
    return not_qualified(doctor, today) or department_not_online(doctor)


def already_booked(patient: Patient, doctor: Practitioner) -> Appointment | None:
    """The open appointment of this resident with this doctor: it can be moved, not doubled."""
    return Appointment.objects.filter(
        patient=patient, practitioner=doctor, status__in=("booked", "arrived")
    ).first()


def finding_of(patient: Patient) -> Finding:
    """The diagnoses of the hospital's record that a follow-up may lean on (R24–R28)."""
    today = patient.organization.today()
    return look(summary.read(patient), today, days("followup.evidence_max_age_days"))


def papers_of(patient: Patient) -> list[Evidence]:
    """The papers the resident has shown, young enough to count (R26, R27)."""
    today = patient.organization.today()
    oldest = today - days("followup.evidence_max_age_days")
    return [
        Evidence(paper.icd10, paper.text, paper.day.isoformat(), "paper", str(paper.pk))
        for paper in EvidencePaper.objects.filter(patient=patient, day__gte=oldest)
    ]


def draft_of(patient: Patient) -> BookingDraft:
    """The answers so far; an empty one for somebody who begins."""
    return BookingDraft.objects.filter(patient=patient).first() or BookingDraft(patient=patient)


def choose(
    actor: Actor, patient: Patient, keys: list[str], reasons: list[str], words: str = ""
) -> BookingDraft:
    """Keep which illnesses it is about and why. Only what the record or a paper shows counts."""
    if reason := not_bookable(patient):
        raise Refused(reason)
    known = {item.key: item for item in (*finding_of(patient).items, *papers_of(patient))}
    chosen = [known[key].as_json() for key in dict.fromkeys(keys) if key in known]
    if not chosen or len(chosen) < len(set(keys)):
        raise Refused(_("Please choose at least one of the illnesses shown."))
    if not reasons or not set(reasons) <= set(Appointment.Reason.values):
        raise Refused(_("Please choose why you want to talk to your doctor."))
    draft, _new = BookingDraft.objects.update_or_create(
        patient=patient,
        defaults={
            "evidence": chosen, "reason_codes": reasons, "reason": words,
            "chosen_at": timezone.now(),
        },
    )  # fmt: skip
    return draft


@transaction.atomic
def answer(actor: Actor, patient: Patient, flags: list[str]) -> BookingDraft:
    """Keep the warning signs. Earlier ones stay: taking one back hides it from nobody (R30)."""
    draft = draft_of(patient)
    if not draft.evidence:
        raise Refused(_("Please choose first which of your illnesses it is about."))
    if not set(flags) <= set(FLAGS):
        raise Refused(_("Please answer with the buttons shown."))
    new = [flag for flag in dict.fromkeys(flags) if flag not in draft.red_flags]
    draft.red_flags = [*draft.red_flags, *new]
    draft.answered_at = timezone.now()
    draft.save(update_fields=["red_flags", "answered_at"])
    doctor = doctor_of(patient)
    if new and doctor is not None:
        journal.write(actor, "name-signs", patient, flags=new)
        tell_signs(patient, doctor)
    return draft


def not_answered(patient: Patient) -> str | None:
    """No time without an earlier diagnosis (R24) and the answered questions (R30)."""
    draft = BookingDraft.objects.filter(patient=patient).first()
    if draft is None or not draft.evidence:
        return _("Please choose first which of your illnesses it is about.")
    if draft.answered_at is None:
        return _("Please answer the questions about warning signs first.")
    return None


def said_already(booked: Appointment | None) -> str:
    if booked is None:
        return _("Please choose a family doctor first.")
    local = timezone.localtime(booked.start, booked.organization.zone)
    return _("You already have an appointment on %(when)s. You can move it.") % {
        "when": f"{local:%Y-%m-%d %H:%M}"
    }


def keep_answers(appointment: Appointment) -> None:
    """Whoever lost a time through no doing of their own answers nothing twice."""
    now = timezone.now()
    BookingDraft.objects.update_or_create(
        patient_id=appointment.patient_id,
        defaults={
            "evidence": appointment.evidence,
            "reason_codes": appointment.reason_codes,
            "reason": appointment.reason,
            "red_flags": appointment.red_flags,
            "chosen_at": now,
            "answered_at": now,
        },
    )
