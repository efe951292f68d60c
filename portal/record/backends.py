"""Sign-in by password, which also opens the doctor's signing key (R56)."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from portal.accounts.models import User
from portal.record import signing
from portal.standing import Question

_person = Question(lambda pk: User.objects.filter(pk=pk), uuid.UUID)


class PasswordBackend(AuthenticationBackend):
    """allauth's own check; the key waits in the session until the second factor is passed."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        password, session = credentials.get("password"), getattr(request, "session", None)
        if isinstance(user, User) and password and session is not None:
            signing.carry(session, user, password)
        return user

    def get_user(self, user_id: uuid.UUID) -> User | None:
        """Whoever a session belongs to, while they may sign in."""
        user = next(iter(_person.ask(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None
