"""Words that must not be read in a stolen database: encrypted columns and blind indexes (R118).

The keys live outside the database, in FIELD_KEYS (`id:base64`, newest first, old ones
kept to read) and BLIND_INDEX_KEY.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class KeyMissing(Exception):
    """The column was written with a key this server does not have."""


@lru_cache(maxsize=4)
def _ring(keys: str) -> dict[str, AESGCM]:
    pairs = (entry.partition(":") for entry in keys.split())
    return {name: AESGCM(base64.urlsafe_b64decode(key)) for name, _, key in pairs}


def seal(plain: str) -> str:
    """Encrypt text; the result names its key so that keys can be rotated."""
    name, cipher = next(iter(_ring(settings.FIELD_KEYS).items()))
    nonce = os.urandom(NONCE_BYTES)
    body = nonce + cipher.encrypt(nonce, plain.encode(), name.encode())
    return f"{name}:{base64.urlsafe_b64encode(body).decode()}"


def unseal(sealed: str) -> str:
    """The plain text. Raises KeyMissing for an unknown key or a changed byte."""
    name, _, body = sealed.partition(":")
    cipher = _ring(settings.FIELD_KEYS).get(name)
    if cipher is None:
        raise KeyMissing(name)
    raw = base64.urlsafe_b64decode(body)
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], name.encode()).decode()
    except InvalidTag as error:
        raise KeyMissing(name) from error


def blind_index(value: str) -> str:
    """A keyed hash to find an encrypted value by equality, and by nothing else."""
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.new(key, value.strip().upper().encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that the database keeps sealed; empty stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(str(value)) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return unseal(value) if value else value
