"""What the record does when somebody signs in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.models import User
from portal.record import signing


@receiver(user_logged_in)
def open_the_signing_key(
    sender: Any, request: HttpRequest | None, user: User, **kwargs: Any
) -> None:
    """A doctor who signed in with the password can sign without giving it again (R56)."""
    session = getattr(request, "session", None)
    if session is not None:
        signing.settle(session, user)
