"""What allauth asks of this house: sealed secrets, local redirects, and no mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.accounts import idle, second_factor, sessions, signals
from portal.accounts.models import User
from portal.secrecy import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in as allauth does it, with our doors and our lengths of session."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """After allauth's own: a second factor for all staff (R111), and no stranger's record."""
        return [*super().get_login_stages(), *settings.LOGIN_STAGES]

    def login(self, request: HttpRequest, user: AbstractUser) -> None:
        super().login(request, user)
        if not isinstance(user, User):
            return
        if user.is_employee:
            request.session.set_expiry(settings.STAFF_SESSION_AGE)
            idle.begin(request.session, user)
        else:
            user.phone_proved_at = timezone.now()
        user.language = user.language or get_language() or ""  # text messages speak it too
        user.save(update_fields=["phone_proved_at", "language"])
        signals.noted.send(User, user=user, action="signed-in", detail={})

    def logout(self, request: HttpRequest) -> None:
        """End the session first, then its sockets: a socket cut before could come back."""
        key, user = request.session.session_key or "", request.user
        super().logout(request)
        if isinstance(user, User):
            sessions.ended(user, key)
            signals.noted.send(User, user=user, action="signed-out", detail={})

    def get_reauthentication_methods(self, user: AbstractUser) -> list[dict[str, Any]]:
        if isinstance(user, User) and second_factor.is_enrolled(user):
            return [{"id": "mfa", "url": reverse("second_factor"), "description": ""}]
        return []

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened themselves; a second banner would only distract."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """There are no e-mail addresses here; news goes through portal.notification."""


class FactorAdapter(DefaultMFAAdapter):
    """Second factors with sealed seeds; staff always keep one."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return str(_("Community internet hospital"))

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last app or passkey of a member of staff stays (R111)."""
        if not authenticator.user.is_employee:
            return True
        others = Authenticator.objects.filter(
            user=authenticator.user, type__in=second_factor.FACTORS
        )
        return others.exclude(pk=authenticator.pk).exists()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There are no e-mail addresses here."""


class SessionsAdapter(DefaultUserSessionsAdapter):
    """An ended session takes its sockets with it."""

    def end_sessions(self, rows: list[UserSession]) -> None:
        for row in rows:
            sessions.end(row.user, row.session_key)
