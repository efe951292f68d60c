"""The doctor's note of a visit: the verdict, the draft, the signature, and what is added later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.document import as_written
from consult.models import Addendum, ConsultationRecord, Encounter
from consult.rules.evidence import same_diagnosis
from consult.telling import tell_hospital
from consult.workflow import NOTE, not_the_doctor
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record import signing
from portal.terminology import icd10, parameters
from portal.workflow import Refused

TEXTS = ("complaint", "history", "advice")
Status = Encounter.Status
Note = ConsultationRecord


class WrittenElsewhere(Refused):
    """Another window has changed the note since this one was opened."""

    def __init__(self) -> None:
        super().__init__(
            _("This note was changed in another window. Open this page again: your words are kept.")
        )


@transaction.atomic
def judge(actor: Actor, encounter: Encounter, verdict: str) -> Note:
    """Does this meet the conditions of a follow-up? Said once, by the receiving doctor (R26)."""
    row = _locked(actor, encounter)
    note = note_of(row)
    if verdict not in (Note.Verdict.MEETS, Note.Verdict.FAILS):
        raise Refused(_("Please choose one of the two answers."))
    if note.verdict == verdict:
        return note
    if note.verdict:
        raise Refused(
            _("Your verdict stands: %(verdict)s.") % {"verdict": note.get_verdict_display()}
        )
    if row.status != Status.IN_PROGRESS:
        raise Refused(_("Only while the resident is with you."))
    note.verdict, note.verdict_at = verdict, timezone.now()
    note.verdict_by = row.practitioner
    note.save(update_fields=["verdict", "verdict_at", "verdict_by", "updated"])
    journal.write(actor, "judge", note, after=verdict)
    return note


@transaction.atomic
def save_note(
    actor: Actor,
    encounter: Encounter,
    *,
    codes: list[str],
    next_review: date | None = None,
    seen: str = "",
    **texts: str,
) -> Note:
    """Keep the draft as it is typed. `seen` is the mark of what the window showed before.

    Raises Refused for a signed note or a foreign diagnosis, and WrittenElsewhere for a window
    that would write over words that it never showed.
    """
    row = _locked(actor, encounter)
    note = note_of(row)
    if note.status == Note.Status.FINAL:
        raise Refused(_("The note is signed. You can add to it."))
    before = note.mark
    note.assessment = [_diagnosis(code, row) for code in dict.fromkeys(codes)]
    note.next_review = next_review
    for field in TEXTS:
        setattr(note, field, texts.get(field, getattr(note, field)))
    if seen not in ("", before) and note.mark != before:
        raise WrittenElsewhere
    note.save(update_fields=["assessment", "next_review", *TEXTS, "updated"])
    return note


@transaction.atomic
def diagnose(actor: Actor, encounter: Encounter, code: str) -> Note:
    """Add one diagnosis to the draft; what is written stays."""
    note = note_of(_locked(actor, encounter))
    codes = [item["code"] for item in note.assessment]
    return save_note(actor, encounter, codes=[*codes, code], next_review=note.next_review)


@transaction.atomic
def sign_note(actor: Actor, encounter: Encounter, key: signing.SigningKey) -> Note:
    """Sign what stands there; from now on only additions (R45). The hospital gets it once."""
    row = _locked(actor, encounter)
    note = note_of(row)
    if note.status == Note.Status.FINAL:
        return note
    if reason := _not_ready(note, row):
        raise Refused(reason)
    at = timezone.now()
    content = as_written(note, at)
    facts = {
        "signature": signing.sign_bytes(_own(key, row), content.encode()),
        "signed_bytes": content,
        "signed_at": at,
    }
    signed: Note = NOTE.apply("sign", note, actor=actor, **facts)
    tell_hospital("his.consultation", signed)
    return signed


@transaction.atomic
def add(actor: Actor, note: Note, text: str, key: signing.SigningKey) -> Addendum:
    """Add to a signed note (R45); what was signed stays as it is."""
    row = for_update(Note.objects).get(pk=note.pk)
    if reason := not_the_doctor(actor, row):
        raise Refused(reason)
    if row.status != Note.Status.FINAL:
        raise Refused(_("The note is not signed yet: simply change it."))
    if actor.user is None or not text.strip():
        raise Refused(_("Please write what you want to add."))
    addendum = Addendum(note=row, author=actor.user, text=text, signed_at=timezone.now())
    content = addendum.as_signed().encode()
    addendum.signature = signing.sign_bytes(_own(key, row.encounter), content)
    addendum.save(force_insert=True)
    journal.write(actor, "add", row)
    return addendum


def note_of(encounter: Encounter) -> Note:
    """The note of this visit, begun when something is written for the first time."""
    note, _created = Note.objects.get_or_create(encounter=encounter, defaults=_whose(encounter))
    return note


def written_so_far(encounter: Encounter) -> Note:
    """The note as it stands; an empty one, not stored, before the first word."""
    note = Note.objects.filter(encounter=encounter).prefetch_related("addenda").first()
    return note or Note(encounter=encounter, **_whose(encounter))


def _whose(encounter: Encounter) -> dict[str, Any]:
    return {
        "organization_id": encounter.organization_id,
        "patient_id": encounter.patient_id,
        "practitioner_id": encounter.practitioner_id,
    }


def _diagnosis(code: str, encounter: Encounter) -> dict[str, str]:
    found = icd10.find(code)
    if found is None:
        raise Refused(_("There is no diagnosis “%(code)s”.") % {"code": code[:12]})
    evidence = encounter.appointment.evidence
    uncoded = any(not item["icd10"] for item in evidence)
    required = parameters.value("followup.same_diagnosis_required")
    if required and not uncoded and not same_diagnosis(found.code, evidence):
        raise Refused(
            _(
                "%(code)s is not one of the illnesses this follow-up is about. End the visit and"
                " refer the resident to the centre."
            )
            % {"code": found.code}
        )
    return {
        "code": found.code,
        "text": found.display(),
        "name_en": found.name_en,
        "name_zh": found.name_zh,
    }


def _not_ready(note: Note, encounter: Encounter) -> str | None:
    """What a note needs before it can be signed (R26, R35)."""
    if encounter.status not in (Status.IN_PROGRESS, Status.CANCELLED):
        return _("Only while the resident is with you.")
    if not note.verdict:
        return _("Please judge first whether the conditions of a follow-up are met.")
    missing = [
        name
        for name, value in (
            (_("complaint"), note.complaint.strip()),
            (_("history"), note.history.strip()),
            (_("advice"), note.advice.strip()),
            (_("assessment"), note.assessment or encounter.status == Status.CANCELLED),
            (_("next review"), note.next_review or encounter.status == Status.CANCELLED),
        )
        if not value
    ]
    if missing:
        return _("Still missing: %(fields)s.") % {"fields": ", ".join(missing)}
    return None


def _own(key: signing.SigningKey, encounter: Encounter) -> signing.SigningKey:
    """Nobody signs with another doctor's key."""
    if key.practitioner_id != encounter.practitioner_id:
        raise Refused(_("Only the doctor of this visit can sign."))
    return key


def _locked(actor: Actor, encounter: Encounter) -> Encounter:
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if reason := not_the_doctor(actor, row):
        raise Refused(reason)
    return row
