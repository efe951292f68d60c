"""The registrar's desk: people whom the hospital system did not know for sure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.pages import refused
from portal.registration import deciding
from portal.registration.forms import RecordForm, RejectForm
from portal.registration.models import Registration
from portal.workflow import Refused

LIST, ONE = "registration/registrar/list.html", "registration/registrar/one.html"
MANY = 100


@never_cache
@require_GET
@role_required("registrar")
def tasks(request: ActorRequest) -> HttpResponse:
    """Who waits, the longest first."""
    rows = Registration.objects.visible_to(request.actor).filter(status="on-hold")
    return render(request, LIST, {"rows": rows[:MANY]})


@never_cache
@require_http_methods(["GET", "POST"])
@role_required("registrar")
def task(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What the person said; POST looks a record up (its number stays out of the address)."""
    row = _row(request, pk)
    form = RecordForm(request.POST or None)
    found: dict[str, Any] = {}
    status = 400 if request.method == "POST" else 200
    if form.is_valid():
        status = 200
        try:
            record = deciding.look_up(row, form.cleaned_data["record_number"])
            found = {"found": record, "taken": deciding.is_taken(row, record)}
        except Refused as reason:
            found, status = {"refusal": str(reason)}, 409
    context = {"row": row, "form": form, "reject": RejectForm(), **found}
    return render(request, ONE, context, status=status)


@require_POST
@role_required("registrar")
@second_factor.required
def confirm(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The card was seen: the person and the record are one."""
    row = _row(request, pk)
    form = RecordForm(request.POST)
    if not form.is_valid():
        context = {"row": row, "form": form, "reject": RejectForm()}
        return render(request, ONE, context, status=400)
    try:
        number, move = form.cleaned_data["record_number"], "move" in request.POST
        deciding.confirm(request.actor, row, number, move=move)
    except Refused as reason:
        return _not_now(request, row, reason)
    return redirect("registration:tasks")


@require_POST
@role_required("registrar")
@second_factor.required
def reject(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Not confirmed, and why."""
    row = _row(request, pk)
    form = RejectForm(request.POST)
    if not form.is_valid():
        context = {"row": row, "form": RecordForm(), "reject": form}
        return render(request, ONE, context, status=400)
    try:
        deciding.reject(request.actor, row, form.cleaned_data["note"])
    except Refused as reason:
        return _not_now(request, row, reason)
    return redirect("registration:tasks")


def _row(request: ActorRequest, pk: UUID) -> Registration:
    rows = Registration.objects.visible_to(request.actor).select_related("organization", "user")
    return get_object_or_404(rows, pk=pk)


def _not_now(request: ActorRequest, row: Registration, reason: Refused) -> HttpResponse:
    back = reverse("registration:task", args=[row.pk])
    return refused(request, str(reason), url=back, label=_("Back to the question"))
