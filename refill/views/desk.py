"""The same request for somebody who telephones or stands at the counter, and by the doctor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consult.views.answers import posted, says_refusals
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record.models import Patient
from portal.workflow import Refused
from refill import fronting, listing, requesting, triaging
from refill.answering import AllowForm, ChooseForm, FindForm, OriginForm, QuestionsForm
from refill.models import RefillRequest
from refill.workflow import DESK

DOCTOR = User.Role.DOCTOR
FOUND = "refill_found"
MOST_FOUND = 20


@require_http_methods(["GET", "POST"])
@role_required(*DESK, DOCTOR)
def find(request: ActorRequest) -> HttpResponse:
    """Who asks: by a number and the birthday."""
    form = FindForm(posted(request))
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            found = fronting.find(request.actor, **form.cleaned_data)
            request.session[FOUND] = [*_found(request), str(found.pk)][-MOST_FOUND:]
            return redirect("refill:desk", found.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 422
    return render(request, "refill/desk/find.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@role_required(*DESK, DOCTOR)
@says_refusals
def desk(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What this resident may ask for, the four questions, and who asked how."""
    person = fronting.person(request.actor, pk, set(_found(request)))
    if person is None:
        raise Http404
    forms = _forms(request, person)
    if request.method == "POST" and all(form.is_valid() for form in forms.values()):
        basket = requesting.ask(
            request.actor, person, forms["choose"].cleaned_data["medicine"],
            forms["form"].answers(), forms["form"].readings(), wish=_wish(request, forms),
        )  # fmt: skip
        return _told(request, basket)
    status = 422 if any(form.errors for form in forms.values()) else 200
    context = {"person": person, "chosen": request.POST.getlist("medicine"), **forms}
    context["rows"] = listing.to_choose(person)
    return render(request, "refill/desk/desk.html", context, status=status)


def _forms(request: ActorRequest, person: Patient) -> dict[str, Any]:
    """A doctor gives a reason to allow it early; the desk says who asked."""
    post, doctor = posted(request), request.actor.role == DOCTOR
    rows = listing.to_choose(person)
    chosen = [row for row in rows if row.supply.mark in request.POST.getlist("medicine")]
    marks = [row.supply.mark for row in rows if row.can_be_chosen or row.needs_leave]
    early, leave = any(row.is_too_early for row in chosen), any(r.needs_leave for r in chosen)
    today = person.organization.today()
    pregnant = triaging.asks_about_pregnancy(person, [row.supply for row in rows], today)
    return {
        "choose": ChooseForm(post, marks=marks),
        "form": QuestionsForm(
            post,
            is_early=early and not doctor,
            asks_leave=leave and not doctor,
            asks_pregnancy=pregnant,
        ),
        "origin": AllowForm(post, is_early=early) if doctor else OriginForm(post),
    }


def _wish(request: ActorRequest, forms: dict[str, Any]) -> requesting.Wish:
    more = dict(forms["origin"].cleaned_data)
    if request.actor.role == DOCTOR:
        more["channel"] = RefillRequest.Channel.DOCTOR
    wish: requesting.Wish = forms["form"].wish(**more)
    return wish


def _told(request: ActorRequest, basket: requesting.Basket) -> HttpResponse:
    """Each medicine's answer, read aloud to the person who asks."""
    for row in (*basket.requests, *basket.already):
        what = row.status_reason or row.get_status_display()
        messages.info(request, f"{row.medication}: {what}")
    if request.actor.role == DOCTOR:
        return redirect("refill:requests")
    messages.success(request, _("Written down. The doctor answers within one working day."))
    return redirect("refill:find")


def _found(request: ActorRequest) -> list[str]:
    return list(request.session.get(FOUND, ()))
