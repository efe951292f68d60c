"""The doctor's list of refills: one row a medicine, decided one by one and fast (R73)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consult.views.answers import says_refusals
from consult.views.proof import proof_of, remember_sitting
from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record import signing
from portal.record.models import Practitioner
from portal.record.prescribing import Blocked, NotConfirmed
from portal.workflow import Refused
from refill import deciding, picturing
from refill.models import RefillRequest
from refill.picturing import Picture
from refill.renewing import (
    HoldForm,
    LongForm,
    RejectForm,
    RenewalForm,
    filled_in,
    override_reasons,
    renewal_of,
)

DOCTOR = User.Role.DOCTOR
SHOWN = 20
RELATED = (
    "organization", "patient__organization", "patient__general_practitioner", "performer",
    "medication", "focus", "prescription", "decided_by",
)  # fmt: skip


@require_GET
@role_required(DOCTOR)
def requests(request: ActorRequest) -> HttpResponse:
    """What waits for this doctor's answer, the oldest promise first, with all facts."""
    if not proof_of(request):
        return second_factor.ask(request)
    remember_sitting(request)
    rows = list(_after(request)[: SHOWN + 1])
    waiting = _mine(request).filter(status=RefillRequest.Status.ACCEPTED).order_by("due_at")
    context = {
        "rows": [(one, filled_in(one)) for one in _pictures(request, rows[:SHOWN])],
        "more": _place(rows[SHOWN - 1]) if len(rows) > SHOWN else "",
        "waiting": waiting[:SHOWN],
    }
    return render(request, "refill/doctor/requests.html", context)


@require_GET
@role_required(DOCTOR)
@says_refusals
def decide(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One request with the whole picture."""
    if not proof_of(request):
        return second_factor.ask(request)
    remember_sitting(request)
    row = get_object_or_404(_mine(request), pk=pk)
    picturing.open_record(request.actor, row)
    return _page(request, row)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def approve(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Sign the renewal, or, over four weeks, ask the resident to agree first."""
    row = get_object_or_404(_mine(request), pk=pk)
    if not proof_of(request):
        return second_factor.ask(request)
    (picture,) = _pictures(request, [row])
    form, long = RenewalForm(request.POST, picture=picture), LongForm(request.POST)
    if not (form.is_valid() and long.is_valid()):
        return _page(request, row, form=form, long=long, status=422)
    try:
        renewal = renewal_of(form, long, request.POST)
        row = deciding.approve(request.actor, row, _key(request), renewal)
    except (NotConfirmed, Blocked) as refusal:
        return _page(
            request, row, form=form, long=long, refusal=str(refusal), status=409,
            more_alerts=getattr(refusal, "alerts", ()),
        )  # fmt: skip
    return _onward(request, row)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def reject(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Not agreed, with the reason and the next step."""
    row = get_object_or_404(_mine(request), pk=pk)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _page(request, row, reject_form=form, status=422)
    return _onward(request, deciding.reject(request.actor, row, **form.cleaned_data))


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def hold(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A talk first."""
    row = get_object_or_404(_mine(request), pk=pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, row, hold_form=form, status=422)
    return _onward(request, deciding.hold(request.actor, row, form.cleaned_data["reason"]))


def _mine(request: ActorRequest) -> Any:
    return RefillRequest.objects.visible_to(request.actor).select_related(*RELATED)


def _after(request: ActorRequest) -> Any:
    """The rows behind the last one of the page before; a broken place begins anew."""
    rows = _mine(request).to_decide()
    when, _bar, name = request.GET.get("after", "").partition("|")
    try:
        at, pk = parse_datetime(when), UUID(name)
    except ValueError:
        return rows
    return rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=pk)) if at else rows


def _place(row: RefillRequest) -> str:
    return f"{row.due_at.isoformat()}|{row.pk}"


def _pictures(request: ActorRequest, rows: list[RefillRequest]) -> list[Picture]:
    return picturing.pictures(rows, _doctor(request))


def _doctor(request: ActorRequest) -> Practitioner:
    doctor = picturing.doctor_of(request.actor)
    if doctor is None:
        raise Refused(_("Only the resident's own doctor can do this."))
    return doctor


def _key(request: ActorRequest) -> signing.SigningKey:
    return signing.key_of(request.session, _doctor(request))


def _page(
    request: ActorRequest, row: RefillRequest, *, status: int = 200, **more: Any
) -> HttpResponse:
    (picture,) = _pictures(request, [row])
    alerts = {alert.key: alert for alert in (*picture.alerts, *more.pop("more_alerts", ()))}
    context = {
        "picture": picture,
        "refill": row,
        "alerts": list(alerts.values()),
        "form": RenewalForm(picture=picture),
        "long": LongForm(),
        "reject_form": RejectForm(),
        "hold_form": HoldForm(),
        "reasons": override_reasons(),
        "why_not": deciding.why_not(request.actor, row),
        **more,
    }
    return render(request, "refill/doctor/decide.html", context, status=status)


def _onward(request: ActorRequest, row: RefillRequest) -> HttpResponse:
    """The next one that waits, or the list."""
    messages.success(request, f"{row.patient.name}, {row.medication}: {row.get_status_display()}")
    following = _mine(request).filter(status=RefillRequest.Status.REQUESTED)
    other = following.order_by("due_at", "pk").exclude(pk=row.pk).first()
    return redirect("refill:decide", other.pk) if other else redirect("refill:requests")
