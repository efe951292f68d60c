"""Who waits for the hospital system is asked about in turn."""

from __future__ import annotations

import pytest

from portal.his.errors import Unavailable
from portal.registration import checking, tasks
from portal.registration.models import Registration
from tests.factories.people import UserFactory
from tests.portal.registration.test_real_name import PAGE

pytestmark = pytest.mark.django_db


def test_nobody_waits_behind_those_whose_hospital_is_away(
    as_person, form, hospital, centre, monkeypatch
):
    """A round takes a few; the next round takes those who had no turn yet."""
    hospital.error = Unavailable("away")
    asked = []
    monkeypatch.setattr(tasks.check, "delay", lambda pk: asked.append(pk) or checking.check(pk))
    monkeypatch.setattr(tasks, "A_ROUND", 2)
    for _one in range(5):
        as_person(UserFactory()).post(PAGE, form)
    rows = [str(pk) for pk in Registration.objects.values_list("pk", flat=True)]
    tasks.check_waiting()
    tasks.check_waiting()
    tasks.check_waiting()
    assert asked == [*rows, rows[0]]
