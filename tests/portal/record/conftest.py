"""A doctor who is signed in, with the signing key open."""

from __future__ import annotations

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from portal.record import prescribing, signing
from portal.record.facts import AllergyFact, MedicineFact
from tests.factories.record import days_ago, medicine, often, record_of

PASSWORD = "a long password of a doctor"
NONE_KNOWN = AllergyFact(substance="", none_known=True)
AMLODIPINE = MedicineFact(
    text="Amlodipine 5 mg", atc="C08CA01", status="active", authored=days_ago(25), days_supply=28,
    reference="MedicationRequest/1",
)  # fmt: skip


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


@pytest.fixture
def record(chen):
    record_of(chen, allergies=[NONE_KNOWN], medicines=[AMLODIPINE], observations=[])


@pytest.fixture
def doctor(actor, dr_li):
    return actor(dr_li)


@pytest.fixture
def form(doctor, chen, record):
    """A draft with amlodipine for four weeks, as she takes it already."""
    draft = prescribing.draft(doctor, chen, None, "I10")
    prescribing.add_line(
        doctor, draft, medicine("Amlodipine"), 1, often("qd"), 28, days_reason="stable for years"
    )
    return draft
