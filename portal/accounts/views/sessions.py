"""Where am I signed in, and how do I leave?"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import sessions
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User

EVERYONE = User.Role.values


@never_cache
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave: the session ends, its sockets close, the browser forgets what it kept."""
    if request.method == "GET":
        return render(request, "account/sign_out.html")
    get_adapter(request).logout(request)
    answer = redirect("/")
    answer["Clear-Site-Data"] = '"storage"'
    return answer


@never_cache
@require_GET
@role_required(*EVERYONE)
def mine(request: ActorRequest) -> HttpResponse:
    """The devices that are signed in to this account."""
    rows = UserSession.objects.purge_and_list(request.user)
    rows.sort(key=lambda row: row.created_at, reverse=True)
    context = {"sessions": rows, "here": request.session.session_key}
    return render(request, "account/sessions.html", context)


@require_POST
@role_required(*EVERYONE)
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """Sign one device out."""
    row = UserSession.objects.filter(user=request.user, pk=pk).first()
    if row is None:
        raise Http404
    if row.session_key == request.session.session_key:
        return sign_out(request)
    sessions.end(request.user, row.session_key)
    return redirect("sessions")


@require_POST
@role_required(*EVERYONE)
def end_others(request: ActorRequest) -> HttpResponse:
    """Sign every other device out."""
    sessions.end_all(request.user, but=request.session.session_key or "")
    return redirect("sessions")
