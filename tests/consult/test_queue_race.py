"""Two at the same door: run on PostgreSQL, where rows are really locked."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from consult import closing, queueing
from consult.models import Appointment, EncounterStatus
from consult.models import Encounter as Visit
from portal.accounts.actor import Actor
from portal.record import signing
from portal.workflow import Refused
from tests.consult.test_book_race import all_at_once
from tests.factories import centre_day
from tests.factories.people import PatientFactory
from tests.factories.visits import EncounterFactory
from tests.portal.record.conftest import PASSWORD, session_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def here(patient, doctor):
    return EncounterFactory(
        appointment__patient=patient,
        appointment__practitioner=doctor,
        appointment__status=Appointment.Status.ARRIVED,
        appointment__evidence=[
            {"icd10": "I10", "text": "Hypertension", "day": "2026-01-01", "source": "his",
             "reference": ""}
        ],
        status=Visit.Status.ARRIVED,
        arrived_at=timezone.now(),
    )  # fmt: skip


def receive(doctor, visit):
    return lambda: queueing.receive(Actor.of(doctor.user), visit, proof="second-factor")


def test_two_doctors_who_call_one_resident_get_her_once(chen, dr_li, dr_wang):
    visits = [here(chen, dr_li), here(chen, dr_wang)]
    results = all_at_once(
        [receive(doctor, visit) for doctor, visit in zip((dr_li, dr_wang), visits, strict=True)]
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    assert not any(isinstance(result, IntegrityError) for result in results)
    assert Visit.objects.filter(status="in-progress").count() == 1


def test_two_taps_on_call_next_open_one_visit(dr_li):
    for _n in range(3):
        here(PatientFactory(general_practitioner=dr_li), dr_li)
    actor = Actor.of(dr_li.user)
    results = all_at_once([lambda: queueing.call_next(actor, proof="second-factor")] * 4)
    assert sum(isinstance(result, queueing.Occupied) for result in results) == 3
    assert Visit.objects.filter(status="in-progress").count() == 1


def test_arriving_by_many_taps_is_one_step(chen, dr_li):
    visit = EncounterFactory(appointment__patient=chen, promised_at=timezone.now())
    Appointment.objects.filter(pk=visit.appointment_id).update(start=timezone.now())
    results = all_at_once([lambda: queueing.arrive(Actor.of(chen.user), visit)] * 6)
    assert {result.status for result in results} == {"arrived"}
    assert EncounterStatus.objects.filter(encounter=visit, status="arrived").count() == 1


def test_stopping_and_finishing_at_once_end_it_in_one_way(chen, dr_li, catalogue):
    actor = Actor.of(dr_li.user)
    key = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    visit = queueing.receive(actor, here(chen, dr_li), proof="second-factor")
    closing.judge(actor, visit, "meets")
    words = {"complaint": "…", "history": "…", "advice": "…"}
    closing.save_note(actor, visit, codes=["I10"], next_review=centre_day.today(), **words)
    closing.sign_note(actor, visit, key)
    all_at_once(
        [
            lambda: closing.finish(actor, visit),
            lambda: closing.terminate(actor, visit, "unfit", "Come in."),
        ]
    )
    visit.refresh_from_db()
    ends = {"finished": "fulfilled", "cancelled": "cancelled"}
    assert visit.appointment.status == ends[visit.status]
    assert EncounterStatus.objects.filter(encounter=visit).count() == 2
