"""What the centre's manager must know: who was left waiting, and who was not reached."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from consult.models import Appointment, EmergencyDuty
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User

SHOWN = 100


@require_GET
@role_required(User.Role.MANAGER)
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
