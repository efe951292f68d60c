"""Showing a paper with a diagnosis, and looking at it again."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from consult import papers, recording
from consult.forms.booking import PaperForm
from consult.models import EvidencePaper
from consult.views.answers import at_most, own_patient, posted, real_name_first, says_refusals
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.uploads import takes_files


@require_http_methods(["GET", "POST"])
@role_required(User.Role.RESIDENT)
@at_most(10, minutes=10)
@says_refusals
@takes_files(13)
def paper(request: ActorRequest) -> HttpResponse:
    """Where the hospital does not answer: a picture, a button, a day (R26)."""
    patient = own_patient(request)
    if patient is None or patient.verified_at is None:
        return real_name_first(request)
    form = PaperForm(posted(request), request.FILES or None, diagnoses=papers.diagnoses())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        papers.show(request.actor, patient, data["file"], data["icd10"], data["day"])
        return redirect("consult:book")
    context, status = {"form": form, "patient": patient}, 422 if form.errors else 200
    return render(request, "consult/resident/paper.html", context, status=status)


@require_GET
@role_required(User.Role.RESIDENT, User.Role.DOCTOR)
def paper_file(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The picture, to the resident and the resident's doctor only."""
    row = get_object_or_404(EvidencePaper.objects.visible_to(request.actor), pk=pk)
    recording.show_file(request.actor, row)
    with row.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type=row.content_type)
    response["Content-Disposition"] = 'inline; filename="paper.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
