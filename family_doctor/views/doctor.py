"""A family doctor answers those who ask for the team."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from family_doctor import enrolling, rules
from family_doctor.forms import DeclineForm
from family_doctor.models import CareTeam, EpisodeOfCare
from portal.accounts.actor import ActorRequest, role_required
from portal.pages import refused
from portal.workflow import Refused

PAGE = "family_doctor/doctor/requests.html"
MANY = 100


@require_GET
@role_required("doctor")
def requests(request: ActorRequest) -> HttpResponse:
    """Who asks, the longest waiting first."""
    return render(request, PAGE, _page(request))


@require_POST
@role_required("doctor")
def accept(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take the resident on."""
    contract = get_object_or_404(EpisodeOfCare.objects.visible_to(request.actor), pk=pk)
    try:
        enrolling.accept(request.actor, contract)
    except Refused as reason:
        return _not_now(request, reason)
    return redirect("family_doctor:requests")


@require_POST
@role_required("doctor")
def decline(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say no, and why."""
    contract = get_object_or_404(EpisodeOfCare.objects.visible_to(request.actor), pk=pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _page(request, wrong=form, wrong_pk=pk), status=400)
    try:
        enrolling.decline(request.actor, contract, form.cleaned_data["answer"])
    except Refused as reason:
        return _not_now(request, reason)
    return redirect("family_doctor:requests")


def _page(
    request: ActorRequest, wrong: DeclineForm | None = None, wrong_pk: UUID | None = None
) -> dict[str, object]:
    rows = EpisodeOfCare.objects.visible_to(request.actor).asked().order_by("signed_at")
    teams = CareTeam.objects.visible_to(request.actor).filter(doctor__user=request.user)
    why_not = {team.pk: rules.has_no_place(team) for team in teams}
    items = [
        {
            "contract": contract,
            "why_not": why_not.get(contract.team_id),
            "form": wrong if wrong and contract.pk == wrong_pk else DeclineForm(),
        }
        for contract in rows.select_related("patient")[:MANY]
    ]
    return {"items": items, "teams": teams}


def _not_now(request: ActorRequest, reason: Refused) -> HttpResponse:
    back = reverse("family_doctor:requests")
    return refused(request, str(reason), url=back, label=_("Contract requests"))
