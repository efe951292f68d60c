"""What the doctor writes: verdict, note, end of the visit, additions."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consult import closing
from consult.forms.notes import AddendumForm, PasswordForm, StopForm, VerdictForm
from consult.models import ConsultationRecord, Encounter
from consult.noting import TEXTS, WrittenElsewhere, written_so_far
from consult.rules.evidence import same_diagnosis
from consult.views.answers import posted, refusal_page, says_refusals
from consult.views.desk import note_form, visit_of
from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record import signing
from portal.terminology import icd10

DOCTOR = User.Role.DOCTOR
FOUND = 12


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def verdict(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Are the conditions of a follow-up met (R26)?"""
    visit = visit_of(request, pk)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, _("Please choose one of the two answers."), status=422)
    note = closing.judge(request.actor, visit, form.cleaned_data["verdict"])
    if note.verdict == ConsultationRecord.Verdict.FAILS:
        return redirect("consult:stop", pk)
    return redirect("consult:desk_encounter", pk)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def note(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep the draft: by itself while the doctor types, or by the button."""
    visit = visit_of(request, pk)
    form = note_form(visit, written_so_far(visit), request.POST)
    if not form.is_valid():
        return refusal_page(request, _first_error(form), status=422)
    try:
        kept = closing.save_note(request.actor, visit, **form.cleaned_data)
    except WrittenElsewhere as refusal:  # without script, only this page still has the words
        words = "\n\n".join(filter(None, map(form.cleaned_data.get, TEXTS)))
        return refusal_page(request, str(refusal), words=words)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204, headers={"X-Seen": kept.mark})
    if request.POST.get("then") == "sign":
        return _sign(request, visit)
    messages.success(request, _("The note is kept as a draft."))
    return redirect("consult:desk_encounter", pk)


@require_GET
@role_required(DOCTOR)
def diagnoses(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Search the classification, within what this follow-up is about (R25)."""
    visit = visit_of(request, pk)
    words = request.GET.get("q", "").strip()[:80]
    found = icd10.search(words, FOUND * 4) if len(words) > 1 else []
    evidence = visit.appointment.evidence
    within = [item for item in found if same_diagnosis(item.code, evidence)][:FOUND]
    outside = [item for item in found if item not in within][:FOUND]
    context = {"encounter": visit, "words": words, "within": within, "outside": outside}
    return render(request, "consult/doctor/diagnoses.html", context)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def diagnose(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a diagnosis that was found into the note."""
    closing.diagnose(request.actor, visit_of(request, pk), request.POST.get("code", "")[:12])
    return redirect("consult:desk_encounter", pk)


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def stop(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """End the visit early: a reason and plain advice (R36)."""
    visit = visit_of(request, pk)
    form = StopForm(posted(request))
    if request.method == "POST" and form.is_valid():
        closing.terminate(
            request.actor, visit, form.cleaned_data["reason"], form.cleaned_data["advice"]
        )
        messages.success(request, _("The visit is ended and the resident has been told."))
        return redirect("consult:desk_encounter", pk)
    context = {"encounter": visit, "patient": visit.patient, "form": form}
    status = 422 if form.errors else 200
    return render(request, "consult/doctor/stop.html", context, status=status)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def finish(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Close the visit with its signed note (R35)."""
    closing.finish(request.actor, visit_of(request, pk))
    messages.success(request, _("The visit is finished."))
    return redirect("consult:desk")


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def add(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Add to a signed note (R45)."""
    visit = visit_of(request, pk)
    notes = ConsultationRecord.objects.visible_to(request.actor)
    row = get_object_or_404(notes, encounter=visit)
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, _first_error(form), status=422)
    key = signing.key_of(request.session, visit.practitioner)
    closing.add(request.actor, row, form.cleaned_data["text"], key)
    messages.success(request, _("Your addition is signed."))
    return redirect("consult:desk_encounter", pk)


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@second_factor.required
def unlock(request: ActorRequest) -> HttpResponse:
    """Open the signing key for this session by the password (R56)."""
    form = PasswordForm(posted(request), initial={"next": request.GET.get("next", "")})
    status = 200
    if request.method == "POST":
        status = _unlocked(request, form)
        if status == 302:
            return redirect(_local(form.cleaned_data["next"]) or "consult:desk")
    return render(request, "consult/doctor/unlock.html", {"form": form}, status=status)


def _unlocked(request: ActorRequest, form: PasswordForm) -> int:
    """302 when the key is open; else the form says why not, also after too many guesses (R109)."""
    user = request.actor.user
    if not form.is_valid() or user is None:
        return 422
    try:
        if signing.unlock(request.session, user, form.cleaned_data["password"]):
            return 302
    except signing.Locked as refusal:
        form.add_error("password", str(refusal))
        return 429
    form.add_error("password", _("The password is not right."))
    return 422


def _sign(request: ActorRequest, visit: Encounter) -> HttpResponse:
    key = signing.key_of(request.session, visit.practitioner)
    closing.sign_note(request.actor, visit, key)
    messages.success(request, _("The note is signed."))
    return redirect("consult:desk_encounter", visit.pk)


def _first_error(form: Any) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


def _local(url: str) -> str:
    ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if ours else ""
