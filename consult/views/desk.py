"""The doctor's desk: queue | conversation | record. No page here waits for the hospital."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consult import closing, conversation, desk, queueing, recording
from consult.forms.notes import ContactForm, NoteForm
from consult.models import EmergencyDuty, Encounter, QuickPhrase
from consult.noting import written_so_far
from consult.rules.alarms import labels
from consult.views.answers import posted, refusal_page, says_refusals
from consult.views.proof import proof_of, remember_sitting
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record.models import Prescription, RecordSection

DOCTOR, MANAGER = User.Role.DOCTOR, User.Role.MANAGER
RELATED = ("appointment", "patient", "practitioner", "organization")


@require_GET
@role_required(DOCTOR)
def desk_page(request: ActorRequest) -> HttpResponse:
    """The queue, with nobody open."""
    return render(request, "consult/doctor/desk.html", _queue(request))


@require_GET
@role_required(DOCTOR)
def queue(request: ActorRequest) -> HttpResponse:
    """The queue pane alone, asked again when it changes."""
    return render(request, "consult/doctor/queue.html", _queue(request))


@require_GET
@role_required(DOCTOR)
def encounter(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One resident: the conversation, and the record as it was last read (R38)."""
    visit = visit_of(request, pk)
    recording.open_record(request.actor, visit)
    context = {
        **_queue(request),
        **case(request, visit),
        "others": desk.present(request.actor, visit.patient),
    }
    return render(request, "consult/doctor/encounter.html", context)


@require_GET
@role_required(DOCTOR)
def record(request: ActorRequest, pk: uuid.UUID, section: str) -> HttpResponse:
    """One section of the record from the snapshot; 202 while a fresher one is being read."""
    if section not in RecordSection.Section.values:
        raise Http404
    visit = visit_of(request, pk)
    shown = recording.show_section(request.actor, visit, section)
    status = 202 if shown.is_refreshing else 200
    response = render(request, "consult/doctor/section.html", {"section": shown}, status=status)
    if shown.is_refreshing:
        response["Retry-After"] = "3"
    return response


