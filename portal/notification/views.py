"""The list of a person's notices."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.notification import wording
from portal.notification.kinds import KINDS
from portal.notification.models import Notification

EVERYONE = User.Role.values
A_PAGE = 20


@require_GET
@role_required(*EVERYONE)
def notices(request: ActorRequest) -> HttpResponse:
    """Newest first, each with the page it leads to."""
    rows = Notification.objects.visible_to(request.actor).filter(kind__in=KINDS)
    rows = rows.select_related("user__organization")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    language = get_language() or ""
    items = [{"notice": row, **wording.payload(row, language)} for row in page]
    return render(request, "notification/notices.html", {"items": items, "page": page})


@require_POST
@role_required(*EVERYONE)
def opened(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(Notification.objects.visible_to(request.actor), pk=pk)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    kind = KINDS.get(notice.kind)
    return redirect((wording.url(notice, kind) if kind else "") or "notices")


@require_POST
@role_required(*EVERYONE)
def all_read(request: ActorRequest) -> HttpResponse:
    """Mark everything as read."""
    rows = Notification.objects.visible_to(request.actor).filter(read_at=None)
    rows.update(read_at=timezone.now())
    return redirect("notices")
