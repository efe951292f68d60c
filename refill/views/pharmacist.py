"""The counter: review, pack, stock, recall."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.workflow import Refused
from refill import dispensing, looking, recalling, reviewing, stocking
from refill.forms import CountForm, PackForm, ReceiveForm, ReviewForm
from refill.models import MedicationDispense, PrescriptionReview, StockItem

PHARMACIST = User.Role.PHARMACIST
MANY = 100
VERDICTS = {"return": reviewing.return_, "refuse": reviewing.refuse}


@require_GET
@role_required(PHARMACIST)
def counter(request: ActorRequest) -> HttpResponse:
    """What waits: prescriptions to review by their end, paid medicine to pack by its age."""
    reviews = PrescriptionReview.objects.visible_to(request.actor).waiting()
    packs = MedicationDispense.objects.visible_to(request.actor).to_pack()
    context = {
        "reviews": reviews.select_related("patient", "prescriber")[:MANY],
        "packs": packs.select_related("patient", "line__medication")[:MANY],
    }
    return render(request, "refill/pharmacist/counter.html", context)


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
@second_factor.required
def review(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The prescription, what the record says that matters, and the verdict (R83)."""
    rows = PrescriptionReview.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("prescription", "patient"), pk=pk)
    form = ReviewForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _decided(request, row, form)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
    context = {"review": row, "form": form, **looking.facts(request.actor, row)}
    return render(request, "refill/pharmacist/review.html", context, status=status)


def _decided(request: ActorRequest, row: PrescriptionReview, form: ReviewForm) -> HttpResponse:
    said = form.cleaned_data
    if said["verdict"] == "pass":
        reviewing.pass_(request.actor, row, form.findings())
        messages.success(request, _("Passed. The resident knows the price."))
    else:
        VERDICTS[said["verdict"]](request.actor, row, form.findings(), said["reason"])
        messages.success(request, _("Sent back with your reason."))
    return redirect("refill:counter")


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def pack(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One fill: what to take from which lot, ten checks, the scans, the seal."""
    rows = MedicationDispense.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("line__medication", "patient"), pk=pk)
    form = PackForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                dispensing.pack(request.actor, row, form.packing())
                messages.success(request, _("Packed and sealed."))
                return redirect("refill:label", pk=pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
    context = {"dispense": row, "form": form, "lots": dispensing.lots_of(row)}
    return render(request, "refill/pharmacist/pack.html", context, status=status)


@require_GET
@role_required(PHARMACIST)
def label(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The bag's label in large print (R87)."""
    rows = MedicationDispense.objects.visible_to(request.actor).exclude(packed_at=None)
    row = get_object_or_404(rows.select_related("line__medication", "line__frequency"), pk=pk)
    return render(request, "refill/pharmacist/label.html", {"dispense": row})


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def stock(request: ActorRequest) -> HttpResponse:
    """The centre's shelf; POST receives boxes."""
    form = ReceiveForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                stocking.receive(request.actor, **form.cleaned_data)
                return redirect("refill:stock")
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
    items = StockItem.objects.visible_to(request.actor).select_related("medication")
    context = {"items": items.order_by("medication__name_en", "expires")[:500], "form": form}
    return render(request, "refill/pharmacist/stock.html", context, status=status)


@require_POST
@role_required(PHARMACIST)
def count(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Counted anew."""
    row = get_object_or_404(StockItem.objects.visible_to(request.actor), pk=pk)
    form = CountForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Say how many boxes there are, and why the number changes."))
        stocking.correct(request.actor, row, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("refill:stock")


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def recall(request: ActorRequest) -> HttpResponse:
    """Who received this lot or box (R88); the number is sent, never kept in an address."""
    number = request.POST.get("number", "").strip()[:40]
    found = recalling.receivers(request.actor, number) if number else []
    context = {"number": number, "found": found}
    return render(request, "refill/pharmacist/recall.html", context)
