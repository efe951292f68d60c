from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.outbox import deciding
from portal.outbox.models import OutboxMessage
from portal.workflow import Refused

MANAGER = cast(str, User.Role.MANAGER)
SHOWN = 100


@require_GET
@role_required(MANAGER)
def undelivered(request: ActorRequest) -> HttpResponse:
    """What the outside world was not told, and why."""
    rows = OutboxMessage.objects.visible_to(request.actor).filter(state__in=deciding.STUCK)
    found = list(rows.select_related("depends_on").order_by("-pk")[: SHOWN + 1])
    return render(
        request,
        "outbox/undelivered.html",
        {"items": found[:SHOWN], "more": len(found) > SHOWN},
    )


@require_POST
@role_required(MANAGER)
def retry(request: ActorRequest, pk: int) -> HttpResponse:
    """Send it again."""
    message = get_object_or_404(OutboxMessage.objects.visible_to(request.actor), pk=pk)
    try:
        deciding.retry(request.actor, message)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is sent again."))
    return redirect("outbox:undelivered")


@require_POST
@role_required(MANAGER)
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Never send it, and say why."""
    message = get_object_or_404(OutboxMessage.objects.visible_to(request.actor), pk=pk)
    try:
        deciding.discard(request.actor, message, request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It will not be sent."))
    return redirect("outbox:undelivered")
