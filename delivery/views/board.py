"""The dispatch board: what is packed, who carries how much, and who takes what."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from delivery import boarding, dispatch, returning
from delivery.forms.board import AssignForm
from delivery.models import SupplyDelivery
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.pages import refused
from portal.workflow import Refused

DISPATCHERS = (User.Role.MANAGER, User.Role.PHARMACIST)


@require_GET
@role_required(*DISPATCHERS)
def board(request: ActorRequest) -> HttpResponse:
    """Parcels without a courier first, then those under way, and each courier's load."""
    return render(request, "delivery/board/board.html", boarding.board(request.actor))


@require_POST
@role_required(*DISPATCHERS, verb=True)
def assign(request: ActorRequest, pk: UUID) -> HttpResponse:
    """This courier carries it, also instead of another who has not collected it yet."""
    parcel = get_object_or_404(SupplyDelivery.objects.visible_to(request.actor), pk=pk)
    form = AssignForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _no(request, _("Choose a courier of this centre."), 422)
    try:
        dispatch.reassign(request.actor, parcel, form.chosen)
    except Refused as refusal:
        return _no(request, str(refusal))
    messages.success(request, _("Assigned."))
    return redirect("delivery:board")


@require_POST
@role_required(*DISPATCHERS, verb=True)
def take_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Nobody carries it: any courier of the centre may take it."""
    parcel = get_object_or_404(SupplyDelivery.objects.visible_to(request.actor), pk=pk)
    try:
        dispatch.release(request.actor, parcel)
    except Refused as refusal:
        return _no(request, str(refusal))
    messages.success(request, _("The parcel is free again."))
    return redirect("delivery:board")


@require_POST
@role_required(*DISPATCHERS, verb=True)
def declare_lost(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Nobody can find it: refund or another parcel is decided at once (R98)."""
    parcel = get_object_or_404(SupplyDelivery.objects.visible_to(request.actor), pk=pk)
    if not request.POST.get("sure"):
        return _no(request, _("Tick that everybody looked for it."), 422)
    try:
        returning.lose(request.actor, parcel)
    except Refused as refusal:
        return _no(request, str(refusal))
    messages.success(request, _("The parcel is lost. The resident is told, and you decide."))
    return redirect("delivery:board")


def _no(request: ActorRequest, sentence: str, status: int = 409) -> HttpResponse:
    return refused(request, sentence, status=status, url=reverse("delivery:board"))
