from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from portal.accounts import second_factor, signals
from portal.secrecy import unseal

SEED = "JBSWY3DPEHPK3PXP"
PASSWORD = "plum blossom in the snow"


@pytest.fixture
def telephone():
    """The messages with codes that left: (number, six digits), oldest first."""
    messages = []

    def ring(phone, code, **_):
        messages.append((unseal(phone), unseal(code)))

    signals.code_asked.connect(ring)
    yield messages
    signals.code_asked.disconnect(ring)


@pytest.fixture
def app_code():
    """What the authenticator app shows now, or `steps` of 30 seconds away."""

    def shown(steps=0, seed=SEED):
        return format_hotp_value(hotp_value(seed, int(time.time()) // 30 + steps))

    return shown


@pytest.fixture
def staff(dr_li):
    """Dr Li's account with a password and an authenticator app."""
    user = dr_li.user
    user.username = "li.wei"
    user.set_password(PASSWORD)
    user.save()
    second_factor.enrol_totp(user, SEED)
    return user


@pytest.fixture
def browser():
    return Client()
