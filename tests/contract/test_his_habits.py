"""Habits of other servers, one by one: each is allowed by R4, none may break the link."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from portal.his import watching
from portal.his.errors import BadPayload, Rejected, SlotTaken, Unavailable
from portal.his.port import AppointmentChange, Person
from tests.contract.test_his import line, note, order, person

SHANGHAI = timezone(timedelta(hours=8))


def booked(server, doctor="dr-li"):
    """An appointment of Chen's and its reference."""
    his, who = server.adapter, server.names
    now = datetime.now(UTC)
    slot = his.find_slots(who[doctor], now, now + timedelta(days=14)).value[0]
    return slot, his.book(slot, who["chen"], uuid.uuid4())


@pytest.mark.parametrize("next_link", ["opaque", "query", "root"])
def test_the_next_page_is_followed_however_it_is_written(other, next_link):
    server = other(next_link=next_link, most_rows=1)
    conditions = server.adapter.record_section(server.names["chen"], "conditions").value
    assert {fact.icd10 for fact in conditions} == {"I10", "E11.9"}


def test_a_server_that_gives_ten_rows_at_a_time_is_read_to_the_end(other):
    server = other(most_rows=10)
    chen = server.names["chen"]
    for _turn in range(300):
        server.add("MedicationRequest", chen, status="completed", intent="order",
                   medicationCodeableConcept={"text": "x"})  # fmt: skip
    assert len(server.adapter.record_section(chen, "medicines").value) == 302


@pytest.mark.parametrize(("severity", "known"), [("information", True), ("error", False)])
def test_a_remark_is_no_row_and_an_error_among_the_rows_makes_them_half(other, severity, known):
    server = other(outcome=severity)
    answer = server.adapter.record_summary(server.names["chen"], ["allergies"])
    assert (answer.value.allergies.entries is not None) is known


def test_a_patient_and_a_doctor_of_one_number_are_not_mixed_up(other):
    server = other()
    slot, ref = booked(server)
    day = slot.start.astimezone(SHANGHAI).date()
    (row,) = server.adapter.doctor_queue(server.names["dr-li"], day, SHANGHAI).value
    assert (row.ref.id, row.patient.name) == (ref.id, "陈桂兰")


def test_a_year_of_birth_is_no_birthday(other):
    server = other()
    for written in ("1950", "1950-01"):
        key = server.add("Patient", name=[{"text": "王秀英"}], birthDate=written)
        assert server.adapter.patient(key).value.birth_date is None
    wanted = Person("王秀英", date(1950, 1, 1), "female")
    assert server.adapter.find_patient(wanted).value is None


@pytest.mark.parametrize("written", ["王 秀英", "王　秀英"])
def test_a_space_inside_a_name_in_characters_says_nothing(other, written):
    server = other()
    key = server.add("Patient", name=[{"text": written}], birthDate="1950-02-03")
    found = server.adapter.find_patient(Person("王秀英", date(1950, 2, 3), "female")).value
    assert found.patient.ref.id == key


def test_a_number_kept_with_a_small_letter_is_found(other):
    server = other()
    key = server.add("Patient", name=[{"text": "王秀英"}], birthDate="1950-02-03", identifier=[
        {"system": "urn:oid:2.16.156.10011.1.3", "value": "31011019500203001x"}
    ])  # fmt: skip
    wanted = person("王秀英", date(1950, 2, 3), "31011019500203001X")
    found = server.adapter.find_patient(wanted).value
    assert (found.patient.ref.id, found.by) == (key, "identifier")


def test_a_number_is_asked_for_in_an_address_only_where_there_is_no_other_way(other):
    for post_search, asked in ((True, False), (False, True)):
        server = other(post_search=post_search)
        server.adapter.find_patient(person("陈桂兰", date(1955, 3, 8), "31011019550308022X"))
        assert any("31011019550308022X" in path for _method, path in server.seen) is asked


def test_too_many_requests_waits_as_long_as_it_says(other):
    server = other(busy=1)
    with pytest.raises(Unavailable) as caught:
        server.adapter.patient(server.names["chen"])
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("location", ["absolute", "relative"])
def test_a_created_with_an_empty_body_says_where_it_is(other, location):
    server = other(location=location, prefers=False)
    key = uuid.uuid4()
    ref = server.adapter.write_consultation(note(server.names), key)
    assert server.adapter.write_consultation(note(server.names), key, again=True) == ref


