"""Six digits by text message: made, sent, checked; guessing stops after five tries (R109).

The session keeps only keyed hashes. The last three codes count, because an SMS may
arrive after the next one was asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from portal.accounts import limits, signals
from portal.secrecy import seal, unseal

KEY = "sign_in_code"
SECONDS = 600
AGAIN = 30  # seconds
KEPT = 3


class Late(Exception):
    """The code was asked for too long ago, or not in this browser."""


class Wrong(Exception):
    """These are not the six digits that were sent."""


def send(session: SessionBase, phone: str, *, address: str, language: str, back: str) -> None:
    """Send a code to the number. Raises TooMany. Says nothing about who has the number."""
    earlier = _sent(session, phone)
    if wait := _clock(earlier):
        raise limits.TooMany(wait)
    limits.spend("code-address", address)
    _spend("code-number", phone, address)
    code = f"{secrets.randbelow(10**6):06d}"
    sent = [*earlier, {"digest": _digest(phone, code), "at": time.time()}]
    session[KEY] = {"phone": seal(phone), "sent": sent[-KEPT:], "back": back}
    signals.code_asked.send(None, phone=seal(phone), code=seal(code), language=language)


def check(session: SessionBase, typed: str, *, address: str) -> str:
    """The number that was proved by these digits. Raises Late, Wrong or TooMany."""
    phone = number(session)
    fresh = [code for code in _sent(session, phone) if code["at"] > time.time() - SECONDS]
    if not fresh:
        raise Late
    _spend("code-wrong", phone, address)
    given = _digest(phone, digits(typed))
    if not any(hmac.compare_digest(code["digest"], given) for code in fresh):
        raise Wrong
    for action in ("code-wrong", "code-number"):
        limits.forget(action, f"{phone} {address}")
        limits.forget(f"{action}-all", phone)
    del session[KEY]
    return phone


def digits(typed: str) -> str:
    """The digits of what was typed or pasted, in whatever script they came."""
    return "".join(str(unicodedata.digit(sign)) for sign in typed if sign.isdigit())


def number(session: SessionBase) -> str:
    """The number that a code was sent to from this browser. Raises Late."""
    state = session.get(KEY)
    if not state:
        raise Late
    return unseal(state["phone"])


def back(session: SessionBase) -> str:
    """Where the person wanted to go."""
    return str(session.get(KEY, {}).get("back", ""))


def wait(session: SessionBase) -> int:
    """Seconds until another code may be asked for."""
    return _clock(_sent(session, number(session)))


def _spend(action: str, phone: str, address: str) -> None:
    """First whoever tries from there, then the number: a refused try counts nowhere."""
    limits.spend(action, f"{phone} {address}")
    limits.spend(f"{action}-all", phone)


def _clock(sent: list[dict[str, Any]]) -> int:
    """A message takes its time: seconds until asking again makes sense."""
    return max(0, math.ceil(sent[-1]["at"] + AGAIN - time.time())) if sent else 0


def _sent(session: SessionBase, phone: str) -> list[dict[str, Any]]:
    state = session.get(KEY)
    return list(state["sent"]) if state and unseal(state["phone"]) == phone else []


def _digest(phone: str, code: str) -> str:
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.new(key, f"code {phone} {code}".encode(), hashlib.sha256).hexdigest()
