"""A hospital that stays open for days keeps its calendars ahead, and remembers over a restart."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from portal.sandbox.hospital.door import open_door
from portal.sandbox.hospital.opening import today
from tests.portal.sandbox.conftest import running


def slots_on(client, day):
    asked = f"/fhir/Slot?schedule=schedule-dr-li&start={day}&status=free&_summary=count"
    return client.get(asked).json()["total"]


def test_the_calendar_reaches_a_day_further_each_day(his):
    last = today() + timedelta(days=8)
    assert slots_on(his, last) == 0
    with time_machine.travel(last - timedelta(days=1), tick=True):
        assert slots_on(his, last) == 16


def test_what_happened_is_remembered_over_a_restart(tmp_path, note):
    with running(open_door(0, tmp_path)) as client:
        assert client.post("/fhir/DocumentReference", json=note()).status_code == 201
        client.post(
            "/_sandbox/cancel-slot",
            json={
                "slot": client.get(
                    "/fhir/Slot?schedule=schedule-dr-li&status=free&_sort=-start&_count=1"
                ).json()["entry"][0]["resource"]["id"]
            },
        )
    with running(open_door(0, tmp_path)) as client:
        assert len(client.get("/_sandbox/received").json()["documents"]) == 1
        closed = client.get("/fhir/Slot?status=busy-unavailable&_summary=count").json()
        assert closed["total"] == 1
        assert client.get("/fhir/Patient/chen").json()["meta"]["versionId"] == "1"
