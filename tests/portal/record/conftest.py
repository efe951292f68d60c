"""A doctor who is signed in, with the signing key open."""

from __future__ import annotations

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from portal.record import signing

PASSWORD = "a long password of a doctor"


def session_of(practitioner):
    practitioner.user.set_password(PASSWORD)
    practitioner.user.save()
    session = SessionStore()
    session[SESSION_KEY] = str(practitioner.user_id)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = practitioner.user.get_session_auth_hash()
    session.save()
    return session


@pytest.fixture
def desk(dr_li):
    """Dr Li's session."""
    return session_of(dr_li)


@pytest.fixture
def key(desk, dr_li):
    """Dr Li's open signing key."""
    return signing.open_for(desk, dr_li, PASSWORD)
