"""What the centre's manager must know: who was left waiting, and who was not reached."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consult import differing
from consult.models import Appointment, EmergencyDuty, HospitalDifference
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.workflow import Refused

MANAGER = User.Role.MANAGER
SHOWN = 100


@require_GET
@role_required(MANAGER)
def escalations(request: ActorRequest) -> HttpResponse:
    """Escalated waits of the centre, open ones first; times and names, never the conversation."""
    late = (
        Appointment.objects.visible_to(request.actor)
        .filter(encounter__escalated_at__isnull=False)
        .select_related("patient", "practitioner", "encounter")
    )
    open_now = late.filter(encounter__started_at=None, status="arrived")
    context = {
        "open_now": open_now.order_by("start")[:SHOWN],
        "past": late.exclude(pk__in=open_now.values("pk")).order_by("-start")[:SHOWN],
        "duties": EmergencyDuty.objects.visible_to(request.actor)
        .filter(contacted_at=None)
        .select_related("patient", "encounter__practitioner")[:SHOWN],
        "now": timezone.now(),
    }
    return render(request, "consult/manager/escalations.html", context)


@require_GET
@role_required(MANAGER)
def differences(request: ActorRequest) -> HttpResponse:
    """Visits that stand otherwise in the hospital's calendar."""
    rows = HospitalDifference.objects.visible_to(request.actor).filter(closed_at=None)
    items = rows.select_related("practitioner", "appointment__patient")[:SHOWN]
    return render(request, "consult/manager/differences.html", {"items": items})


@require_POST
@role_required(MANAGER)
def settle_difference(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The manager has seen to it, and says how."""
    row = get_object_or_404(HospitalDifference.objects.visible_to(request.actor), pk=pk)
    try:
        differing.settle(request.actor, row, request.POST.get("note", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    return redirect("consult:differences")
