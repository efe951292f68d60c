from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.his import mapping, questions
from portal.his.models import RegistrarTask
from portal.outbox.models import OutboxMessage
from portal.workflow import Refused

REGISTRAR, MANAGER = cast(str, User.Role.REGISTRAR), cast(str, User.Role.MANAGER)
SHOWN = 100


@require_GET
@role_required(REGISTRAR)
def open_questions(request: ActorRequest) -> HttpResponse:
    """Records that the portal will not choose by itself."""
    rows = RegistrarTask.objects.visible_to(request.actor).filter(done_at=None)
    items = rows.select_related("patient", "user").order_by("created", "pk")[:SHOWN]
    return render(request, "his/questions.html", {"items": items})


@require_POST
@role_required(REGISTRAR)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """The registrar has seen to it, and says how."""
    task = get_object_or_404(RegistrarTask.objects.visible_to(request.actor), pk=pk)
    try:
        questions.answer(request.actor, task, request.POST.get("note", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    return redirect("his:questions")


@require_http_methods(["GET", "POST"])
@role_required(MANAGER)
def edit_mapping(request: ActorRequest, pk: int) -> HttpResponse:
    """Under which numbers the hospital knows the people of a message that was not delivered."""
    rows = OutboxMessage.objects.visible_to(request.actor).select_related("organization")
    message = get_object_or_404(rows.filter(kind__startswith="his."), pk=pk)
    context = {"message": message, "mapped": mapping.of(message), "refusal": ""}
    if request.method == "GET":
        return render(request, "his/mapping.html", context)
    ids = [request.POST.get(name, "").strip() for name in ("patient", "doctor")]
    try:
        mapping.correct(request.actor, message, *ids)
    except Refused as refusal:
        context |= {"refusal": str(refusal)}
        return render(request, "his/mapping.html", context, status=409)
    messages.success(request, _("It is sent again."))
    return redirect("outbox:undelivered")
