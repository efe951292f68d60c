from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.payment import looking


@require_GET
@role_required(User.Role.DOCTOR, User.Role.PHARMACIST)
def status(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Paid or not: the one thing a doctor or a pharmacist needs to know of a bill."""
    invoice = looking.status_of(request.actor, pk)
    if invoice is None:
        raise Http404
    return render(request, "payment/status.html", {"invoice": invoice})
