"""Pick-up: the resident's code in large print, and the counter that asks for it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.pages import refused
from portal.workflow import Refused
from refill import collecting, handing, keeping_back, labelling
from refill.forms import HandOverForm, KeepBackForm
from refill.models import MedicationDispense, PickUp
from refill.views.answers import tried

PHARMACIST, RESIDENT = User.Role.PHARMACIST, User.Role.RESIDENT


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
def pick_up(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The resident's own: what is ready, where, and the code; POST asks for a new code."""
    rows = PickUp.objects.visible_to(request.actor).select_related("organization", "patient")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            collecting.renew(request.actor, row)
        except Refused as refusal:
            return refused(request, str(refusal))
        messages.success(request, _("This is your new code."))
        return redirect("refill:pick_up", pk=pk)
    context = {"pick_up": row, "dispenses": [] if row.closed_at else collecting.waiting(row)}
    return render(request, "refill/pick_up/code.html", context)


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def hand_over(request: ActorRequest, pk: UUID) -> HttpResponse:
    """At the counter: the bags of this resident, and the proof that they may be given."""
    rows = PickUp.objects.visible_to(request.actor).select_related("patient")
    row = get_object_or_404(rows, pk=pk)
    bags = [] if row.closed_at else collecting.waiting(row)
    form = HandOverForm(request.POST or None)

    def deed() -> HttpResponse:
        handing.hand_over_at_counter(request.actor, bags, **form.cleaned_data)
        messages.success(request, _("Handed over."))
        return redirect("refill:counter")

    answer = tried(request, form, deed)
    if isinstance(answer, HttpResponse):
        return answer
    row.refresh_from_db(fields=["status", "wrong_tries", "closed_at"])
    recalled = {bag.pk for bag in keeping_back.to_keep_back([row])} if bags else set()
    context = {"pick_up": row, "bags": bags, "recalled": recalled, "form": form}
    return render(request, "refill/pharmacist/hand_over.html", context, status=answer)


@require_POST
@role_required(PHARMACIST)
def keep_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A sealed bag is not given after all."""
    bag = get_object_or_404(MedicationDispense.objects.visible_to(request.actor), pk=pk)
    form, back = KeepBackForm(request.POST), reverse("refill:counter")
    if not form.is_valid():
        return refused(request, _("Say why."), status=422, url=back, label=_("Back"))
    try:
        keeping_back.keep_back(request.actor, bag, form.cleaned_data["reason"])
    except Refused as refusal:
        return refused(request, str(refusal), url=back, label=_("Back"))
    messages.success(request, _("Done. The resident has been told."))
    return redirect("refill:counter")


@require_GET
@role_required(RESIDENT, PHARMACIST)
def advice(request: ActorRequest, pk: UUID) -> HttpResponse:
    """How to take what is in this bag, in large print and read aloud (R87)."""
    rows = MedicationDispense.objects.visible_to(request.actor).exclude(packed_at=None)
    related = ("line__medication", "substitute", "line__frequency", "patient", "organization")
    row = get_object_or_404(rows.select_related(*related), pk=pk)
    context = {"dispense": row, **labelling.label(row)}
    return render(request, "refill/pick_up/advice.html", context)
