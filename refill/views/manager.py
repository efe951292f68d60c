"""Requests that wait too long, and who stands in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consult.views.answers import says_refusals
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from refill import escalating, resting
from refill.forms import DayForm
from refill.models import RefillRequest
from refill.views.answers import tried

MANAGER = User.Role.MANAGER
SHOWN = 100


@require_GET
@role_required(MANAGER)
def late(request: ActorRequest) -> HttpResponse:
    """Names and times, never a medicine."""
    rows = RefillRequest.objects.visible_to(request.actor).to_decide()
    rows = rows.exclude(escalated_at=None).select_related(
        "patient__general_practitioner", "performer"
    )
    context = {"rows": rows[:SHOWN], "doctors": escalating.doctors_of(request.actor)}
    return render(request, "refill/manager/late.html", context)


@require_POST
@role_required(MANAGER, verb=True)
@says_refusals
def hand_to(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Another doctor of the centre answers this one."""
    row = get_object_or_404(RefillRequest.objects.visible_to(request.actor), pk=pk)
    doctor = escalating.doctor_named(request.actor, request.POST.get("doctor", ""))
    escalating.hand_to(request.actor, row, doctor)
    messages.success(request, _("%(doctor)s has been told.") % {"doctor": doctor.name})
    return redirect("refill:late")


@require_http_methods(["GET", "POST"])
@role_required(MANAGER)
def days(request: ActorRequest) -> HttpResponse:
    """The days off and the make-up working days of the centre; POST names one."""
    form = DayForm(request.POST or None)

    def deed() -> HttpResponse:
        resting.name_day(request.actor, **form.cleaned_data)
        messages.success(request, _("Kept. Promises count with it from now on."))
        return redirect("refill:days")

    answer = tried(request, form, deed)
    if isinstance(answer, HttpResponse):
        return answer
    context = {"form": form, "rows": resting.days_of(request.actor)}
    return render(request, "refill/manager/days.html", context, status=answer)


@require_POST
@role_required(MANAGER, verb=True)
@says_refusals
def forget_day(request: ActorRequest, pk: int) -> HttpResponse:
    """The centre's own word on a day is taken back."""
    if not resting.forget_day(request.actor, pk):
        raise Http404
    return redirect("refill:days")
