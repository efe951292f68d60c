"""The courier's pages, and the one door for everything a courier's phone reports."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from delivery import dispatch, looking, reporting, ringing
from delivery.forms import courier as forms
from delivery.models import SupplyDelivery
from delivery.reporting import Answer, Report
from portal.accounts.actor import Actor, ActorRequest, role_required
from portal.accounts.models import User
from portal.pages import refused
from portal.uploads import takes_files
from portal.workflow import Refused

COURIER = User.Role.COURIER
Deed = Callable[[Actor, SupplyDelivery, Report], Answer]


@require_GET
@role_required(COURIER)
def pool(request: ActorRequest) -> HttpResponse:
    """Packed parcels that nobody carries yet; of the address only the area."""
    return _list(request, "pool")


@require_GET
@role_required(COURIER)
def to_collect(request: ActorRequest) -> HttpResponse:
    """What waits for this courier at the counter."""
    return _list(request, "to_collect")


@require_GET
@role_required(COURIER)
def on_the_way(request: ActorRequest) -> HttpResponse:
    """What this courier holds: to bring, or to take back today."""
    return _list(request, "on_the_way")


def _list(request: ActorRequest, key: str) -> HttpResponse:
    frame = _frame(request.actor)
    tab = next(tab for tab in frame["tabs"] if tab.key == key)
    context = {**frame, "tab": tab, "stops": looking.cards(request.actor, key), "reload": True}
    return render(request, "delivery/courier/run.html", context)


@require_GET
@role_required(COURIER)
def run_pages(request: ActorRequest) -> HttpResponse:
    """Which pages the phone keeps for a stairwell without a network."""
    drawn_for = f"{request.COOKIES.get('text_size', '')} {request.actor.user_id}"
    return JsonResponse({"pages": looking.pages(request.actor, drawn_for)})


@require_GET
@role_required(COURIER)
def parcel(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One parcel and its only next step."""
    rows = SupplyDelivery.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("choice__zone", "patient"), pk=pk)
    return _parcel_page(request, row)


@require_POST
@role_required(COURIER, verb=True)
def claim(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a free parcel."""
    return _report(request, pk, forms.DeedForm, reporting.claim)


@require_POST
@role_required(COURIER, verb=True)
def give_back(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Not collected yet, and somebody else should."""
    row = get_object_or_404(SupplyDelivery.objects.visible_to(request.actor), pk=pk)
    try:
        dispatch.release(request.actor, row)
    except Refused as refusal:
        return refused(request, str(refusal), url=reverse("delivery:to_collect"))
    messages.success(request, _("The parcel is free again."))
    return redirect("delivery:to_collect")


@require_POST
@role_required(COURIER, verb=True)
def start(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Collected and on the way, or on the way again."""
    return _report(request, pk, forms.StartForm, reporting.start)


@require_POST
@role_required(COURIER, verb=True)
@takes_files(26)
def hand_over(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The code, or the name with a signature or a photo."""
    is_signed = "receiver_name" in request.POST
    form = forms.SignForm if is_signed else forms.CodeForm
    return _report(request, pk, form, reporting.hand_over)


@require_POST
@role_required(COURIER, verb=True)
def not_handed_over(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One of the fixed reasons."""
    return _report(request, pk, forms.FailedForm, reporting.failed)


@require_POST
@role_required(COURIER, verb=True)
def temperature(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """What the logger of the cold box shows now."""
    return _report(request, pk, forms.TemperatureForm, reporting.temperature)


@require_POST
@role_required(COURIER, verb=True)
def lost(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The courier no longer has it."""
    return _report(request, pk, forms.LostForm, reporting.lost)


def _report(request: ActorRequest, pk: uuid.UUID, kind: type[Form], deed: Deed) -> HttpResponse:
    form = kind(request.POST, request.FILES)
    is_good = form.is_valid()
    row = None
    try:
        row = reporting.find(request.actor, pk, form.cleaned_data.get("client_id"))
        if row is None:
            raise Http404
        if not is_good:
            return _say(request, row, _first_error(form), 422, form=form)
        answer = deed(request.actor, row, Report.of(form.cleaned_data))
    except Refused as refusal:
        return _say(request, row, str(refusal), 409)
    return _say(request, answer.parcel, answer.sentence, 200 if answer.is_taken else 409)


def _say(
    request: ActorRequest,
    row: SupplyDelivery | None,
    sentence: str,
    status: int,
    form: Form | None = None,
) -> HttpResponse:
    """The answer as a phone's script reads it, or as a page."""
    way_on = _way_on(request.actor, row)
    if "application/json" in request.headers.get("Accept", ""):
        told = {"sentence": sentence, "next": way_on, "as_of": timezone.now().isoformat()}
        return JsonResponse(told, status=status)
    if status == 200:
        messages.success(request, sentence)
        return redirect(way_on)
    seen = _seen_again(request.actor, row)
    if seen is None:
        return refused(request, sentence, status=status, url=way_on)
    return _parcel_page(request, seen, refusal=sentence, form=form, status=status)


def _way_on(actor: Actor, row: SupplyDelivery | None) -> str:
    """The parcel's page while it has a next step here, else the list."""
    if row is not None and row.courier_id == actor.user_id and row.stage in looking.HAS_A_STEP:
        return reverse("delivery:courier_parcel", args=[row.pk])
    return reverse("delivery:on_the_way")


def _seen_again(actor: Actor, row: SupplyDelivery | None) -> SupplyDelivery | None:
    rows = SupplyDelivery.objects.visible_to(actor).select_related("choice__zone", "patient")
    return rows.filter(pk=row.pk).first() if row else None


def _parcel_page(
    request: ActorRequest,
    row: SupplyDelivery,
    *,
    refusal: str = "",
    form: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_frame(request.actor),
        "stop": looking.card(request.actor, row),
        "ring": ringing.numbers(request.actor, [row.pk]).get(row.pk, ""),
        "client_id": uuid.uuid4(),
        "refusal": refusal,
        "problems": looking.PROBLEMS,
        **_forms(form),
    }
    return render(request, "delivery/courier/parcel.html", context, status=status)


def _forms(sent: Form | None) -> dict[str, Any]:
    """Each form of the page, empty, and the one that was sent as it came."""
    kinds = {
        "collect_form": forms.StartForm,
        "code_form": forms.CodeForm,
        "sign_form": forms.SignForm,
        "cold_form": forms.TemperatureForm,
    }
    return {
        name: sent if type(sent) is kind else kind(auto_id=f"{name}-%s")
        for name, kind in kinds.items()
    }


def _frame(actor: Actor) -> dict[str, Any]:
    return {"tabs": looking.tabs(actor), "as_of": timezone.now()}


def _first_error(form: Form) -> str:
    return str(next(iter(form.errors.values()))[0])
