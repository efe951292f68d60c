"""A resident finds a family doctor."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from family_doctor import enrolling, rules
from family_doctor.forms import SignForm
from family_doctor.models import CareTeam, EpisodeOfCare
from portal.accounts.actor import ActorRequest, role_required
from portal.pages import refused
from portal.record.models import Patient
from portal.workflow import Refused

TEAMS = "family_doctor/resident/teams.html"
TEAM = "family_doctor/resident/team.html"
CONTRACT = "family_doctor/resident/contract.html"


@require_GET
@role_required("resident")
def teams(request: ActorRequest) -> HttpResponse:
    """The teams of the resident's own centre: doctor, title, department (R39)."""
    if not Patient.objects.visible_to(request.actor).exists():
        return redirect("real_name")
    rows = CareTeam.objects.visible_to(request.actor).select_related("doctor", "organization")
    return render(request, TEAMS, {"teams": rows})


@require_http_methods(["GET", "POST"])
@role_required("resident")
def team(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What the contract with this team contains (R19); signing asks the doctor."""
    rows = CareTeam.objects.visible_to(request.actor).select_related("doctor", "organization")
    chosen = get_object_or_404(rows, pk=pk)
    patient = Patient.objects.visible_to(request.actor).first()
    if patient is None:
        return redirect("real_name")
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, chosen)
    context = {
        "team": chosen,
        "form": form,
        "why_not": rules.may_not_ask(request.actor, chosen, patient),
        "full": rules.is_full(chosen),
        "term": rules.term(chosen),
    }
    return render(request, TEAM, context, status=200 if not form.errors else 400)


@require_GET
@role_required("resident")
def contract(request: ActorRequest) -> HttpResponse:
    """My family doctor: in force, asked for, or how to find one."""
    if not Patient.objects.visible_to(request.actor).exists():
        return redirect("real_name")
    rows = EpisodeOfCare.objects.visible_to(request.actor)
    newest = rows.select_related("team__doctor", "organization").first()
    return render(request, CONTRACT, {"contract": newest})


@require_POST
@role_required("resident")
def withdraw(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take the question back."""
    asked = get_object_or_404(EpisodeOfCare.objects.visible_to(request.actor), pk=pk)
    try:
        enrolling.withdraw(request.actor, asked)
    except Refused as reason:
        return refused(request, str(reason), url=reverse("family_doctor:contract"), label=_("Back"))
    return redirect("family_doctor:contract")


def _ask(request: ActorRequest, chosen: CareTeam) -> HttpResponse:
    try:
        enrolling.ask(request.actor, chosen)
    except Refused as reason:
        back = reverse("family_doctor:contract")
        return refused(request, str(reason), url=back, label=_("My family doctor"))
    return redirect("family_doctor:contract")
