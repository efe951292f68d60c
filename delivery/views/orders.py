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
from portal.payment.models import ChargeItem, Invoice
from refill.models import PickUp

RESIDENT = User.Role.RESIDENT
SHOWN = 20


@require_GET
@role_required(RESIDENT)
def onward(request: ActorRequest) -> HttpResponse:
    """Where the order goes on: how it shall come, as long as nobody chose; else all orders."""
    bills = Invoice.objects.visible_to(request.actor).filter(
        status=Invoice.Status.DRAFT, lines__kind=ChargeItem.Kind.MEDICINE
    )
    bill = bills.order_by("created").first()
    return redirect("delivery:choose", bill.pk) if bill else redirect("delivery:orders")


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
    story = _story(request, pk)
    pick_ups = PickUp.objects.visible_to(request.actor).filter(closed_at=None)
    context = {"story": story, "pick_up": None if story.choice.is_brought else pick_ups.first()}
    return render(request, "delivery/resident/order.html", context)


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
