"""Refill my medicine: choose, answer four questions, read what became of each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from consult.views.answers import own_patient, posted, real_name_first, says_refusals
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record.models import Patient
from refill import listing, requesting, triaging
from refill.answering import ChooseForm, QuestionsForm
from refill.models import RefillRequest

RESIDENT = User.Role.RESIDENT
CHOSEN = "refill_chosen"
STEPS = (_lazy("Choose"), _lazy("Four questions"), _lazy("Done"))


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def medicines(request: ActorRequest) -> HttpResponse:
    """What runs out when, and which of it is asked for now."""
    patient = own_patient(request)
    if patient is None:
        return real_name_first(request)
    rows = listing.to_choose(patient)
    form = ChooseForm(posted(request), marks=[r.supply.mark for r in rows if r.can_be_chosen])
    if request.method == "POST" and form.is_valid():
        request.session[CHOSEN] = form.cleaned_data["medicine"]
        return redirect("refill:questions")
    context = {
        "rows": rows,
        "form": form,
        "can_ask": any(row.can_be_chosen for row in rows),
        "past": listing.past(patient),
        "chosen": request.POST.getlist("medicine"),
    }
    return render(request, "refill/resident/medicines.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def questions(request: ActorRequest) -> HttpResponse:
    """The four questions, home readings, and for how long."""
    patient = own_patient(request)
    if patient is None:
        return real_name_first(request)
    leave = request.GET.get("leave", "")
    chosen = _to_allow(patient, leave) if leave else _chosen(request, patient)
    form = _questions_form(request, patient, chosen, asks_leave=bool(leave))
    if request.method == "POST" and form.is_valid():
        marks = [leave] if leave else request.session.get(CHOSEN, ())
        basket = requesting.ask(
            request.actor, patient, marks, form.answers(), form.readings(), wish=form.wish()
        )
        return redirect("refill:basket", basket.id) if basket.requests else _already(request)
    if not chosen:
        return redirect("refill:medicines")
    context = {"rows": chosen, "form": form, "steps": STEPS, "current": 2, "leave": leave}
    return render(request, "refill/resident/questions.html", context, status=_status(form))


@require_GET
@role_required(RESIDENT)
def basket(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What became of each medicine that was asked for together."""
    mine = RefillRequest.objects.visible_to(request.actor).filter(basket=pk)
    rows = listing.of_basket(mine.select_related("medication", "prescription", "patient"))
    if not rows:
        raise Http404
    asked = [row for row, _story in rows if row.is_open]
    context = {"rows": rows, "asked": asked, "steps": STEPS, "current": 3}
    return render(request, "refill/resident/basket.html", context)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def cancel(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take one medicine's request back, after a page that asks."""
    mine = RefillRequest.objects.visible_to(request.actor).select_related("medication")
    row = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        requesting.cancel(request.actor, row)
        messages.success(request, _("It is taken back. You can ask again any time."))
        return redirect("refill:medicines")
    why_not = requesting.why_not_cancel(request.actor, row)
    context = {"refill": row, "why_not": why_not}
    return render(request, "refill/resident/cancel.html", context)


def _chosen(request: ActorRequest, patient: Patient) -> list[listing.Row]:
    """The chosen medicines that can still be asked for."""
    marks = set(request.session.get(CHOSEN, ()))
    rows = listing.to_choose(patient)
    return [row for row in rows if row.supply.mark in marks and row.can_be_chosen]


def _to_allow(patient: Patient, mark: str) -> list[listing.Row]:
    """The one medicine that only the doctor can allow so early (R68)."""
    rows = listing.to_choose(patient)
    return [row for row in rows if row.supply.mark == mark and row.needs_leave]


def _questions_form(
    request: ActorRequest, patient: Patient, chosen: list[listing.Row], *, asks_leave: bool
) -> QuestionsForm:
    today = patient.organization.today()
    supplies = [row.supply for row in chosen]
    return QuestionsForm(
        posted(request),
        is_early=asks_leave or any(row.is_early for row in chosen),
        asks_leave=asks_leave,
        asks_pregnancy=triaging.asks_about_pregnancy(patient, supplies, today),
    )


def _already(request: ActorRequest) -> HttpResponse:
    messages.info(request, _("You have asked for this already. Nothing was sent twice."))
    return redirect("refill:medicines")


def _status(form: ChooseForm | QuestionsForm) -> int:
    return 422 if form.errors else 200
