"""The room of a visit as the resident finds it: the waiting, the talk, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from consult import conversation, queueing
from consult.models import ConsultationRecord, Encounter
from consult.views.answers import says_refusals
from consult.workflow import ENCOUNTER
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record.models import Prescription
from portal.worklist import parts

RESIDENT, DOCTOR = User.Role.RESIDENT, User.Role.DOCTOR
Status = Encounter.Status
RELATED = ("appointment", "patient", "practitioner", "organization")


@require_GET
@role_required(RESIDENT, DOCTOR)
def room(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Where one waits, writes and reads; a doctor is shown to the desk."""
    visits = Encounter.objects.visible_to(request.actor).select_related(*RELATED)
    visit = get_object_or_404(visits, pk=pk)
    if request.actor.role == DOCTOR:
        return redirect("consult:desk_encounter", pk)
    context = {
        "encounter": visit,
        "doctor": visit.practitioner,
        "conversation": conversation.before(visit),
        "last_seq": visit.last_seq,
        "client_id": uuid.uuid4(),
        "place": queueing.place(visit) if visit.status == Status.ARRIVED else None,
        "is_late": visit.promised_at < timezone.now(),
        "why_not_yet": ENCOUNTER.refusal("arrive", visit, request.actor),
        **_outcome(request, visit),
    }
    return render(request, "consult/resident/room.html", context)


def _outcome(request: ActorRequest, visit: Encounter) -> dict[str, Any]:
    """What came of the visit, and once it is over what was not ordered."""
    notes = ConsultationRecord.objects.visible_to(request.actor)
    signed = Prescription.objects.visible_to(request.actor).filter(encounter_id=visit.pk)
    is_over = visit.status == Status.FINISHED
    return {
        "note": notes.filter(encounter=visit).first(),
        "prescriptions": signed.order_by("signed_at"),
        "parts": parts("after-visit", request.actor) if is_over else (),
    }


@require_POST
@role_required(RESIDENT, verb=True)
@says_refusals
def arrive(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """ "I am here": into the waiting room."""
    visit = get_object_or_404(Encounter.objects.visible_to(request.actor), pk=pk)
    queueing.arrive(request.actor, visit)
    return redirect("consult:room", pk)


@require_GET
@role_required(RESIDENT)
def note(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The signed note, for the resident to read, print and keep (R47)."""
    notes = ConsultationRecord.objects.visible_to(request.actor).prefetch_related("addenda")
    row = get_object_or_404(notes, encounter_id=pk)
    return render(request, "consult/resident/note.html", {"note": row, "encounter": row.encounter})


@require_GET
@role_required(RESIDENT)
def prescription(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """A signed prescription in the resident's own words."""
    mine = Prescription.objects.visible_to(request.actor).select_related("practitioner")
    row = get_object_or_404(mine.prefetch_related("lines__medication", "lines__frequency"), pk=pk)
    return render(request, "consult/resident/prescription.html", {"prescription": row})
