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
Admission = Callable[..., HttpResponse | None]


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


def only(*roles: str, verb: bool = False) -> Admission:
    """Lets in these roles: others find nothing there (404), or, for a `verb`, are told 403."""

    def admit(request: ActorRequest) -> HttpResponse | None:
        if request.actor is None:
            return to_sign_in(request)
        if request.actor.role not in roles:
            raise PermissionDenied if verb else Http404
        return None

    return admit


def guarded_by(admit: Admission) -> Callable[[View], View]:
    """Open a page to those whom `admit` lets in: it gives the answer of all others, or raises."""

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return admit(request) or view(request, *args, **kwargs)

        checked.admit = admit  # type: ignore[attr-defined]
        return checked

    return wrap


def role_required(*roles: str, verb: bool = False) -> Callable[[View], View]:
    """Open a page to these roles."""
    return guarded_by(only(*roles, verb=verb))


def _an_employee(request: ActorRequest) -> HttpResponse | None:
    if request.actor is None:
        return to_sign_in(request)
    if not request.user.is_employee:
        raise Http404
    return None


employee_required = guarded_by(_an_employee)
"""Open a page to everybody who works here, the platform's own people too."""


def to_sign_in(request: HttpRequest) -> HttpResponse:
    wants_page = "text/html" in request.headers.get("Accept", "text/html")
    if wants_page and not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path())
    answer = HttpResponse(status=401)
    if request.headers.get("HX-Request"):
        answer["HX-Redirect"] = redirect_to_login(request.get_full_path()).url
    return answer