@require_GET
@role_required(DOCTOR)
def viewing(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Which other doctors look at this resident just now."""
    others = desk.present(request.actor, visit_of(request, pk).patient)
    return render(request, "consult/doctor/viewing.html", {"others": others})


@require_GET
@role_required(DOCTOR)
def prescriptions(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """What is prescribed in this visit, and whether more can be, as the note stands now."""
    visit = visit_of(request, pk)
    context = {"encounter": visit, **written(request, visit)}
    return render(request, "consult/doctor/prescriptions.html", context)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def call_next(request: ActorRequest) -> HttpResponse:
    """Receive whoever is next."""
    another = request.POST.get("another") == "yes"
    try:
        visit = queueing.call_next(request.actor, proof=proof_of(request), another=another)
    except queueing.Occupied as occupied:
        return _occupied(request, occupied)
    if visit is None:
        return refusal_page(request, _("Nobody is waiting."))
    remember_sitting(request)
    return redirect("consult:desk_encounter", visit.pk)


@require_POST
@role_required(DOCTOR, verb=True)
@says_refusals
def receive(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Receive this resident out of turn, or beside another knowingly."""
    visit = visit_of(request, pk)
    another = request.POST.get("another") == "yes"
    try:
        queueing.receive(request.actor, visit, proof=proof_of(request), another=another)
    except queueing.Occupied as occupied:
        return _occupied(request, occupied, visit)
    remember_sitting(request)
    return redirect("consult:desk_encounter", pk)


@require_http_methods(["GET", "POST"])
@role_required(DOCTOR, MANAGER)
@says_refusals
def contact(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down that an urgent resident was reached (R37)."""
    duties = EmergencyDuty.objects.visible_to(request.actor).select_related("patient__user")
    duty = get_object_or_404(duties, pk=pk)
    form = ContactForm(posted(request))
    if request.method == "POST" and form.is_valid():
        closing.record_contact(request.actor, duty, form.cleaned_data["contact"])
        back = "consult:desk" if request.actor.role == DOCTOR else "consult:escalations"
        return redirect(back)
    status = 422 if form.errors else 200
    return render(
        request, "consult/doctor/contact.html", {"duty": duty, "form": form}, status=status
    )


def visit_of(request: ActorRequest, pk: uuid.UUID) -> Encounter:
    """A visit of this doctor, or 404."""
    visits = Encounter.objects.visible_to(request.actor).select_related(*RELATED)
    return get_object_or_404(visits, pk=pk)


def case(request: ActorRequest, visit: Encounter) -> dict[str, Any]:
    """What the two right panes show."""
    today = visit.organization.today()
    return {
        "encounter": visit,
        "patient": visit.patient,
        "age": visit.patient.age_on(today),
        "conversation": conversation.before(visit),
        "last_seq": visit.last_seq,
        "client_id": uuid.uuid4(),
        "phrases": QuickPhrase.objects.visible_to(request.actor)[:20],
        "signs": labels(visit.appointment.red_flags),
        "evidence": visit.appointment.evidence,
        "sections": recording.sections(visit.patient),
        **written(request, visit),
    }


def written(request: ActorRequest, visit: Encounter) -> dict[str, Any]:
    """What the doctor has written so far: note and prescriptions."""
    note = written_so_far(visit)
    mine = Prescription.objects.visible_to(request.actor)
    return {
        "note": note,
        "note_form": note_form(visit, note),
        "prescriptions": mine.filter(encounter_id=visit.pk),
        "why_no_prescription": closing.not_prescribable(request.actor, visit),
    }


def note_form(visit: Encounter, note: Any, data: Any = None) -> NoteForm:
    """The note as a form; the assessment offers the diagnoses of the evidence (R25)."""
    known = [
        (item["icd10"], f"{item['icd10']} {item['text']}")
        for item in visit.appointment.evidence
        if item["icd10"]
    ]
    chosen = [(item["code"], f"{item['code']} {item['text']}") for item in note.assessment]
    sent = [(code, code) for code in data.getlist("codes")] if data is not None else []
    initial = {
        "seen": note.mark,
        "complaint": note.complaint,
        "history": note.history,
        "advice": note.advice,
        "next_review": note.next_review,
        "codes": [code for code, _label in chosen],
    }
    choices = dict([*sent, *known, *chosen])
    return NoteForm(data, codes=choices.items(), initial=initial)


def _queue(request: ActorRequest) -> dict[str, Any]:
    try:
        seen = desk.desk(request.actor, request.GET.get("after", ""))
    except desk.BadCursor as error:
        raise Http404 from error
    now = timezone.now()
    rows = [*seen.inside, *seen.waiting, *seen.coming, *seen.left]
    for row in rows:
        _dress(row, now)
    for draft in seen.alarms:
        draft.signs = labels(draft.red_flags)  # type: ignore[attr-defined]
    return {"desk": seen, "now": now, "opened": _open(request)}


def _dress(row: Any, now: datetime) -> None:
    """The words a row shows."""
    row.turn_code = desk.turn(row)
    row.turn, row.turn_kind = desk.TURNS[row.turn_code]
    row.minutes = desk.waiting_minutes(row, now)
    row.is_late = row.status == Encounter.Status.ARRIVED and row.promised_at < now


def _open(request: ActorRequest) -> uuid.UUID | None:
    """The resident who is open beside the queue."""
    match = request.resolver_match
    if match is not None and match.url_name == "desk_encounter":
        opened: uuid.UUID = match.kwargs["pk"]
        return opened
    try:
        return uuid.UUID(request.GET.get("open", ""))
    except ValueError:
        return None


def _occupied(
    request: ActorRequest, occupied: queueing.Occupied, visit: Encounter | None = None
) -> HttpResponse:
    """Somebody is in: the sentence, and the button to open another knowingly."""
    context = {"sentence": str(occupied), "other": occupied.other, "visit": visit}
    return render(request, "consult/doctor/occupied.html", context, status=409)
