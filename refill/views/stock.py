"""The centre's shelf: lots by their expiry, boxes received and counted anew, who waits for what."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.terminology import parameters
from refill import lacking, stocking
from refill.forms import CountForm, ReceiveForm
from refill.models import StockItem
from refill.paging import page
from refill.views.answers import tried

PHARMACIST = User.Role.PHARMACIST
SHOWN = ("all", "soon", "closed")


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def stock(request: ActorRequest) -> HttpResponse:
    """The shelf, the first to expire first; POST receives boxes."""
    form = ReceiveForm(request.POST or None)

    def deed() -> HttpResponse:
        item = stocking.receive(request.actor, **form.cleaned_data)
        served = lacking.serve_waiting(item)
        messages.success(request, _("On the shelf. Kept for waiting residents: %s.") % served)
        return redirect("refill:stock")

    answer = tried(request, form, deed)
    if isinstance(answer, HttpResponse):
        return answer
    context = {"form": form, **_shelf(request)}
    return render(request, "refill/pharmacist/stock.html", context, status=answer)


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def count(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One lot: what happened to it; POST counts it anew, with a reason."""
    rows = StockItem.objects.visible_to(request.actor).select_related("medication")
    row = get_object_or_404(rows, pk=pk)
    form = CountForm(request.POST or None)

    def deed() -> HttpResponse:
        stocking.correct(request.actor, row, **form.cleaned_data)
        messages.success(request, _("Counted anew."))
        return redirect("refill:count", pk=pk)

    answer = tried(request, form, deed)
    if isinstance(answer, HttpResponse):
        return answer
    context = {"item": row, "form": form, "movements": row.movements.select_related("by")[:50]}
    return render(request, "refill/pharmacist/lot.html", context, status=answer)


def _shelf(request: ActorRequest) -> dict[str, object]:
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else SHOWN[0]
    return {
        "items": page(_items(request, shown), "expires", request.GET.get("after", "")),
        "shown": shown,
        "today": timezone.localdate(),
        "soon": _soon(),
        "waited_for": stocking.waited_for(request.actor.organization_id),
    }


def _items(request: ActorRequest, shown: str) -> QuerySet[StockItem]:
    items = StockItem.objects.visible_to(request.actor).select_related("medication")
    if shown == "closed":
        return items.closed()
    if shown == "soon":
        return items.sellable().filter(expires__lte=_soon(), boxes__gt=0)
    return items.sellable().filter(expires__gt=timezone.localdate())


def _soon() -> date:
    days = int(parameters.value("stock.near_expiry_days"))
    return timezone.localdate() + timedelta(days=days)
