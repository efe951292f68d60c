"""Booking in four screens (R28): which illness, warning signs, a time, agree."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consult import asking, booking, scheduling
from consult.forms.booking import ChooseForm, FlagsForm, TimeForm
from consult.models import Appointment, Slot
from consult.rules import Evidence
from consult.rules.alarms import labels
from consult.rules.doctors import service_of
from consult.views.answers import (
    at_most,
    own_patient,
    posted,
    real_name_first,
    refusal_page,
    says_refusals,
)
from family_doctor.rules import doctor_of
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.his import snapshot
from portal.record import consent
from portal.record.models import ConsentText, Patient, Practitioner

LEANS_ON = ("conditions", "encounters")
LOOK_AGAIN_S = 2
STEPS = ("illness", "signs", "time", "agree")
RESIDENT = User.Role.RESIDENT
often = at_most(40, minutes=10)  # all four screens together


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@often
@says_refusals
def book(request: ActorRequest) -> HttpResponse:
    """Screen one: which of my illnesses, and why."""
    patient = own_patient(request)
    if patient is None or patient.verified_at is None:
        return real_name_first(request)
    if reason := asking.not_bookable(patient):
        return _not_bookable(request, patient, reason)
    finding, papers = asking.finding_of(patient), asking.papers_of(patient)
    choices = [(item.key, item.text) for item in (*finding.items, *papers)]
    draft = asking.draft_of(patient)
    chosen = [Evidence(**item).key for item in draft.evidence]
    before = {"evidence": chosen, "reasons": draft.reason_codes, "words": draft.reason}
    form = ChooseForm(posted(request), evidence=choices, initial=before)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asking.choose(request.actor, patient, data["evidence"], data["reasons"], data["words"])
        return redirect("consult:book_signs")
    if request.method == "GET" and _is_read_first(patient, finding.is_known, bool(choices)):
        return _being_read(request, patient)
    context = {"form": form, "finding": finding, "papers": papers, "choices": choices}
    return _screen(request, "book", 1, patient, status=422 if form.errors else 200, **context)


def _is_read_first(patient: Patient, is_known: bool, has_choices: bool) -> bool:
    """Ask for what is not known; True while it is being read for the first time."""
    if not is_known:
        snapshot.request_refresh(patient, LEANS_ON)
    return not has_choices and snapshot.is_first_read(patient, LEANS_ON)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@often
@says_refusals
def book_signs(request: ActorRequest) -> HttpResponse:
    """Screen two: signs that cannot wait. An alarm shows 120 large and goes on (R30)."""
    patient = own_patient(request)
    if patient is None or not asking.draft_of(patient).evidence:
        return redirect("consult:book")
    draft = asking.draft_of(patient)
    form = FlagsForm(posted(request), initial={"flags": draft.red_flags})
    if request.method == "POST" and form.is_valid():
        asking.answer(request.actor, patient, form.cleaned_data["flags"])
        return redirect("consult:times")
    return _screen(request, "signs", 2, patient, status=422 if form.errors else 200, form=form)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@often
@says_refusals
def times(request: ActorRequest) -> HttpResponse:
    """Screen three: one tap on a time keeps it for ten minutes."""
    patient = own_patient(request)
    doctor = doctor_of(patient) if patient else None
    if patient is None or doctor is None:
        return redirect("consult:book")
    if booked := asking.already_booked(patient, doctor):
        return redirect("consult:appointment", booked.pk)
    if asking.not_answered(patient):
        return redirect("consult:book_signs")
    if request.method == "GET":
        return _times(request, patient, doctor)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _times(request, patient, doctor, status=422, refusal=_("Please choose a time."))
    try:
        held = booking.hold(request.actor, form.cleaned_data["slot"], patient)
    except booking.SlotTaken as taken:
        near = {"alternatives": taken.alternatives, "refusal": str(taken)}
        return _times(request, patient, doctor, status=409, **near)
    return redirect("consult:check", held.pk)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@often
@says_refusals
def check(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Screen four: read it once more, agree, and it is booked."""
    mine = Appointment.objects.visible_to(request.actor).select_related("slot", "practitioner")
    appointment = get_object_or_404(mine, pk=pk)
    if appointment.status in ("booked", "arrived", "fulfilled"):
        return redirect("consult:appointment", pk)
    if appointment.status != Appointment.Status.PROPOSED:
        sentence = _("This time is no longer kept for you. Please choose a time again.")
        return refusal_page(
            request, sentence, url=reverse("consult:times"), label=_("Choose a time")
        )
    if request.method == "GET":
        return _check(request, appointment, _missing_consents(appointment.patient))
    return _confirm(request, appointment)


