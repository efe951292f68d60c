"""Where each medicine is, and the code for the courier in large type."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from delivery import narrating
from delivery.models import DeliveryChoice, SupplyDelivery
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User

RESIDENT = User.Role.RESIDENT
SHOWN = 20


@require_GET
@role_required(RESIDENT)
def orders(request: ActorRequest) -> HttpResponse:
    """Every order of mine, the newest first."""
    rows = DeliveryChoice.objects.visible_to(request.actor).select_related("invoice")
    stories = narrating.stories(list(rows[:SHOWN]))
    return render(request, "delivery/resident/orders.html", {"stories": stories})


@require_GET
@role_required(RESIDENT)
def order(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One order: a sentence a medicine, the promised time, who acts next, the code."""
    return render(request, "delivery/resident/order.html", {"story": _story(request, pk)})


@require_GET
@role_required(RESIDENT)
def state(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The part of the page that changes while one looks at it."""
    return render(request, "delivery/resident/state.html", {"story": _story(request, pk)})


@require_GET
@role_required(RESIDENT)
def parcel(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Where a notice about a parcel leads: to its order."""
    row = get_object_or_404(SupplyDelivery.objects.visible_to(request.actor), pk=pk)
    return redirect("delivery:order", row.choice_id)


def _story(request: ActorRequest, pk: UUID) -> narrating.Story:
    rows = DeliveryChoice.objects.visible_to(request.actor)
    rows = rows.select_related("invoice", "organization", "zone")
    return narrating.story(get_object_or_404(rows, pk=pk))
