"""Booking at a hospital that is not ours: other ways, other words, less to believe."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.his.errors import BadPayload, Conflict, OutcomeUnknown, Rejected, SlotTaken
from portal.his.fhir import FhirHis
from portal.his.port import AppointmentChange, HisRef, SlotFact
from tests.portal.his.scripted import LOGIN, Reply, bundle, hang_up, outcome

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SLOT = SlotFact(START, START + timedelta(minutes=15), "dr-li", HisRef("Slot", "s1"))
KEY = uuid.UUID("11111111-1111-4111-8111-111111111111")


def appointment(**facts):
    row = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "start": "2026-03-02T09:00:00+08:00",
        "slot": [{"reference": "Slot/s1"}],
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{KEY}"}],
        "participant": [
            {"actor": {"reference": "Patient/chen"}},
            {"actor": {"reference": "Practitioner/dr-li"}},
        ],
    }
    return row | facts


def slot(status="free", **facts):
    return {"resourceType": "Slot", "id": "s1", "status": status} | facts


@pytest.fixture
def clinic(hospital):
    """A hospital that knows nothing of us yet and has one free time."""
    hospital.on("GET", "/Appointment$", bundle())
    hospital.on("GET", "/Slot/s1", slot())
    hospital.on("GET", "/Schedule", bundle())
    return hospital


def test_a_booking_is_believed_only_when_it_is_read_back(his, clinic):
    clinic.on("POST", "/Appointment", Reply(201, appointment()))
    clinic.on("GET", "/Appointment/a1", appointment(meta={"versionId": "v-9"}))
    assert his.book(SLOT, "chen", KEY) == HisRef("Appointment", "a1", "v-9")


@pytest.mark.parametrize(
    "stored",
    [
        {"status": "cancelled"},
        {"slot": [{"reference": "Slot/other"}]},
        {"participant": [{"actor": {"reference": "Patient/xu"}}]},
    ],
)
def test_another_booking_than_ours_is_none(his, clinic, stored):
    clinic.on("POST", "/Appointment", Reply(201, appointment()))
    clinic.on("GET", "/Appointment/a1", appointment(**stored))
    with pytest.raises(SlotTaken):
        his.book(SLOT, "chen", KEY)


@pytest.mark.parametrize("reply", [LOGIN, Reply(404, outcome("not-found")), Reply(503, b"")])
def test_a_booking_that_cannot_be_read_back_is_unknown(his, clinic, reply):
    clinic.on("POST", "/Appointment", Reply(201, appointment()))
    clinic.on("GET", "/Appointment/a1", reply)
    with pytest.raises(OutcomeUnknown) as caught:
        his.book(SLOT, "chen", KEY)
    assert caught.value.key == KEY


def test_a_bare_created_with_a_place_is_enough(his, clinic):
    place = {"Location": f"{clinic.base}/Appointment/a1/_history/4"}
    clinic.on("POST", "/Appointment", Reply(201, b"", headers=place))
    clinic.on("GET", "/Appointment/a1", appointment())
    assert his.book(SLOT, "chen", KEY).id == "a1"


def test_a_created_without_a_place_is_looked_up_by_our_key(his, clinic):
    clinic.on("POST", "/Appointment", Reply(201, b""))
    clinic.on("GET", "/Appointment$", bundle(appointment()))
    clinic.on("GET", "/Appointment/a1", appointment())
    assert his.book(SLOT, "chen", KEY).id == "a1"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 503])
def test_a_created_that_cannot_be_looked_up_is_unknown_and_not_refused(his, clinic, status):
    clinic.on("POST", "/Appointment", Reply(201, None))
    clinic.on("GET", "/Appointment$", Reply(status, b""))
    with pytest.raises(OutcomeUnknown):
        his.book(SLOT, "chen", KEY)


def test_after_a_cut_we_ask_before_we_send_again(his, clinic):
    clinic.on("POST", "/Appointment", hang_up())
    with pytest.raises(OutcomeUnknown):
        his.book(SLOT, "chen", KEY)
    clinic.on("GET", "/Appointment$", bundle(appointment()))
    clinic.on("GET", "/Appointment/a1", appointment())
    assert his.book(SLOT, "chen", KEY, again=True).id == "a1"
    assert len(clinic.asked_for("POST", "/Appointment")) == 1


def test_a_hospital_blind_for_identifiers_is_searched_by_patient(his, clinic):
    def blind(asked):
        return bundle(appointment()) if asked.one("patient") == "Patient/chen" else bundle()

    clinic.on("GET", "/Appointment$", blind)
    clinic.on("GET", "/Appointment/a1", appointment())
    assert his.book(SLOT, "chen", KEY, again=True).id == "a1"
    assert clinic.asked_for("POST", "/Appointment") == []


def test_a_hospital_that_ignores_the_identifier_is_not_believed(his, clinic):
    stranger = appointment(id="zz", identifier=[{"system": "urn:x", "value": "1"}])
    clinic.on("GET", "/Appointment$", bundle(stranger))
    clinic.on("POST", "/Appointment", Reply(201, appointment()))
    clinic.on("GET", "/Appointment/a1", appointment())
    assert his.book(SLOT, "chen", KEY, again=True).id == "a1"


def test_a_412_that_is_our_own_copy_is_no_refusal(his, clinic):
    clinic.on("POST", "/Appointment", Reply(412, outcome("multiple-matches")))
    clinic.on("GET", "/Appointment$", bundle(appointment()))
    clinic.on("GET", "/Appointment/a1", appointment())
    assert his.book(SLOT, "chen", KEY).id == "a1"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(409, outcome("conflict")), SlotTaken),
        (Reply(412, b""), SlotTaken),
        (Reply(422, outcome("conflict")), SlotTaken),
        (Reply(422, outcome("required", "Appointment.serviceType")), Rejected),
        (Reply(400, outcome("invalid")), Rejected),
    ],
)
def test_a_refusal_is_told_from_a_taken_time(his, clinic, reply, error):
    clinic.on("POST", "/Appointment", reply)
    with pytest.raises(error):
        his.book(SLOT, "chen", KEY)


def test_an_unclear_refusal_of_a_busy_time_is_a_taken_time(his, clinic):
    clinic.on("POST", "/Appointment", Reply(422, outcome("processing")))
    clinic.on("GET", "/Slot/s1", slot("busy"))
    with pytest.raises(SlotTaken):
        his.book(SLOT, "chen", KEY)


def test_the_operation_books_where_the_hospital_has_one(client, his, clinic):
    able = FhirHis(client, replace(his.capabilities, booking="operation"))
    answer = {
        "resourceType": "Parameters",
        "parameter": [{"name": "return", "resource": appointment()}],
    }
    clinic.on("POST", r"/Appointment/\$book", answer)
    clinic.on("GET", "/Appointment/a1", appointment())
    assert able.book(SLOT, "chen", KEY).id == "a1"


def test_a_transaction_takes_the_slot_at_the_version_we_saw(client, his, clinic):
    able = FhirHis(client, replace(his.capabilities, booking="transaction"))
    clinic.on("GET", "/Slot/s1", Reply(200, slot(comment="kept"), headers={"ETag": 'W/"v7"'}))
    answer = bundle(type="transaction-response") | {
        "entry": [
            {"response": {"status": "200", "location": "Slot/s1/_history/8"}},
            {"response": {"status": "201", "location": "Appointment/a1/_history/1"}},
        ]
    }
    clinic.on("POST", "/r4$", answer)
    clinic.on("GET", "/Appointment/a1", appointment())
    assert able.book(SLOT, "chen", KEY).id == "a1"
    sent = clinic.asked_for("POST", "/r4$")[0].body["entry"]
    assert sent[0]["request"] == {"method": "PUT", "url": "Slot/s1", "ifMatch": 'W/"v7"'}
    assert sent[0]["resource"]["status"] == "busy" and sent[0]["resource"]["comment"] == "kept"
    assert sent[1]["request"]["ifNoneExist"].endswith(str(KEY))


def test_a_change_keeps_what_we_do_not_know_and_names_the_version(his, clinic):
    theirs = appointment(extension=[{"url": "urn:vendor", "valueString": "x"}])
    clinic.on("GET", "/Appointment/a1", Reply(200, theirs, headers={"ETag": 'W/"abc"'}))
    clinic.on("PUT", "/Appointment/a1", lambda asked: Reply(200, asked.body))
    his.update_appointment(HisRef("Appointment", "a1"), AppointmentChange("arrived"), KEY)
    sent = clinic.asked_for("PUT", "/Appointment")[0]
    assert sent.headers["if-match"] == 'W/"abc"'
    assert sent.body["extension"] == theirs["extension"] and sent.body["status"] == "arrived"


def test_who_was_quicker_is_read_once_more_and_then_believed(his, clinic):
    clinic.on("GET", "/Appointment/a1", appointment())
    clinic.on("PUT", "/Appointment/a1", Reply(412, b""), lambda asked: Reply(200, asked.body))
    ref, change = HisRef("Appointment", "a1"), AppointmentChange("cancelled", "own wish")
    assert his.update_appointment(ref, change, KEY).id == "a1"
    clinic.on("PUT", "/Appointment/a1", Reply(412, b""))
    with pytest.raises(Conflict):
        his.update_appointment(ref, change, KEY)


def test_free_times_of_others_and_of_other_days_are_left_out(his, clinic):
    calendar = {
        "resourceType": "Schedule",
        "id": "c1",
        "actor": [{"reference": "Practitioner/dr-li"}],
    }
    alien = calendar | {"id": "c2", "actor": [{"reference": "Practitioner/dr-wang"}]}

    def one(name, start, status="free", schedule="c1"):
        return {
            "resourceType": "Slot",
            "id": name,
            "status": status,
            "schedule": {"reference": f"Schedule/{schedule}"},
            "start": start,
            "end": start.replace(":00:00", ":15:00"),
        }

    clinic.on("GET", "/Schedule", bundle(calendar, alien))
    clinic.on(
        "GET",
        "/Slot$",
        bundle(
            one("late", "2026-03-02T11:00:00+08:00"),
            one("early", "2026-03-02T09:00:00+08:00"),
            one("busy", "2026-03-02T10:00:00+08:00", "busy"),
            one("past", "2026-03-01T10:00:00+08:00"),
            one("hers", "2026-03-02T10:00:00+08:00", "free", "c2"),
            one("broken", "tomorrow"),
        ),
    )
    free = his.find_slots("dr-li", START, START + timedelta(hours=10)).value
    assert [item.ref.id for item in free] == ["early", "late"]


def test_the_queue_is_of_one_day_and_one_doctor(his, clinic):
    from datetime import date, timezone

    shanghai = timezone(timedelta(hours=8))
    hers = appointment(id="b", participant=[{"actor": {"reference": "Practitioner/dr-wang"}}])
    clinic.on(
        "GET",
        "/Appointment$",
        bundle(
            appointment(id="late", start="2026-03-02T23:59:00+08:00"),
            appointment(id="early", start="2026-03-02T00:00:00+08:00"),
            appointment(id="next-day", start="2026-03-03T00:00:00+08:00"),
            appointment(id="over", status="cancelled"),
            hers,
        ),
    )
    rows = his.doctor_queue("dr-li", date(2026, 3, 2), shanghai).value
    assert [row.ref.id for row in rows] == ["early", "late"]


def test_a_login_page_instead_of_a_slot_books_nothing(client, his, clinic):
    able = FhirHis(client, replace(his.capabilities, booking="transaction"))
    clinic.on("GET", "/Slot/s1", LOGIN)
    with pytest.raises(BadPayload):
        able.book(SLOT, "chen", KEY)
    assert clinic.asked_for("POST", "/r4") == []
