"""Signatures that only the doctor can make, and everybody can check (R49, R56, R57).

Each doctor has an Ed25519 key pair. The private key rests wrapped by the doctor's password
(scrypt). A sign-in with the password unwraps it into the session, sealed under a key made
from the session's key and the server's secret; signing out forgets it. There is no other
way to the key, so no task, timer or command signs for a doctor.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts import limits
from portal.accounts.models import User
from portal.record import keyring
from portal.record.models import Practitioner, SigningCertificate
from portal.workflow import Refused

ALGORITHM = "ed25519"
WRONG = "password-wrong"


class Locked(Refused):
    """The doctor's key is not open in this session: ask for the password."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A doctor's key, open as long as the session that opened it lives."""

    practitioner_id: uuid.UUID
    certificate_id: uuid.UUID
    session_key: str
    private: Ed25519PrivateKey = field(repr=False)


def enrol(practitioner: Practitioner, password: str) -> SigningCertificate:
    """Give a doctor a new key pair wrapped by the password; an older one is revoked."""
    now = timezone.now()
    live = SigningCertificate.objects.filter(practitioner=practitioner, revoked_at=None)
    live.update(revoked_at=now, revoked_reason="replaced")
    private = Ed25519PrivateKey.generate()
    return SigningCertificate.objects.create(
        organization_id=practitioner.organization_id,
        practitioner=practitioner,
        public_key=base64.b64encode(private.public_key().public_bytes_raw()).decode(),
        wrapped_key=keyring.wrap(private.private_bytes_raw(), password),
        valid_from=now,
    )


def unlock(session: SessionBase, user: User, password: str) -> bool:
    """Open the doctor's key in this session; False when the password is not the doctor's.

    The first unlocking makes the key pair. Somebody who is no doctor has no key: False.
    Raises Locked after too many wrong passwords (R109).
    """
    try:
        limits.spend(WRONG, str(user.pk))
    except limits.TooMany as error:
        raise Locked(_("Too many wrong passwords. Try again later.")) from error
    opened = _open(user, password)
    if opened is not None:
        limits.forget(WRONG, str(user.pk))
        keyring.keep(session, opened)
    return opened is not None


def carry(session: SessionBase, user: User, password: str) -> bool:
    """At the password step of a sign-in: hold the open key until the second factor is passed."""
    opened = _open(user, password)
    if opened is not None:
        keyring.carry(session, opened)
    return opened is not None


def settle(session: SessionBase, user: User) -> None:
    """After the whole sign-in: the carried key becomes the session's, if it is this doctor's."""
    opened = keyring.carried(session)
    if opened is not None and SigningCertificate.objects.filter(
        pk=opened.certificate_id, practitioner__user=user, revoked_at=None
    ):
        keyring.keep(session, opened)


def open_for(session: SessionBase, practitioner: Practitioner, password: str) -> SigningKey:
    """Unlock and hand out the key, for scenes that know the seeded password. Raises Locked."""
    if not unlock(session, practitioner.user, password):
        raise Locked(_("The password is not right."))
    session.save()
    return key_of(session, practitioner)


def lock(session: SessionBase) -> None:
    """Forget the key before the session ends."""
    keyring.drop(session)


def is_unlocked(session: SessionBase) -> bool:
    """Whether the doctor can sign in this session without giving the password."""
    return keyring.kept(session) is not None


def key_of(session: SessionBase, practitioner: Practitioner) -> SigningKey:
    """The doctor's key of this session. Raises Locked when it is not open here."""
    opened = keyring.kept(session)
    if opened is None or session.session_key is None:
        raise Locked(_("Enter your password to sign."))
    if session.get("_auth_user_id") != str(practitioner.user_id):
        raise Locked(_("This session belongs to another person."))
    certificate = _in_force(practitioner)
    if certificate is None or certificate.pk != opened.certificate_id:
        raise Locked(_("Your signing key has changed. Enter your password to sign."))
    private = Ed25519PrivateKey.from_private_bytes(opened.private)
    return SigningKey(practitioner.pk, certificate.pk, session.session_key, private)


def revoke(certificate: SigningCertificate, reason: str) -> None:
    """End a certificate now: it signs nothing more, and what it signed stays valid."""
    live = SigningCertificate.objects.filter(pk=certificate.pk, revoked_at=None)
    live.update(revoked_at=timezone.now(), revoked_reason=reason)


def canonical(document: Any) -> bytes:
    """The one byte form of a document: keys sorted, no spaces, UTF-8; numbers are whole or text."""
    _no_fractions(document)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sign_bytes(key: SigningKey, data: bytes) -> str:
    """Sign with an open key; the answer names its certificate. Raises Locked."""
    refuse_machines()
    if not keyring.session_lives(key.session_key):
        raise Locked(_("You have signed out. Sign in again to sign."))
    certificate = SigningCertificate.objects.filter(pk=key.certificate_id).first()
    if certificate is None or certificate.revoked_at is not None:
        raise Locked(_("Your signing key has been revoked."))
    raw = key.private.sign(data)
    return f"{ALGORITHM}:{key.certificate_id}:{base64.b64encode(raw).decode()}"


def verify(signature: str, data: bytes, at: datetime | None = None) -> bool:
    """Whether these bytes were signed so; with `at`, by a certificate in force at that moment."""
    try:
        algorithm, name, body = signature.split(":")
        certificate = SigningCertificate.objects.filter(pk=uuid.UUID(name)).first()
        raw = base64.b64decode(body, validate=True)
    except ValueError:
        return False
    if algorithm != ALGORITHM or certificate is None or not _held(certificate, at):
        return False
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(certificate.public_key))
    try:
        public.verify(raw, data)
    except InvalidSignature:
        return False
    return True


def signer_of(signature: str) -> Practitioner | None:
    """Whose certificate a signature names."""
    name = signature.split(":")[1] if signature.count(":") == 2 else ""
    certificates = SigningCertificate.objects.select_related("practitioner")
    certificate = certificates.filter(pk=uuid.UUID(name)).first() if name else None
    return certificate.practitioner if certificate else None


def refuse_machines() -> None:
    """Nothing but a person's own act signs (R49): a background task is refused outright."""
    if keyring.in_background_task():
        raise Locked(_("Only the doctor's own act signs, never a background task."))


def _open(user: User, password: str) -> keyring.Opened | None:
    """The doctor's key by password; a password changed behind the key gets a new pair."""
    practitioner = Practitioner.objects.filter(user=user).first()
    if practitioner is None or user.role != User.Role.DOCTOR or not user.check_password(password):
        return None
    certificate = _in_force(practitioner) or enrol(practitioner, password)
    try:
        private = keyring.unwrap(certificate.wrapped_key, password)
    except keyring.WrongPassword:
        certificate = enrol(practitioner, password)
        private = keyring.unwrap(certificate.wrapped_key, password)
    return keyring.Opened(certificate.pk, private)


def _in_force(practitioner: Practitioner) -> SigningCertificate | None:
    return SigningCertificate.objects.filter(practitioner=practitioner, revoked_at=None).first()


def _held(certificate: SigningCertificate, at: datetime | None) -> bool:
    if at is None:
        return True
    ended = certificate.revoked_at
    return certificate.valid_from <= at and (ended is None or at < ended)


def _no_fractions(value: Any) -> None:
    """A fraction prints differently on different machines: it must come as text."""
    if isinstance(value, float):
        raise TypeError("a signed document holds no floating-point numbers")
    if isinstance(value, dict):
        for item in value.values():
            _no_fractions(item)
    if isinstance(value, list | tuple):
        for item in value:
            _no_fractions(item)
