"""Packing: what to take, ten checks, the scans, the seal; then the label and the advice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.pages import refused
from portal.workflow import Refused
from refill import dispensing, labelling, lacking, substituting
from refill.forms import LackForm, PackForm, SubstituteForm
from refill.models import MedicationDispense
from refill.views.answers import tried

PHARMACIST = User.Role.PHARMACIST


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def pack(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One fill: what to take from which lot, ten checks, the scans, the seal."""
    row = _row(request, pk)
    take = dispensing.to_take(row)
    form = PackForm(request.POST or None, lots=take["lot_of_box"])

    def deed() -> HttpResponse:
        dispensing.pack(request.actor, row, form.packing())
        messages.success(request, _("Packed and sealed."))
        return redirect("refill:label", pk=pk)

    answer = tried(request, form, deed)
    if isinstance(answer, HttpResponse):
        return answer
    context = {"dispense": row, "form": form, "lack": LackForm(), **take}
    if row.status == MedicationDispense.Status.PREPARATION:
        context |= {"options": substituting.options(row), "swap": SubstituteForm()}
    return render(request, "refill/pharmacist/pack.html", context, status=answer)


@require_POST
@role_required(PHARMACIST)
def lack(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The boxes are not there after all: another lot, another day, or the money back (R89)."""
    row, form = _row(request, pk), LackForm(request.POST)
    back = reverse("refill:pack", args=[pk])
    if not form.is_valid():
        sentence = _("Choose what becomes of it, with a day to come.")
        return refused(request, sentence, status=422, url=back, label=_("Back"))
    try:
        lacking.lack(request.actor, row, **form.cleaned_data)
    except Refused as refusal:
        return refused(request, str(refusal), url=back, label=_("Back"))
    messages.success(request, _("Done. The resident has been told."))
    return redirect("refill:pack", pk=pk)


@require_POST
@role_required(PHARMACIST)
def substitute(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Another product of the same medicine, where the rules of the place allow it (R84, R164)."""
    row, form = _row(request, pk), SubstituteForm(request.POST)
    back = reverse("refill:pack", args=[pk])
    if not form.is_valid():
        sentence = _("Say which product, how near it is, and why.")
        return refused(request, sentence, status=422, url=back, label=_("Back"))
    said = form.cleaned_data
    try:
        swap = substituting.Swap(
            substituting.product(said["medication"]), said["kind"], said["reason"]
        )
        substituting.substitute(request.actor, row, swap)
    except Refused as refusal:
        return refused(request, str(refusal), url=back, label=_("Back"))
    messages.success(request, _("Done. The resident has been told."))
    return redirect("refill:pack", pk=pk)


@require_GET
@role_required(PHARMACIST)
def label(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The bag's label in large print (R87)."""
    row = get_object_or_404(_packed(request), pk=pk)
    context = {"dispense": row, **labelling.label(row)}
    return render(request, "refill/pharmacist/label.html", context)


def _row(request: ActorRequest, pk: UUID) -> MedicationDispense:
    rows = MedicationDispense.objects.visible_to(request.actor)
    related = ("line__medication", "line__frequency", "patient", "prescription__practitioner")
    return get_object_or_404(rows.select_related(*related, "packed_by", "substitute"), pk=pk)


def _packed(request: ActorRequest) -> QuerySet[MedicationDispense]:
    rows = MedicationDispense.objects.visible_to(request.actor).exclude(packed_at=None)
    related = ("line__medication", "line__frequency", "patient", "organization")
    return rows.select_related(*related, "substitute")