def _confirm(request: ActorRequest, appointment: Appointment) -> HttpResponse:
    missing = _missing_consents(appointment.patient)
    agreed = frozenset(request.POST.getlist("agreed"))
    if unread := [text for text in missing if str(text.pk) not in agreed]:
        return _check(request, appointment, missing, unread=unread, agreed=agreed, status=422)
    try:
        booking.confirm(request.actor, appointment, agreed)
    except booking.SlotTaken as taken:
        near = {"alternatives": taken.alternatives, "refusal": str(taken)}
        patient, doctor = appointment.patient, appointment.practitioner
        return _times(request, patient, doctor, status=409, **near)
    return redirect("consult:appointment", appointment.pk)


def _being_read(request: ActorRequest, patient: Patient) -> HttpResponse:
    """The hospital is being asked for the first time; the page looks again by itself."""
    page = _screen(request, "being_read", 1, patient, status=200)
    page["Refresh"] = str(LOOK_AGAIN_S)
    return page


def _not_bookable(request: ActorRequest, patient: Patient, reason: str) -> HttpResponse:
    """Why not, and the way on: a family doctor first, else a person at the centre."""
    if doctor_of(patient) is None:
        label = _("Choose a family doctor")
        return refusal_page(request, reason, url=reverse("family_doctor:teams"), label=label)
    return refusal_page(request, reason, url=reverse("home"), label=_("Home"))


def days_of(slots: list[Slot], doctor: Practitioner) -> list[tuple[Any, list[Slot]]]:
    """The times day by day, in the centre's zone."""
    zone = doctor.organization.zone
    grouped = groupby(slots, key=lambda slot: timezone.localdate(slot.start, zone))
    return [(day, list(times)) for day, times in grouped]


def _times(
    request: ActorRequest, patient: Patient, doctor: Practitioner, *, status: int = 200, **more: Any
) -> HttpResponse:
    free = scheduling.free_times(doctor)
    context = {
        "days": days_of(free, doctor),
        "doctor": doctor,
        "calendar": scheduling.calendar_of(doctor),
        "action": reverse("consult:times"),
        **more,
    }
    return _screen(request, "times", 3, patient, status=status, **context)


def _check(
    request: ActorRequest,
    appointment: Appointment,
    missing: list[ConsentText],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    doctor = appointment.practitioner
    reasons = dict(Appointment.Reason.choices)
    context = {
        "appointment": appointment,
        "doctor": doctor,
        "missing": missing,
        "service": service_of(doctor),
        "reasons": [reasons[code] for code in appointment.reason_codes if code in reasons],
        **more,
    }
    return _screen(request, "check", 4, appointment.patient, status=status, **context)


def _screen(
    request: ActorRequest, name: str, number: int, patient: Patient, *, status: int, **context: Any
) -> HttpResponse:
    """A page of the walk: what it asks, where one is, and 120 large after an alarm."""
    flags = asking.draft_of(patient).red_flags
    page = {"steps": STEPS, "current": number, "patient": patient, "signs": labels(flags)}
    return render(request, f"consult/resident/{name}.html", {**page, **context}, status=status)


def _missing_consents(patient: Patient) -> list[ConsentText]:
    texts = (consent.missing(patient, kind) for kind in ConsentText.Kind)
    return [text for text in texts if text is not None]
