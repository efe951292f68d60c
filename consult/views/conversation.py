"""The conversation without a socket: forms, files and pages of messages."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consult import attachments, conversation
from consult.conversation import CommandRefused, Said
from consult.conversation.message import moment
from consult.models import Encounter
from portal.accounts.actor import Actor, ActorRequest, role_required
from portal.accounts.models import User
from portal.realtime.refusal import malformed, rate_limited
from portal.realtime.running import say_buckets
from portal.uploads import takes_files

MEMBERS = (User.Role.RESIDENT, User.Role.DOCTOR)
MOST_FILES = 6  # in one form
ANEW = frozenset({"conflict", "malformed"})  # what is sent again is another message
STATUS = {
    "not_found": 404, "conflict": 409, "not_open": 409, "too_large": 413, "rate_limited": 429,
    "unavailable": 503,
}  # fmt: skip


@require_POST
@role_required(*MEMBERS)
@takes_files(MOST_FILES * 12 + 1)
def say(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Say something by a form; with `Accept: application/json` the answer is the promise itself."""
    encounter = get_object_or_404(Encounter.objects.visible_to(request.actor), pk=pk)
    try:
        said = _say(request, encounter)
    except CommandRefused as refusal:
        return _refusal(request, encounter, refusal)
    if wants_json(request):
        return JsonResponse(_promise(said))
    return redirect(room_url(request.actor, encounter.pk))


@require_GET
@role_required(*MEMBERS)
def messages(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """A page of messages: `after` a number, or the newest `before` one."""
    encounter = get_object_or_404(Encounter.objects.visible_to(request.actor), pk=pk)
    try:
        after, before = _number(request, "after"), _number(request, "before")
    except ValueError:
        sentence = _("A message number is a whole number.")
        return JsonResponse({"code": "malformed", "message": sentence}, status=400)
    view = conversation.look(request.actor, encounter.pk, after or 0, before_seq=before)
    if wants_json(request):
        return JsonResponse(view.wire())
    context = {"conversation": view.page, "encounter": encounter, "before": before}
    return render(request, "consult/conversation/messages.html", context)


@require_POST
@role_required(*MEMBERS)
def withdraw(request: ActorRequest, pk: uuid.UUID, seq: int) -> HttpResponse:
    """Take back one's own message of the last two minutes."""
    encounter = get_object_or_404(Encounter.objects.visible_to(request.actor), pk=pk)
    try:
        message = conversation.withdraw(request.actor, encounter, seq)
    except CommandRefused as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _refusal(request, encounter, refusal)
    if wants_json(request):
        return JsonResponse(message.wire())
    return redirect(room_url(request.actor, encounter.pk))


def wants_json(request: ActorRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def room_url(actor: Actor, pk: uuid.UUID) -> str:
    """Where this person sees the conversation."""
    is_doctor = actor.role == User.Role.DOCTOR
    return reverse("consult:desk_encounter" if is_doctor else "consult:room", args=[pk])


def _say(request: ActorRequest, encounter: Encounter) -> list[Said]:
    """The words first, then each file, every part under an id that a second tap repeats."""
    if wait := say_buckets.take(request.actor.user_id):
        raise rate_limited(wait)
    first = _client_id(request)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    files = [*request.FILES.getlist("pictures"), *request.FILES.getlist("voice")]
    if len(files) > MOST_FILES:
        raise CommandRefused("too_large", _("Please send at most six files at once."))
    said = []
    if text.strip() or not files:
        said.append(conversation.say(request.actor, encounter, first, text))
    for place, file in enumerate(files, start=len(said)):
        client_id = uuid.uuid5(first, f"part {place}") if place else first
        said.append(attachments.show(request.actor, encounter, client_id, file))
    return said


def _promise(said: list[Said]) -> dict[str, Any]:
    lines = [
        {"seq": one.seq, "sent": moment(one.sent), "client_id": str(one.client_id)} for one in said
    ]
    return {**lines[-1], "messages": lines}


def _refusal(request: ActorRequest, encounter: Encounter, refusal: CommandRefused) -> HttpResponse:
    """The sentence, and on a page the words as they were typed."""
    status = STATUS.get(refusal.code, 422)
    if wants_json(request):
        response: HttpResponse = JsonResponse(refusal.fields(), status=status)
    else:
        context = {
            "surface": "desk.html" if request.actor.role == User.Role.DOCTOR else "resident.html",
            "encounter": encounter,
            "refusal": refusal.message,
            "text": request.POST.get("text", ""),
            "client_id": uuid.uuid4() if refusal.code in ANEW else _kept_id(request),
            "room_url": room_url(request.actor, encounter.pk),
        }
        response = render(request, "consult/conversation/unsent.html", context, status=status)
    if refusal.retry_after or status == 503:
        response["Retry-After"] = str(refusal.retry_after or 5)
    return response


def _kept_id(request: ActorRequest) -> uuid.UUID:
    """The id under which these words are sent again; a new one for a form that has none."""
    try:
        return _client_id(request)
    except CommandRefused:
        return uuid.uuid4()


def _client_id(request: ActorRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        raise malformed(_("This page is too old to send from. Please try again.")) from None


def _number(request: ActorRequest, name: str) -> int | None:
    """A message number of the query; None when it is left out. Raises ValueError."""
    value = request.GET.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        raise ValueError(name)
    return int(value)
