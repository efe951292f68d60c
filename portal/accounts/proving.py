"""Check a second factor: a code of the app, a recovery code, a passkey. Each proof works once."""

from __future__ import annotations

import hmac
from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from portal.accounts import idle, limits, signals
from portal.accounts.codes import digits
from portal.accounts.models import User
from portal.locking import for_update

LATEST = "latest_counter"


class NotProved(Exception):
    """The code or key does not prove anything: wrong, used before, or too old."""


def prove(
    request: HttpRequest, user: User, *, code: str = "", credential: Any = None
) -> Authenticator:
    """Check what was shown and write it into the session. Raises NotProved or TooMany (R109)."""
    limits.spend("factor-wrong", str(user.pk))
    factor = passkey(user, credential) if credential else (totp(user, code) or spare(user, code))
    if factor is None:
        signals.noted.send(User, user=user, action="second-factor-wrong", detail={})
        raise NotProved
    limits.forget("factor-wrong", str(user.pk))
    again = request.user.is_authenticated or hasattr(request, "locked_user")
    post_authentication(request, factor, reauthenticated=again)
    idle.begin(request.session, user)
    signals.noted.send(User, user=user, action="second-factor", detail={"method": factor.type})
    return factor


@transaction.atomic
def totp(user: User, code: str) -> Authenticator | None:
    """The app, if it shows this code now. A code, and any older one, is taken once (R7)."""
    kind = Authenticator.Type.TOTP
    factor = for_update(Authenticator.objects).filter(user=user, type=kind).first()
    if factor is None:
        return None
    counter = matching(decrypt(factor.data["secret"]), code)
    if counter is None or counter <= factor.data.get(LATEST, 0):
        return None
    factor.data[LATEST] = counter
    factor.save(update_fields=["data"])
    return factor


def matching(secret: str, code: str) -> int | None:
    """The time step in which an app with this secret shows this code; one step off is allowed."""
    typed = digits(code)
    for counter in yield_hotp_counters_from_time():
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)), typed):
            return int(counter)
    return None


def spare(user: User, code: str) -> Authenticator | None:
    """The recovery codes, if this is one that was not used yet."""
    kind = Authenticator.Type.RECOVERY_CODES
    factor = Authenticator.objects.filter(user=user, type=kind).first()
    if factor is None or not RecoveryCodes(factor).validate_code(digits(code)):
        return None
    factor.refresh_from_db()
    return factor


def passkey(user: User, credential: Any) -> Authenticator | None:
    """The passkey, if it signed the challenge of this session."""
    try:
        webauthn.parse_authentication_response(credential)
        return webauthn.complete_authentication(user, credential)
    except (ValidationError, KeyError, AttributeError):
        return None


def challenge(user: User) -> dict[str, Any] | None:
    """What the browser asks the passkey to sign; None when the person has no passkey."""
    kind = Authenticator.Type.WEBAUTHN
    if not Authenticator.objects.filter(user=user, type=kind).exists():
        return None
    return webauthn.begin_authentication(user)
