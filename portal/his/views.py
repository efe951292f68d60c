from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.his import questions
from portal.his.models import RegistrarTask
from portal.workflow import Refused

REGISTRAR = cast(str, User.Role.REGISTRAR)
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
