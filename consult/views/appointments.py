"""A resident's appointments: look, move, give back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consult import booking, charging, scheduling
from consult.forms.booking import CancelForm, TimeForm
from consult.models import Appointment, Encounter
from consult.rules import minutes
from consult.views.answers import at_most, posted, says_refusals
from consult.views.booking import days_of
from consult.workflow import APPOINTMENT
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.worklist import parts

RESIDENT = User.Role.RESIDENT
SHOWN = 50


@require_GET
@role_required(RESIDENT)
def appointments(request: ActorRequest) -> HttpResponse:
    """All of them, the next ones first."""
    mine = _mine(request).exclude(status="cancelled", cancelled_by="system")
    now = timezone.now()
    context = {
        "coming": mine.filter(status__in=("booked", "arrived")).order_by("start")[:SHOWN],
        "past": mine.exclude(status__in=("proposed", "booked", "arrived")).order_by("-start")[
            :SHOWN
        ],
        "now": now,
    }
    return render(request, "consult/resident/appointments.html", context)


@require_GET
@role_required(RESIDENT)
def appointment(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One appointment: when, with whom, and what happens next."""
    row = get_object_or_404(_mine(request), pk=pk)
    if row.status == Appointment.Status.PROPOSED:
        return redirect("consult:check", pk)
    opens = row.start - minutes("consult.waiting_room_opens_minutes")
    is_over = row.status == Appointment.Status.FULFILLED
    context = {
        "appointment": row,
        "doctor": row.practitioner,
        "encounter": Encounter.objects.visible_to(request.actor).filter(appointment=row).first(),
        "opens": opens,
        "is_open": opens <= timezone.now(),
        "why_not_cancel": APPOINTMENT.refusal("cancel", row, request.actor),
        "can_move": row.status == Appointment.Status.BOOKED,
        "fee": charging.fee_of(row),
        "parts": parts("after-visit", request.actor) if is_over else (),
    }
    return render(request, "consult/resident/appointment.html", context)


@require_POST
@role_required(RESIDENT)
@says_refusals
def pay(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The bill of this visit, to pay now; a second tap finds the same bill."""
    row = get_object_or_404(_mine(request), pk=pk)
    return redirect("payment:bill", charging.pay_now(request.actor, row).pk)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def cancel(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """A page that makes sure; giving a time back has no consequences."""
    row = get_object_or_404(_mine(request), pk=pk)
    if row.status == Appointment.Status.CANCELLED:
        return redirect("consult:appointment", pk)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        booking.cancel(request.actor, row, form.cleaned_data["reason"])
        messages.success(request, _("The appointment is cancelled. You can book again any time."))
        return redirect("consult:appointment", pk)
    context = {"appointment": row, "form": form, "doctor": row.practitioner}
    context["fee"] = charging.fee_of(row)
    context["why_not"] = APPOINTMENT.refusal("cancel", row, request.actor)
    status = 422 if form.errors else 200
    return render(request, "consult/resident/cancel.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@at_most(20, minutes=10)
@says_refusals
def move(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Another time of the same doctor; the old one is kept until the new one is taken."""
    row = get_object_or_404(_mine(request), pk=pk)
    if request.method == "GET":
        return _other_times(request, row)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _other_times(request, row, status=422, refusal=_("Please choose a time."))
    try:
        booking.move(request.actor, row, form.cleaned_data["slot"])
    except booking.SlotTaken as taken:
        near = {"alternatives": taken.alternatives, "refusal": str(taken)}
        return _other_times(request, row, status=409, **near)
    messages.success(request, _("Your appointment has a new time."))
    return redirect("consult:appointment", pk)


def _other_times(
    request: ActorRequest, row: Appointment, *, status: int = 200, **more: Any
) -> HttpResponse:
    doctor = row.practitioner
    context = {
        "days": days_of(scheduling.free_times(doctor), doctor),
        "doctor": doctor,
        "appointment": row,
        "calendar": scheduling.calendar_of(doctor),
        "action": reverse("consult:move", args=[row.pk]),
        "soon": row.start - timezone.now() < timedelta(hours=2),
        **more,
    }
    return render(request, "consult/resident/move.html", context, status=status)


def _mine(request: ActorRequest) -> Any:
    return Appointment.objects.visible_to(request.actor).select_related(
        "practitioner", "organization", "slot", "patient"
    )