def test_two_copies_from_before_are_one_note_to_us(other):
    """If-None-Exist then answers 412, and the older copy counts."""
    server = other()
    key, paper = uuid.uuid4(), note(server.names)
    own = [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{key}"}]
    first = server.add("DocumentReference", server.names["chen"], identifier=own)
    server.add("DocumentReference", server.names["chen"], identifier=own)
    assert server.adapter.write_consultation(paper, key).id == first


@pytest.mark.parametrize("status", [409, 412, 422])
def test_a_taken_time_is_told_whatever_the_status(other, status):
    server = other(taken=status)
    slot, _ref = booked(server)
    with pytest.raises(SlotTaken):
        server.adapter.book(slot, server.names["xu"], uuid.uuid4())


@pytest.mark.parametrize("etag", ['W/"{}"', '"{}"', "{}"])
def test_a_version_is_sent_back_as_it_came(other, etag):
    server = other(etag=etag)
    _slot, ref = booked(server)
    moved = server.adapter.update_appointment(ref, AppointmentChange("arrived"), uuid.uuid4())
    assert moved.version == "2"


@pytest.mark.parametrize("packed", [{"gzip": True}, {"chunked": True}, {"http10": True},
                                    {"gzip": True, "http10": True}])  # fmt: skip
def test_a_body_comes_packed_in_pieces_or_until_the_line_is_closed(other, packed):
    server = other(**packed)
    assert server.adapter.patient(server.names["chen"]).value.name == "陈桂兰"
    assert server.adapter.write_consultation(note(server.names), uuid.uuid4()).id


def test_a_medicine_is_named_by_contained_and_by_included_ones(other):
    server = other()
    chen = server.names["chen"]
    facts = server.adapter.record_section(chen, "medicines").value
    assert {(fact.text, fact.atc) for fact in facts} == {
        ("氨氯地平", "C08CA01"), ("二甲双胍", "A10BA02"),
    }  # fmt: skip
    assert not [path for _method, path in server.seen if "/Medication/" in path]
    assert {fact.authored for fact in facts} == {date(2026, 1, 2), date(2026, 1, 1)}


def test_a_status_in_the_house_s_own_code_first_is_still_a_status(other):
    server = other()
    chen = server.names["chen"]
    codes = [
        {"system": "urn:oid:1.2.3.4.99", "code": "9"},
        {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
         "code": "resolved"},
    ]  # fmt: skip
    server.add("AllergyIntolerance", chen, clinicalStatus={"coding": codes}, code={"text": "egg"})
    summary = server.adapter.record_summary(chen, ["allergies", "conditions"]).value
    assert [fact.substance for fact in summary.allergies.entries] == ["磺胺类"]
    assert {fact.clinical_status for fact in summary.conditions.entries} == {"active"}


def test_a_telephone_of_which_nobody_says_what_it_is_is_one(other):
    server = other()
    assert server.adapter.patient(server.names["chen"]).value.phone == "+8613800000001"


def test_the_day_of_a_fill_is_the_day_where_it_was_handed_over(other):
    server = other()
    chen = server.names["chen"]
    (ref,) = server.adapter.write_prescription(order(line(), who=server.names), uuid.uuid4())
    server.add(
        "MedicationDispense", chen, status="completed",
        authorizingPrescription=[{"reference": f"{server.base}/{ref}"}],
        whenHandedOver="2026-03-05T07:30+08:00",
    )  # fmt: skip
    facts = server.adapter.record_section(chen, "medicines").value
    assert [fact.last_fill for fact in facts if fact.reference == str(ref)] == [date(2026, 3, 5)]


def test_more_news_than_one_round_can_read_is_read_in_the_next(other, monkeypatch):
    """A calendar written for a month is thousands of rows within a second."""
    monkeypatch.setattr(watching, "ROWS", 40)
    server = other(most_rows=10)
    _news, cursor = server.adapter.changes({})
    stamp = datetime.now(UTC)
    for turn in range(150):
        server.add("Condition", server.names["chen"], code={"text": str(turn)})
        last = server.rows["Condition", str(server.last["Condition"])]
        last.at = stamp + timedelta(milliseconds=200 * turn)
    seen = set()
    for _round in range(12):
        news, cursor = server.adapter.changes(cursor)
        seen |= {one.ref.id for one in news if one.ref.type == "Condition"}
    assert len(seen) >= 150


def test_a_hospital_that_cannot_be_searched_to_the_end_is_sent_nothing_twice(other):
    """Blind for identifiers, without an order: what is not found may still be there."""
    server = other(unknown=frozenset({"identifier", "_sort", "patient"}), most_rows=1)
    for _turn in range(210):
        server.add("DocumentReference", server.names["xu"], status="current")
    rows = len(server.all_of("DocumentReference"))
    with pytest.raises(BadPayload):
        server.adapter.write_consultation(note(server.names), uuid.uuid4(), again=True)
    assert len(server.all_of("DocumentReference")) == rows


def test_a_hospital_without_versions_is_told_none(other):
    server = other(etag="", location="none", owns_slots=False)
    server.shown = lambda kind, key: dict(server.rows[kind, key].body)
    his = server.adapter
    his.capabilities = replace(his.capabilities, booking="transaction", transaction=True)
    _slot, ref = booked(server)
    gone = his.update_appointment(ref, AppointmentChange("cancelled"), uuid.uuid4())
    assert gone.id == ref.id


def test_a_prescription_is_placed_by_the_answer_and_not_searched_for(other):
    server = other()
    his = server.adapter
    his.capabilities = replace(his.capabilities, transaction=True)
    server.seen.clear()
    refs = his.write_prescription(order(line(), line("Metformin"), who=server.names), uuid.uuid4())
    assert [ref.type for ref in refs] == ["MedicationRequest"] * 2
    assert [method for method, _path in server.seen] == ["POST"]


@pytest.mark.parametrize("nobody", ["patient_id", "doctor_id"])
def test_nothing_leaves_that_points_to_nobody(other, nobody):
    server = other()
    with pytest.raises(Rejected, match="required: DocumentReference"):
        server.adapter.write_consultation(replace(note(server.names), **{nobody: ""}), uuid.uuid4())
    assert server.all_of("DocumentReference") == []
