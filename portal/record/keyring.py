"""How a private key rests and where it lives while its doctor is signed in."""

from __future__ import annotations

import base64
import os
import uuid
from dataclasses import dataclass, field
from importlib import import_module

from celery import current_task
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

SLOT = "signing_key"
CARRIED = "signing_carried"
NONCE_BYTES = SALT_BYTES = 12
SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 50 ms a try


class WrongPassword(Exception):
    """The wrapped key does not open with this password."""


@dataclass(frozen=True, slots=True)
class Opened:
    certificate_id: uuid.UUID
    private: bytes = field(repr=False)


def wrap(private: bytes, password: str) -> str:
    """The private key as it rests: `scrypt$n$r$p$salt$sealed`."""
    salt, n, r, p = os.urandom(SALT_BYTES), SCRYPT["n"], SCRYPT["r"], SCRYPT["p"]
    sealed = _seal(_stretch(password, salt, n, r, p), private)
    return f"scrypt${n}${r}${p}${base64.b64encode(salt).decode()}${sealed}"


def unwrap(wrapped: str, password: str) -> bytes:
    """The private key again. Raises WrongPassword."""
    _scheme, n, r, p, salt, sealed = wrapped.split("$")
    key = _stretch(password, base64.b64decode(salt), int(n), int(r), int(p))
    try:
        return _unseal(key, sealed)
    except InvalidTag as error:
        raise WrongPassword from error


def keep(session: SessionBase, opened: Opened) -> None:
    """Put an open key into the session, sealed so that a stolen session row cannot open it."""
    if session.session_key is None:
        session.save()
    session[SLOT] = _slot(_session_secret(session), opened)


def kept(session: SessionBase) -> Opened | None:
    """The open key of this session; None when there is none or the session's key has changed."""
    return _read(session.get(SLOT), _session_secret(session))


def carry(session: SessionBase, opened: Opened) -> None:
    """Hold an open key between the password and the second factor, before the session is new."""
    session[CARRIED] = _slot(_derive(b"carried"), opened)


def carried(session: SessionBase) -> Opened | None:
    """Take the carried key out; it is given once."""
    return _read(session.pop(CARRIED, None), _derive(b"carried"))


def drop(session: SessionBase) -> None:
    session.pop(SLOT, None)
    session.pop(CARRIED, None)


def session_lives(session_key: str) -> bool:
    """Whether that session is still signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return bool(store.get("_auth_user_id"))


def in_background_task() -> bool:
    return bool(current_task)


def _slot(key: bytes, opened: Opened) -> list[str]:
    return [str(opened.certificate_id), _seal(key, opened.private)]


def _read(slot: list[str] | None, key: bytes) -> Opened | None:
    if slot is None:
        return None
    try:
        return Opened(uuid.UUID(slot[0]), _unseal(key, slot[1]))
    except InvalidTag:
        return None


def _session_secret(session: SessionBase) -> bytes:
    return _derive((session.session_key or "").encode())


def _derive(info: bytes) -> bytes:
    secret = settings.SECRET_KEY.encode()
    return HKDF(SHA256(), 32, salt=b"portal.record.signing", info=info).derive(secret)


def _stretch(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(password.encode())


def _seal(key: bytes, plain: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, None)).decode()


def _unseal(key: bytes, sealed: str) -> bytes:
    raw = base64.b64decode(sealed)
    return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
