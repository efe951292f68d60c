"""Set up a second factor: scan, type the first code, keep the recovery codes."""

from __future__ import annotations

import base64
import json
from collections.abc import MutableMapping
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from portal.accounts import idle, limits, second_factor, signals
from portal.accounts.models import User
from portal.accounts.proving import LATEST, NotProved, matching
from portal.secrecy import seal, unseal

KEY = "new_app_secret"
SPARES = Authenticator.Type.RECOVERY_CODES


def secret_of(place: MutableMapping[str, Any] | SessionBase) -> str:
    """The secret being set up, made now if there is none; sealed where it waits."""
    if KEY not in place:
        place[KEY] = seal(generate_totp_secret())
    return unseal(place[KEY])


def shown(user: User, secret: str) -> dict[str, str]:
    """The picture to scan and the letters to type."""
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    encoded = base64.b64encode(picture.encode()).decode()
    letters = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"picture": f"data:image/svg+xml;base64,{encoded}", "letters": letters}


def confirm_app(request: HttpRequest, user: User, secret: str, code: str) -> None:
    """The app shows a right code: it is the second factor from now on. Raises NotProved."""
    limits.spend("factor-wrong", str(user.pk))
    counter = matching(secret, code)
    if counter is None:
        raise NotProved
    limits.forget("factor-wrong", str(user.pk))
    with transaction.atomic():
        factor = second_factor.enrol_totp(user, secret)
        factor.data[LATEST] = counter
        factor.save(update_fields=["data"])
        RecoveryCodes.activate(user)
    post_authentication(request, factor)
    idle.begin(request.session, user)
    signals.noted.send(User, user=user, action="second-factor-set", detail={"method": "totp"})


def passkey_options(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey for this person."""
    return webauthn.begin_registration(user, passwordless=False)


def add_passkey(user: User, answer: str) -> None:
    """Keep the passkey that the browser made. Raises NotProved."""
    try:
        credential = json.loads(answer)
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValueError, ValidationError, KeyError, AttributeError, TypeError):
        raise NotProved from None
    name = get_adapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN)
    webauthn.WebAuthn.add(user, name, credential)
    signals.noted.send(User, user=user, action="second-factor-set", detail={"method": "webauthn"})


def remove(factor: Authenticator) -> bool:
    """Take a key away; False when it is the last one of a member of staff."""
    if factor.type == SPARES or not get_adapter().can_delete_authenticator(factor):
        return False
    factor.delete()
    detail = {"method": factor.type}
    signals.noted.send(User, user=factor.user, action="second-factor-gone", detail=detail)
    return True


@transaction.atomic
def new_spares(user: User) -> None:
    """Ten new recovery codes; the old ones stop working."""
    Authenticator.objects.filter(user=user, type=SPARES).delete()
    RecoveryCodes.activate(user)
    signals.noted.send(User, user=user, action="second-factor-set", detail={"method": SPARES})


def unseen_spares(user: User) -> list[str]:
    """The recovery codes, the first time they are asked for; nothing after that."""
    factor = Authenticator.objects.filter(user=user, type=SPARES).first()
    if factor is None or factor.wrap().did_view:
        return []
    codes = factor.wrap()
    codes.mark_as_viewed()
    return list(codes.get_unused_codes())
