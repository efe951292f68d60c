"""A visit in its stages: talking, judged, written, looked at, with a draft prescription."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from consult import closing, queueing
from consult.models import (
    Appointment,
    Encounter,
)
from portal.record import prescribing, signing
from portal.record.facts import AllergyFact, MedicineFact
from tests.factories import centre_day
from tests.factories.record import days_ago, medicine, often, record_of
from tests.factories.visits import EncounterFactory
from tests.portal.record.conftest import PASSWORD, session_of

Status = Encounter.Status
AMLODIPINE = MedicineFact(
    text="Amlodipine 5 mg", atc="C08CA01", status="active", authored=days_ago(25), days_supply=28,
    reference="MedicationRequest/1",
)  # fmt: skip
WORDS = {
    "complaint": "Comes for her blood pressure.",
    "history": "No dizziness, takes her medicine every day.",
    "advice": "Go on as before, measure twice a week.",
}


@pytest.fixture
def doctor(actor, dr_li):
    return actor(dr_li)


@pytest.fixture
def key(dr_li):
    return signing.open_for(session_of(dr_li), dr_li, PASSWORD)


@pytest.fixture
def talk(actor, doctor, chen):
    """Chen is with Dr Li, for her hypertension."""
    appointment = EncounterFactory(
        appointment__patient=chen,
        appointment__status=Appointment.Status.ARRIVED,
        appointment__evidence=[
            {"icd10": "I10", "text": "Hypertension", "day": "2026-01-01", "source": "his",
             "reference": ""}
        ],
        status=Status.ARRIVED,
        arrived_at=timezone.now(),
    )  # fmt: skip
    return queueing.receive(doctor, appointment, proof="second-factor")


@pytest.fixture
def judged(doctor, talk):
    closing.judge(doctor, talk, "meets")
    return talk


@pytest.fixture
def written(doctor, judged):
    review = centre_day.today() + timedelta(days=30)
    closing.save_note(doctor, judged, codes=["I10"], next_review=review, **WORDS)
    return judged


@pytest.fixture
def seen(written):
    """The doctor has looked at the record (R38)."""
    written.record_viewed_at = timezone.now()
    written.save(update_fields=["record_viewed_at"])
    return written


@pytest.fixture
def drafted(doctor, seen, chen):
    record_of(
        chen, allergies=[AllergyFact(substance="", none_known=True)], medicines=[AMLODIPINE],
        observations=[],
    )  # fmt: skip
    draft = closing.draft_prescription(doctor, seen)
    prescribing.add_line(
        doctor, draft, medicine("Amlodipine"), 1, often("qd"), 28, days_reason="stable for years"
    )
    return draft
