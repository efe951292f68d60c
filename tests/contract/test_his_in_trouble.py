"""The sandbox hospital with every switch thrown: one clear outcome each, each effect once."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.his.auth import Fixed
from portal.his.errors import (
    AuthFailed,
    BadPayload,
    Conflict,
    HisError,
    OutcomeUnknown,
    SlotTaken,
    Unavailable,
)
from portal.his.port import AppointmentChange, ConsultationNote, Dispense
from tests.contract.test_his import AMLODIPINE, line, note, order


@pytest.fixture
def free_slot(adapter):
    def _free_slot():
        now = datetime.now(UTC)
        return adapter.find_slots("dr-wang", now, now + timedelta(days=14)).value[0]

    return _free_slot


def stored(sandbox, kind, key):
    """How many rows of ours the hospital holds under a key."""
    return len(sandbox.rows(f"{kind}?identifier=urn:ietf:rfc:3986|urn:uuid:{key}"))


READS = [
    ({"down": "503"}, Unavailable),
    ({"down": "closed"}, Unavailable),
    ({"error_rate": 1.0}, Unavailable),
    ({"latency_ms": 9000}, Unavailable),
    ({"trickle_ms": 20_000}, Unavailable),
    ({"login_page": True}, BadPayload),
    ({"empty_body": True}, BadPayload),
    ({"require_token": "secret"}, AuthFailed),
]


@pytest.mark.parametrize(("switches", "error"), READS)
def test_a_read_in_trouble_is_one_error_within_its_time(adapter, sandbox, switches, error):
    sandbox.trouble(**switches)
    began = time.monotonic()
    with pytest.raises(error):
        adapter.record_section("chen", "allergies")
    assert time.monotonic() - began < 8, "it waited for the answer's own end"


@pytest.mark.parametrize("switches", [{"down": "503"}, {"login_page": True}, {"empty_body": True}])
def test_a_section_in_trouble_fails_alone_and_is_unknown(adapter, sandbox, switches):
    sandbox.trouble(only="AllergyIntolerance", **switches)
    answer = adapter.record_summary("chen", ["allergies", "conditions"])
    assert answer.partial == ("allergies",)
    assert answer.value.allergies.entries is None
    assert answer.value.conditions.entries


WRITES = [
    ({"down": "503"}, Unavailable, 0),
    ({"error_rate": 1.0}, OutcomeUnknown, 0),
    ({"lose_answer": True}, OutcomeUnknown, 1),
    ({"login_page": True}, OutcomeUnknown, 0),
    ({"require_token": "secret"}, AuthFailed, 0),
    ({"lose_answer": True, "ignore_if_none_exist": True}, OutcomeUnknown, 1),
    ({"lose_answer": True, "uuid_versions": True, "whole_seconds": True}, OutcomeUnknown, 1),
]


@pytest.mark.parametrize(("switches", "error", "arrived"), WRITES)
def test_a_note_in_trouble_is_stored_once_in_the_end(adapter, sandbox, switches, error, arrived):
    key, paper = uuid.uuid4(), note()
    sandbox.trouble(**switches)
    with pytest.raises(error):
        adapter.write_consultation(paper, key)
    assert stored(sandbox_healed(sandbox, switches), "DocumentReference", key) == arrived
    ref = adapter.write_consultation(paper, key, again=True)
    assert stored(sandbox, "DocumentReference", key) == 1
    assert adapter.write_consultation(paper, key, again=True).id == ref.id


@pytest.mark.parametrize(("switches", "error", "arrived"), WRITES)
def test_a_dispense_in_trouble_is_one_fill_in_the_end(adapter, sandbox, switches, error, arrived):
    (order_ref,) = adapter.write_prescription(order(line(repeats=2)), uuid.uuid4())
    key = uuid.uuid4()
    done = Dispense(
        order_ref, "chen", "Amlodipine 5 mg", AMLODIPINE, 28, "tablet", datetime.now(UTC),
        days_supply=28, dispenser_id="dr-li",
    )  # fmt: skip
    sandbox.trouble(**switches)
    with pytest.raises(error):
        adapter.write_dispense(done, key)
    assert stored(sandbox_healed(sandbox, switches), "MedicationDispense", key) == arrived
    ref = adapter.write_dispense(done, key, again=True)
    assert stored(sandbox, "MedicationDispense", key) == 1
    shown = sandbox.http.get("received").json()["dispenses"]
    assert [row["status"] for row in shown if row["reference"] == str(ref)] == ["completed"]


def sandbox_healed(sandbox, switches):
    """Well again, but for what the hospital never does."""
    sandbox.heal()
    sandbox.trouble(ignore_if_none_exist=switches.get("ignore_if_none_exist", False))
    return sandbox


def test_an_empty_answer_to_a_create_still_says_where_it_is(adapter, sandbox):
    key = uuid.uuid4()
    sandbox.trouble(empty_body=True, only="DocumentReference")
    ref = adapter.write_consultation(note(), key)
    sandbox.heal()
    assert stored(sandbox, "DocumentReference", key) == 1
    assert adapter.write_consultation(note(), key, again=True).id == ref.id


@pytest.mark.parametrize("strategy", ["adapter", "transactions"])
def test_a_booking_whose_answer_is_lost_is_found_again(request, sandbox, free_slot, strategy):
    his = request.getfixturevalue(strategy)
    slot, key = free_slot(), uuid.uuid4()
    sandbox.trouble(lose_answer=True)
    with pytest.raises(OutcomeUnknown) as caught:
        his.book(slot, "chen", key)
    assert caught.value.key == key
    sandbox.heal()
    ref = his.book(slot, "chen", key, again=True)
    assert stored(sandbox, "Appointment", key) == 1
    assert sandbox.rows(f"Appointment?_id={ref.id}")[0]["status"] == "booked"


@pytest.mark.parametrize("status", [409, 412, 422])
def test_a_taken_time_is_taken_whatever_the_status_says(adapter, sandbox, free_slot, status):
    slot = free_slot()
    adapter.book(slot, "chen", uuid.uuid4())
    sandbox.trouble(taken_status=status)
    with pytest.raises(SlotTaken) as caught:
        adapter.book(slot, "xu", uuid.uuid4())
    assert caught.value.alternatives


def test_versions_may_be_any_words(adapter, sandbox, free_slot):
    sandbox.trouble(uuid_versions=True)
    ref = adapter.book(free_slot(), "chen", uuid.uuid4())
    assert len(ref.version) > 10
    moved = adapter.update_appointment(ref, AppointmentChange("arrived"), uuid.uuid4())
    assert moved.version != ref.version


def test_a_hospital_without_if_match_still_refuses_what_is_over(adapter, sandbox, free_slot):
    sandbox.trouble(ignore_if_match=True)
    ref = adapter.book(free_slot(), "chen", uuid.uuid4())
    adapter.update_appointment(ref, AppointmentChange("cancelled"), uuid.uuid4())
    with pytest.raises(Conflict):
        adapter.update_appointment(ref, AppointmentChange("arrived"), uuid.uuid4())


def test_the_probe_says_what_the_hospital_does_not_keep(adapter, sandbox):
    sandbox.trouble(ignore_if_match=True)
    assert adapter.probe(self_test=True).if_match is False


def test_whole_second_times_lose_no_news(adapter, sandbox, free_slot):
    sandbox.trouble(whole_seconds=True)
    _old, cursor = adapter.changes({})
    wanted = {adapter.book(free_slot(), "chen", uuid.uuid4()).id for _turn in range(3)}
    news, _onward = adapter.changes(cursor)
    assert wanted <= {one.ref.id for one in news}


def test_one_type_in_trouble_keeps_its_place_and_the_others_go_on(adapter, sandbox, free_slot):
    _old, cursor = adapter.changes({})
    ref = adapter.book(free_slot(), "chen", uuid.uuid4())
    sandbox.trouble(only="Appointment", down="503")
    news, onward = adapter.changes(cursor)
    assert ref.id not in {one.ref.id for one in news}
    assert onward["Appointment"] == cursor["Appointment"]
    sandbox.heal()
    adapter.client.reads.closed_again()
    later, _end = adapter.changes(onward)
    assert ref.id in {one.ref.id for one in later}


def test_a_prescription_cut_in_the_middle_is_whole_and_single_in_the_end(adapter, sandbox):
    written, key = order(line(), line("Metformin"), line("Aspirin")), uuid.uuid4()
    sandbox.trouble(lose_answer=True)
    with pytest.raises(OutcomeUnknown):
        adapter.write_prescription(written, key)
    sandbox.heal()
    refs = adapter.write_prescription(written, key, again=True)
    assert len({ref.id for ref in refs}) == 3
    for one in written.lines:
        assert stored(sandbox, "MedicationRequest", one.key) == 1


def test_retry_after_is_kept(adapter, sandbox):
    sandbox.trouble(down="503", retry_after_s=9)
    with pytest.raises(Unavailable) as caught:
        adapter.patient("chen")
    assert caught.value.retry_after == 9
    sandbox.heal()
    with pytest.raises(Unavailable) as again:
        adapter.patient("chen")
    assert 0 < again.value.retry_after <= 9


def test_the_token_goes_with_the_request(adapter, sandbox):
    sandbox.trouble(require_token="secret")
    adapter.client.auth = Fixed(Authorization="Bearer secret")
    assert adapter.patient("chen").value.ref.id == "chen"


def test_nothing_but_the_port_s_errors_ever_leaves(adapter, sandbox, free_slot):
    """Every read and every write under a hospital that fails at random."""
    slot, day = free_slot(), date(2026, 1, 5)
    paper = ConsultationNote("chen", "dr-li", "t", datetime.now(UTC), b"x", signature="s")
    asks = [
        lambda: adapter.record_summary("chen"),
        lambda: adapter.prescriptions("chen"),
        lambda: adapter.directory(),
        lambda: adapter.doctor_queue("dr-li", day, UTC),
        lambda: adapter.book(slot, "chen", uuid.uuid4()),
        lambda: adapter.write_consultation(paper, uuid.uuid4()),
        lambda: adapter.changes({}),
        lambda: adapter.probe(self_test=True),
    ]
    for switches in ({"error_rate": 0.5}, {"empty_body": True}, {"down": "closed"}):
        sandbox.trouble(**switches)
        for ask in asks:
            try:
                ask()
            except HisError as error:
                assert "陈" not in str(error) and "Chen" not in str(error)
        sandbox.heal()
        for breaker in (adapter.client.reads, adapter.client.writes):
            breaker.closed_again()
