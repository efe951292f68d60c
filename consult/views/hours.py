"""The doctor's own hours, days that differ, phrases, and giving back an appointment."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from consult import booking, leaving, planning
from consult.forms.booking import CancelForm
from consult.forms.hours import DayForm, HoursForm, PhraseForm
from consult.models import Appointment, QuickPhrase, Schedule, ScheduleException
from consult.rules.doctors import practitioner_of
from consult.views.answers import posted, says_refusals
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User

DOCTOR = User.Role.DOCTOR


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def hours(request: ActorRequest) -> HttpResponse:
    """Weekly hours: shown, and one more added."""
    doctor = practitioner_of(request.actor)
    today = doctor.organization.today()
    form = HoursForm(posted(request), initial={"valid_from": today, "slot_minutes": 15})
    if request.method == "POST" and form.is_valid():
        opened = planning.add_hours(request.actor, doctor, form.save(commit=False))
        messages.success(request, _("Kept. %(count)d new times are open.") % {"count": opened.new})
        return redirect("consult:hours")
    return _page(request, hours_form=form)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def end_hours(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """These weekly hours end today; booked times stay booked."""
    row = get_object_or_404(Schedule.objects.visible_to(request.actor), pk=pk)
    kept = planning.end_hours(request.actor, row)
    _say_kept(request, kept)
    return redirect("consult:hours")


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def add_day(request: ActorRequest) -> HttpResponse:
    """A day that is closed, or open at other hours."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, day_form=form)
    kept = planning.add_day(request.actor, practitioner_of(request.actor), form.save(commit=False))
    _say_kept(request, kept)
    return redirect("consult:hours")


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def drop_day(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The day is as usual again."""
    row = get_object_or_404(ScheduleException.objects.visible_to(request.actor), pk=pk)
    planning.drop_day(request.actor, row)
    messages.success(request, _("The day is as usual again."))
    return redirect("consult:hours")


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def withdraw(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The doctor cannot be there: the resident is told and keeps every answer."""
    row = get_object_or_404(
        Appointment.objects.visible_to(request.actor).select_related("patient", "organization"),
        pk=pk,
    )
    form = CancelForm(posted(request), by_doctor=True)
    if request.method == "POST" and form.is_valid():
        booking.cancel(request.actor, row, form.cleaned_data["reason"])
        messages.success(request, _("Cancelled. The resident has been told."))
        return redirect("consult:desk")
    context, status = {"appointment": row, "form": form}, 422 if form.errors else 200
    return render(request, "consult/doctor/withdraw.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def leave(request: ActorRequest) -> HttpResponse:
    """The doctor cannot go on today: everybody who waits or comes is told at once."""
    form = CancelForm(posted(request), by_doctor=True)
    if request.method == "POST" and form.is_valid():
        told = leaving.leave(request.actor, form.cleaned_data["reason"])
        sentence = ngettext(
            "%(count)d resident has been told.", "%(count)d residents have been told.", told
        )
        messages.success(request, sentence % {"count": told})
        return redirect("consult:desk")
    context = {"appointments": leaving.rest_of_today(request.actor), "form": form}
    status = 422 if form.errors else 200
    return render(request, "consult/doctor/leave.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR)
@says_refusals
def phrases(request: ActorRequest) -> HttpResponse:
    """The doctor's own phrases."""
    form = PhraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        planning.add_phrase(practitioner_of(request.actor), form.cleaned_data["text"])
        return redirect("consult:phrases")
    context = {"form": form, "phrases": QuickPhrase.objects.visible_to(request.actor)}
    status = 422 if form.errors else 200
    return render(request, "consult/doctor/phrases.html", context, status=status)


@require_POST
@role_required(DOCTOR, verb=True)
def drop_phrase(request: ActorRequest, pk: int) -> HttpResponse:
    get_object_or_404(QuickPhrase.objects.visible_to(request.actor), pk=pk).delete()
    return redirect("consult:phrases")


def _page(request: ActorRequest, *, hours_form: Any = None, day_form: Any = None) -> HttpResponse:
    doctor = practitioner_of(request.actor)
    today = doctor.organization.today()
    blank = HoursForm(initial={"valid_from": today, "slot_minutes": 15})
    refused = any(form is not None and form.errors for form in (hours_form, day_form))
    context = {
        "doctor": doctor,
        "hours": planning.hours_from(doctor, today),
        "days": planning.days_from(doctor, today),
        "outside": planning.booked_outside(doctor),
        "hours_form": hours_form or blank,
        "day_form": day_form or DayForm(),
    }
    return render(request, "consult/doctor/hours.html", context, status=422 if refused else 200)


def _say_kept(request: ActorRequest, kept: int) -> None:
    if kept:
        sentence = _("Kept. %(count)d booked visits lie outside: cancel them yourself if you must.")
        messages.warning(request, sentence % {"count": kept})
    else:
        messages.success(request, _("Kept."))
