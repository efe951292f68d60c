"""More than four weeks (R62) and small children (R9): asked by the doctor, agreed by the person."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consult import agreeing, closing
from consult.forms.long_term import AgreementForm, AssessmentForm, GuardianForm
from consult.views.answers import posted, refusal_page, says_refusals
from consult.views.desk import visit_of
from consult.views.prescriptions import draft_of
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record import prescribing

RESIDENT, DOCTOR = User.Role.RESIDENT, User.Role.DOCTOR


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def assess(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The strict assessment before more than four weeks; the resident is asked to agree."""
    visit = visit_of(request, pk)
    draft = draft_of(request, visit)
    if reason := closing.not_prescribable(request.actor, visit):
        return refusal_page(request, reason)
    form = AssessmentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        agreeing.assess(request.actor, visit, draft, **form.cleaned_data)
        messages.success(request, _("The resident has been asked to agree."))
        return redirect("consult:prescribe", pk)
    lines = [line for line in draft.lines.all() if prescribing.is_long(line)]
    context = {"encounter": visit, "patient": visit.patient, "form": form, "lines": lines}
    status = 422 if form.errors else 200
    return render(request, "consult/doctor/assess_long.html", context, status=status)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def guardian(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The doctor sees who is beside the child."""
    draft = draft_of(request, visit_of(request, pk))
    form = GuardianForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, _("Please write who is with the child."), status=422)
    prescribing.confirm_guardian(request.actor, draft, form.cleaned_data["name"])
    return redirect("consult:prescribe", pk)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def agreement(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """What is planned for more than four weeks, and the resident's own yes."""
    row = get_object_or_404(prescribing.asked_of(request.actor), pk=pk)
    form = AgreementForm(posted(request), initial={"seen": prescribing.shown(row)})
    if request.method == "POST" and form.is_valid():
        agreeing.agree(request.actor, row, form.cleaned_data["seen"])
        messages.success(request, _("Thank you. Your doctor has been told."))
        return redirect("consult:agreement", pk)
    lines = row.lines.select_related("medication", "frequency")
    context = {"prescription": row, "lines": lines, "form": form}
    status = 422 if form.errors else 200
    return render(request, "consult/resident/agreement.html", context, status=status)
