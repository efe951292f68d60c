"""The prescription editor: medicines, what the checks say, and the doctor's signature."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consult import closing, formulary
from consult.forms.prescriptions import AllergyForm, LineForm, OverrideForm
from consult.models import Encounter
from consult.views.answers import refusal_page, says_refusals
from consult.views.desk import visit_of
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record import prescribing, signing, summary
from portal.record.facts import Summary
from portal.record.models import AllergyIntolerance, Prescription
from portal.record.prescribing import Blocked, NotConfirmed
from portal.terminology.models import Medication

DOCTOR = User.Role.DOCTOR
UNKNOWN = "unknown"
GUARDIAN_MISSING = "R9:guardian"
SAID = ("days_reason", "instruction", "course_of_therapy", "continues")


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def prescription(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The draft of this visit; POST adds one medicine."""
    visit = visit_of(request, pk)
    if reason := closing.not_prescribable(request.actor, visit):
        return refusal_page(request, reason)
    if request.method == "GET":
        return _editor(request, visit, closing.open_draft(visit))
    form = _line_form(visit, request.POST)
    if not form.is_valid():
        return _editor(request, visit, closing.open_draft(visit), form=form, status=422)
    return _add(request, visit, form.cleaned_data) or redirect("consult:prescribe", pk)


def _add(request: ActorRequest, visit: Encounter, data: dict[str, Any]) -> HttpResponse | None:
    medicine = formulary.medicine(data["medication"])
    frequency = formulary.frequency(data["frequency"])
    if medicine is None or frequency is None:
        return refusal_page(request, _("Please choose a medicine from the list."), status=422)
    more = {name: data[name] for name in SAID}
    more["is_substitution_allowed"] = False if data.get("is_banned") else None
    amount = (medicine, data["dose"], frequency, data["days"])
    draft = closing.draft_prescription(request.actor, visit)
    prescribing.add_line(request.actor, draft, *amount, **more)
    return None


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def remove_line(request: ActorRequest, pk: uuid.UUID, line: uuid.UUID) -> HttpResponse:
    """Take one medicine off the draft."""
    draft = draft_of(request, visit_of(request, pk))
    prescribing.remove_line(request.actor, draft, line)
    return redirect("consult:prescribe", pk)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def allergies(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The doctor asked about allergies: none known, or one more (R75)."""
    visit = visit_of(request, pk)
    form = AllergyForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, _("Please write which substance."), status=422)
    data = form.cleaned_data
    if data["none_known"]:
        prescribing.record_no_allergies(request.actor, visit.patient)
    else:
        severity = data["severity"] or AllergyIntolerance.Severity.UNKNOWN
        answer = prescribing.Answer(data["substance"], data["reaction"], severity=severity)
        prescribing.record_allergies(request.actor, visit.patient, [answer])
    return redirect("consult:prescribe", pk)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def override(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Go on in spite of an alert, with a coded reason and words (R81)."""
    draft = draft_of(request, visit_of(request, pk))
    form = OverrideForm(request.POST)
    if not form.is_valid():
        sentence = _("Please choose a reason and write it in words.")
        return refusal_page(request, sentence, status=422)
    data = form.cleaned_data
    prescribing.override(request.actor, draft, data["alert"], data["code"], data["text"])
    return redirect("consult:prescribe", pk)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def sign(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign; old or unknown data is confirmed with the patient first (R169)."""
    visit = visit_of(request, pk)
    draft = draft_of(request, visit)
    key = signing.key_of(request.session, visit.practitioner)
    try:
        closing.sign_prescription(request.actor, visit, draft, key, _confirmed(request))
    except NotConfirmed as refusal:
        return _editor(request, visit, draft, status=409, refusal=str(refusal), confirm=refusal)
    except Blocked as refusal:
        return _editor(request, visit, draft, status=409, refusal=str(refusal))
    messages.success(request, _("The prescription is signed and goes to the pharmacist."))
    return redirect("consult:desk_encounter", pk)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def discard(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Throw the draft away; a signed one is taken back."""
    visit = visit_of(request, pk)
    rows = Prescription.objects.visible_to(request.actor).filter(encounter_id=visit.pk)
    row = get_object_or_404(rows, pk=_uuid(request.POST.get("prescription", "")))
    prescribing.cancel(request.actor, row, _("taken back by the doctor"))
    messages.success(request, _("The prescription is taken back."))
    return redirect("consult:desk_encounter", pk)


def draft_of(request: ActorRequest, visit: Encounter) -> Prescription:
    """The draft of this visit, or 404."""
    rows = Prescription.objects.visible_to(request.actor)
    return get_object_or_404(rows, encounter_id=visit.pk, status=Prescription.Status.DRAFT)


def _editor(
    request: ActorRequest,
    visit: Encounter,
    draft: Prescription | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    record = summary.read(visit.patient)
    context = {
        "encounter": visit,
        "patient": visit.patient,
        "age": visit.patient.age_on(visit.organization.today()),
        **_contents(draft, record),
        **_search(request, visit),
        "current": record.medicines,
        "allergies": record.allergies,
        "allergy_form": AllergyForm(),
        "needs_confirmation": summary.needs_confirmation(record),
        "as_of": summary.as_of(record),
        **more,
    }
    return render(request, "consult/doctor/prescription.html", context, status=status)


def _contents(draft: Prescription | None, record: Summary) -> dict[str, Any]:
    """The lines and what the checks say about them; nothing before the first medicine."""
    if draft is None:
        return {"prescription": None, "lines": [], "alerts": []}
    answers = {row.alert_key: row for row in draft.overrides.all()}
    found = prescribing.alerts(draft, record)
    lines = draft.lines.select_related("medication", "frequency")
    return {
        "prescription": draft,
        "lines": lines,
        "is_long": any(map(prescribing.is_long, lines)),
        "needs_guardian": any(alert.key == GUARDIAN_MISSING for alert in found),
        "alerts": [(alert, answers.get(alert.key)) for alert in found],
        "reasons": OverrideForm().fields["code"].choices,  # type: ignore[attr-defined]
    }


def _search(request: ActorRequest, visit: Encounter) -> dict[str, Any]:
    """What is searched, what was found, and the medicine that was chosen."""
    words = request.GET.get("q", "")[:80].replace("\0", "")
    code = (request.GET or request.POST).get("medication", "")[:20].replace("\0", "")
    chosen = formulary.medicine(code)
    found = formulary.search(words)
    return {
        "words": words,
        "found": found,
        "chosen": chosen,
        "form": _line_form(visit, chosen=chosen),
    }


def _line_form(visit: Encounter, data: Any = None, chosen: Medication | None = None) -> LineForm:
    """A line, with the medicines of the record it may carry on; the same medicine is offered."""
    facts = summary.read(visit.patient).medicines.entries or ()
    current = [(fact.reference, fact.text) for fact in facts if fact.reference]
    initial = {"medication": chosen.code if chosen else "", "days": 7, "dose": 1}
    if chosen is not None:
        same = (fact.reference for fact in facts if fact.atc == chosen.atc and fact.reference)
        initial["continues"] = next(same, "")
    return LineForm(data, initial=initial, frequencies=formulary.frequencies(), current=current)


def _confirmed(request: ActorRequest) -> datetime | None:
    """The time of the data the doctor confirmed: as shown, or now where it was never read."""
    if request.POST.get("confirmed") != "yes":
        return None
    shown = request.POST.get("as_of", "")
    if shown == UNKNOWN:
        return timezone.now()
    try:
        return parse_datetime(shown)
    except ValueError:
        return None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
