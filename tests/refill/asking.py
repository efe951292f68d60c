"""Chen asks for her amlodipine; Dr Li sits at his desk: the rows and browsers of these tests."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from portal.accounts.sessions import open_session
from portal.record import signing
from portal.record.facts import AllergyFact, ConditionFact, MedicineFact
from refill import listing, picturing, requesting
from refill.deciding import Renewal
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings
from tests.factories.record import days_ago, medicine, often, record_of
from tests.portal.record.conftest import PASSWORD, session_of

NONE_KNOWN = AllergyFact("", none_known=True)
HYPERTENSION = ConditionFact(
    "Essential hypertension", "I10", clinical_status="active", onset=days_ago(2000)
)
CRITERIA = ("diagnosis-clear", "regimen-stable", "adherence-good", "control-steady", "long-term")


def taken(text, atc, left=3):
    return MedicineFact(
        text=text, atc=atc, status="active", authored=days_ago(28 - left), days_supply=28,
        reference=f"MedicationRequest/{atc}", course="continuous",
        dosage="1 tablet (5 mg), once a day, in the morning",
    )  # fmt: skip


def a_record(patient, *facts, **more):
    facts = facts or (taken("Amlodipine 5 mg tablet", "C08CA01"),)
    parts = {"allergies": [NONE_KNOWN], "conditions": [HYPERTENSION], "observations": []}
    record_of(patient, medicines=list(facts), encounters=[], **{**parts, **more})


@pytest.fixture
def key(catalogue, dr_li):
    return signing.open_for(session_of(dr_li), dr_li, PASSWORD)


@pytest.fixture
def asked(catalogue, actor, chen):
    """Chen asks for her amlodipine; three days are left."""
    a_record(chen)
    return ask(actor, chen)


def ask(actor, patient, answers=None, **wish):
    marks = [row.supply.mark for row in listing.to_choose(patient)]
    basket = requesting.ask(
        actor(patient), patient, marks, answers or Answers(), Readings(), wish=Wish(**wish)
    )
    return basket.requests[0]


def renewal(row, **more):
    (picture,) = picturing.pictures([row], None)
    facts = {
        "medication": medicine("Amlodipine"),
        "dose": Decimal(1),
        "frequency": often("qd"),
        "days": row.days,
        "diagnoses": ("I10",),
        "reason": "stable for years",
        "seen": picture.seen,
    }
    return Renewal(**{**facts, **more})


def answered(row):
    (picture,) = picturing.pictures([row], None)
    return {alert.key: ("other", "she travels") for alert in picture.alerts if alert.wants_a_reason}


@pytest.fixture
def seat(dr_li, key):
    """Dr Li's browser, the signing key open in its session."""
    client = Client()
    dr_li.user.refresh_from_db()
    name = open_session(dr_li.user)
    client.cookies[settings.SESSION_COOKIE_NAME] = name
    session = client.session
    signing.unlock(session, dr_li.user, PASSWORD)
    session.save()
    return client


@pytest.fixture
def registrar(centre):
    from portal.accounts.models import User
    from tests.factories.people import UserFactory

    return UserFactory(role=User.Role.REGISTRAR, full_name="Qian Yi", organization=centre)
