"""Staff sessions: never without the second factor, never left open on an empty chair."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from portal.accounts import idle, second_factor
from portal.accounts.models import User

Handler = Callable[[HttpRequest], HttpResponse]


class StaffSessionMiddleware:
    """An employee's session is whole (R111) and awake (R109), or nobody is signed in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.is_employee:
            self._check(request, user)
        return self.get_response(request)

    def _check(self, request: HttpRequest, user: User) -> None:
        if not second_factor.done(request.session):
            get_adapter(request).logout(request)
        elif idle.is_locked(request.session):
            request.locked_user = user  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        elif idle.is_an_act(request):
            idle.touch(request.session)
