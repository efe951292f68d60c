"""Who acts: passed as the first argument of every deed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from portal.accounts.models import User

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a role at a centre. `user` is None for the portal's own clock."""

    user: User | None
    role: str
    organization_id: uuid.UUID | None
    session_key: str = ""

    @classmethod
    def of(cls, user: User, session_key: str = "") -> Actor:
        return cls(user, user.role, user.organization_id, session_key)

    @property
    def user_id(self) -> uuid.UUID | None:
        return self.user.pk if self.user else None


SYSTEM = Actor(None, "system", None)


class ActorRequest(HttpRequest):
    """A request past `role_required`: somebody is there."""

    actor: Actor
    user: User


def role_required(*roles: str, verb: bool = False) -> Callable[[View], View]:
    """Open a page to these roles: others find nothing there (404), or, for a `verb`, 403."""

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor | None = request.actor
            if actor is None:
                return to_sign_in(request)
            if actor.role not in roles:
                raise PermissionDenied if verb else Http404
            return view(request, *args, **kwargs)

        return checked

    return wrap


def employee_required(view: View) -> View:
    """Open a page to everybody who works here, the platform's own people too."""

    @wraps(view)
    def checked(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor is None:
            return to_sign_in(request)
        if not request.user.is_employee:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


def to_sign_in(request: HttpRequest) -> HttpResponse:
    wants_page = "text/html" in request.headers.get("Accept", "text/html")
    if wants_page and not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path())
    answer = HttpResponse(status=401)
    if request.headers.get("HX-Request"):
        answer["HX-Redirect"] = redirect_to_login(request.get_full_path()).url
    return answer
