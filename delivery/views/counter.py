"""At the counter: parcels that came back, and what the resident gets instead."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from delivery import collecting, narrating, returning, settling
from delivery.forms.counter import CollectForm, ReceiveForm, SettleForm
from delivery.models import RefundOrReplace, SupplyDelivery
from delivery.models.parcel import Stage
from delivery.views.answers import says_refusals
from delivery.workflow import CASE, SUPPLY_DELIVERY
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.pages import refused
from portal.workflow import Refused

COUNTER = (User.Role.PHARMACIST, User.Role.MANAGER)
BACK = (Stage.RESCHEDULED, Stage.RETURNING, Stage.RETURNED, Stage.QUARANTINED)
CAN_BE_CALLED_BACK = (Stage.ASSIGNED, *returning.ON_THE_ROAD)
MANY = 100


@require_GET
@role_required(*COUNTER)
def counter(request: ActorRequest) -> HttpResponse:
    """What has to be decided, by its time, and the parcels that are not where they should be."""
    cases = RefundOrReplace.objects.visible_to(request.actor).waiting()
    rows = SupplyDelivery.objects.visible_to(request.actor).filter(stage__in=BACK)
    context = {
        "cases": cases.select_related("parcel", "patient")[:MANY],
        "parcels": rows.select_related("patient", "courier").order_by("stage", "window_end")[:MANY],
    }
    return render(request, "delivery/counter/counter.html", context)


@require_GET
@role_required(*COUNTER)
def parcel(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One parcel with its steps, who had it, and what can be done now."""
    rows = SupplyDelivery.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("patient", "courier", "choice__zone"), pk=pk)
    case = RefundOrReplace.objects.visible_to(request.actor).filter(parcel=row).first()
    context = {
        "parcel": row,
        "case": case,
        "sentence": narrating.headline(row),
        "attempts": narrating.attempts(row),
        "steps": row.steps.select_related("by"),
        "custodies": row.custodies.select_related("user"),
        "lines": row.lines.select_related("dispense__line__medication", "dispense__substitute"),
        "temperatures": row.temperatures.all(),
        "open": _open_to(request, row),
        "why_not_settle": CASE.refusal("refund", case, request.actor) if case else "",
        "receive_form": ReceiveForm(),
        "collect_form": CollectForm(initial={"client_id": uuid.uuid4()}),
    }
    return render(request, "delivery/counter/parcel.html", context)


@require_POST
@role_required(*COUNTER, verb=True)
@says_refusals
def act(request: ActorRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Take it back, put it aside, destroy it, give it out, or say that it is lost."""
    row = get_object_or_404(SupplyDelivery.objects.visible_to(request.actor), pk=pk)
    if name not in ACTS:
        raise Http404
    messages.success(request, ACTS[name](request, row))
    return redirect("delivery:counter_parcel", pk)


@require_POST
@role_required(*COUNTER, verb=True)
@says_refusals
def settle(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Paid back or sent again, with the reason."""
    case = get_object_or_404(RefundOrReplace.objects.visible_to(request.actor), pk=pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Say what the resident gets, and why."), status=422)
    deed = settling.refund if form.cleaned_data["act"] == "refund" else settling.replace
    deed(request.actor, case, form.cleaned_data["reason"])
    messages.success(request, _("Settled. The resident has been told."))
    return redirect("delivery:counter")


def _receive(request: ActorRequest, row: SupplyDelivery) -> str:
    form = ReceiveForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say whether the seal is whole."))
    returning.receive(request.actor, row, seal_intact=form.cleaned_data["seal"] == "whole")
    return _("It is back at the centre.")


def _collect(request: ActorRequest, row: SupplyDelivery) -> str:
    form = CollectForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Type the resident's code."))
    collecting.collect(request.actor, row, **form.cleaned_data)
    return _("Handed over.")


def _quarantine(request: ActorRequest, row: SupplyDelivery) -> str:
    returning.quarantine(request.actor, row)
    return _("Put aside.")


def _destroy(request: ActorRequest, row: SupplyDelivery) -> str:
    row = returning.destroy(request.actor, row)
    is_done = row.stage == Stage.DESTROYED
    return _("Destroyed, with two names.") if is_done else _("Now a second person confirms.")


def _lose(request: ActorRequest, row: SupplyDelivery) -> str:
    returning.lose(request.actor, row)
    return _("Noted as lost. The resident has been told.")


def _call_back(request: ActorRequest, row: SupplyDelivery) -> str:
    returning.call_back(request.actor, row)
    return _("Called back. The courier and the resident have been told.")


ACTS: dict[str, Callable[[ActorRequest, SupplyDelivery], str]] = {
    "receive": _receive,
    "collect": _collect,
    "quarantine": _quarantine,
    "destroy": _destroy,
    "lose": _lose,
    "call-back": _call_back,
}


def _open_to(request: ActorRequest, row: SupplyDelivery) -> dict[str, bool]:
    """Which buttons the page shows: the same guards that refuse the POST."""
    flow, actor = SUPPLY_DELIVERY, request.actor
    is_counter = actor.role == User.Role.PHARMACIST
    begun = row.stage == Stage.QUARANTINED and row.destroyed_by_id is None
    return {
        "receive": is_counter and row.stage in (Stage.RETURNING, Stage.RESCHEDULED),
        "collect": is_counter and row.stage == Stage.RETURNED,
        "quarantine": flow.refusal("quarantine", row, actor) is None,
        "destroy": begun or flow.refusal("destroy", row, actor) is None,
        "lose": flow.refusal("lose", row, actor) is None,
        "call_back": is_counter and row.stage in CAN_BE_CALLED_BACK,
    }
