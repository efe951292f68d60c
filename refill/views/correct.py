"""The doctor's page for a form that the pharmacist returned: why, and how it is to read now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consult.views.answers import says_refusals
from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record import prescribing, signing
from portal.record.models import Prescription
from portal.record.prescribing import Blocked, NotConfirmed
from refill import correcting, reviewing
from refill.forms import CorrectForm, changes_of, line_forms
from refill.models import RefillRequest

UNKNOWN = "unknown"


@require_http_methods(["GET", "POST"])
@role_required(User.Role.DOCTOR)
@second_factor.required
@says_refusals
def correct(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Change what has to be changed, and sign anew (R84); a refill is decided anew instead."""
    asked = RefillRequest.objects.visible_to(request.actor).filter(prescription=pk).first()
    if asked is not None:
        return redirect("refill:decide", asked.pk)
    row = _row(request, pk)
    lines = line_forms(row, request.POST if request.method == "POST" else None)
    form = CorrectForm(request.POST or None)
    if request.method == "GET":
        return _page(request, row, lines, form)
    if not (lines.is_valid() and form.is_valid()):
        return _page(request, row, lines, form, status=422)
    try:
        _sign(request, row, lines, form)
    except (Blocked, NotConfirmed) as refusal:
        return _page(request, row, lines, form, status=409, refusal=refusal)
    messages.success(request, _("Signed anew. The pharmacist looks at it again."))
    return redirect("home")


def _sign(request: ActorRequest, row: Prescription, lines: BaseFormSet, form: CorrectForm) -> None:
    key = signing.key_of(request.session, row.practitioner)
    correcting.correct(
        request.actor, row, changes_of(lines), key,
        reason=form.cleaned_data["reason"], confirmed_as_of=_confirmed(form),
    )  # fmt: skip


def _row(request: ActorRequest, pk: UUID) -> Prescription:
    rows = Prescription.objects.visible_to(request.actor)
    rows = rows.filter(practitioner__user=request.user, status=Prescription.Status.RETURNED)
    return get_object_or_404(rows.select_related("patient", "practitioner", "organization"), pk=pk)


def _page(
    request: ActorRequest,
    row: Prescription,
    lines: BaseFormSet,
    form: CorrectForm,
    *,
    status: int = 200,
    refusal: Blocked | NotConfirmed | None = None,
) -> HttpResponse:
    context = {
        "prescription": row,
        "review": reviewing.returned(row),
        "lines": lines,
        "form": form,
        "alerts": prescribing.alerts(row),
        "refusal": str(refusal) if refusal else "",
        "ask_as_of": _as_of(refusal) if isinstance(refusal, NotConfirmed) else "",
    }
    return render(request, "refill/doctor/correct.html", context, status=status)


def _as_of(refusal: NotConfirmed) -> str:
    return refusal.as_of.isoformat() if refusal.as_of else UNKNOWN


def _confirmed(form: CorrectForm) -> datetime | None:
    """The time of the data that the doctor confirmed with the patient (R169)."""
    if not form.cleaned_data["is_confirmed"]:
        return None
    shown = form.cleaned_data["as_of"]
    return timezone.now() if shown == UNKNOWN else parse_datetime(shown)
