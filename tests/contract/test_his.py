"""What every implementation of the HIS port promises."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from portal.his.port import (
    AppointmentChange,
    Conflict,
    ConsultationNote,
    Dispense,
    HisRef,
    Identifier,
    NotFound,
    Person,
    PrescriptionLine,
    PrescriptionOrder,
    Rejected,
    SlotTaken,
)
from portal.record.facts import Coding
from tests.contract.conftest import CAST, NUMBER

SHANGHAI = timezone(timedelta(hours=8))
AMLODIPINE = (Coding("http://www.whocc.no/atc", "C08CA01", "amlodipine"),)


def person(name="Chen Guilan", born=date(1955, 3, 8), *numbers):
    return Person(name, born, "female", tuple(Identifier(NUMBER, number) for number in numbers))


def order(*lines, who=CAST):
    return PrescriptionOrder(
        who["chen"], who["dr-li"], datetime.now(UTC), lines, valid_until=date(2099, 1, 1)
    )


def line(text="Amlodipine 5 mg", codings=AMLODIPINE, repeats=2):
    return PrescriptionLine(
        uuid.uuid4(), text, codings, "1 tablet in the morning", days=28, quantity=28,
        unit="tablet", repeats_allowed=repeats,
    )  # fmt: skip


def note(who=CAST):
    return ConsultationNote(
        who["chen"],
        who["dr-li"],
        "Online follow-up",
        datetime.now(UTC),
        "病情稳定".encode(),
        signature="s",
    )


def test_the_number_finds_the_one_record_and_says_so(his, who):
    found = his.find_patient(person("Chen Guilan", date(1955, 3, 8), "31011019550308022X")).value
    assert (found.patient.ref.id, found.by) == (who["chen"], "identifier")
    assert "陈桂兰" in found.patient.names


def test_without_a_number_name_and_birthday_must_both_agree(his, who):
    assert his.find_patient(person("陈桂兰")).value.patient.ref.id == who["chen"]
    assert his.find_patient(person("陈桂花")).value is None
    assert his.find_patient(person("陈桂兰", date(1955, 3, 9))).value is None


def test_another_number_is_another_person_however_alike(his):
    stranger = person("陈桂兰", date(1955, 3, 8), "310110195503080999")
    assert his.find_patient(stranger).value is None


def test_a_merged_record_leads_to_the_one_that_is_left(his, who):
    assert his.patient(who["sun-fusheng-old"]).value.ref.id == who["sun-fusheng"]


def test_an_unknown_record_is_not_an_empty_one(his, who):
    for ask in (
        lambda: his.patient(who["nobody"]),
        lambda: his.record_section(who["nobody"], "allergies"),
        lambda: his.prescriptions(who["nobody"]),
    ):
        with pytest.raises(NotFound):
            ask()


def test_the_record_is_read_in_facts(his, who):
    summary = his.record_summary(who["chen"]).value
    assert {fact.icd10 for fact in summary.conditions.entries} >= {"I10", "E11.9"}
    assert {fact.atc for fact in summary.medicines.entries} >= {"C08CA01", "A10BA02"}
    allergy = summary.allergies.entries[0]
    assert any(code.code == "J01E" for code in allergy.codings)


def test_a_section_says_when_it_was_true(his, who):
    before = datetime.now(UTC)
    answer = his.record_section(who["chen"], "allergies")
    assert before <= answer.as_of <= datetime.now(UTC)
    assert answer.source == "live"


def test_the_directory_names_doctors_and_their_calendars(his, who):
    doctors = {one.ref.id: one for one in his.directory().value}
    assert {who["dr-li"], who["dr-wang"], who["dr-zhao"]} <= set(doctors)
    assert doctors[who["dr-li"]].schedule_ids == (who["schedule-dr-li"],)


def test_free_times_are_in_order_and_inside_what_was_asked(his, who):
    now = datetime.now(UTC)
    free = his.find_slots(who["dr-li"], now, now + timedelta(days=14)).value
    assert len(free) > 3
    assert [one.start for one in free] == sorted(one.start for one in free)
    middle = free[2].start
    assert [one.start for one in his.find_slots(who["dr-li"], middle, free[3].start).value] == [
        middle
    ]
    assert all(one.doctor_id == who["dr-li"] and one.ref for one in free)


def test_a_booked_time_is_free_no_more_and_stands_in_the_queue(his, who, free_slot):
    slot = free_slot()
    key = uuid.uuid4()
    ref = his.book(slot, who["chen"], key)
    now = datetime.now(UTC)
    left = his.find_slots(who["dr-li"], now, now + timedelta(days=14)).value
    assert slot.start not in {one.start for one in left}
    day = slot.start.astimezone(SHANGHAI).date()
    mine = [
        row for row in his.doctor_queue(who["dr-li"], day, SHANGHAI).value if row.ref.id == ref.id
    ]
    assert [(row.patient_id, row.start, row.status) for row in mine] == [
        (who["chen"], slot.start, "booked")
    ]
    assert mine[0].patient.ref.id == who["chen"]
    assert mine[0].key == key


def test_the_same_key_books_once(his, who, free_slot):
    slot, key = free_slot(), uuid.uuid4()
    refs = {
        str(his.book(slot, who["chen"], key, again=again)) for again in (False, True, False, True)
    }
    assert len(refs) == 1


def test_a_taken_time_names_others(his, who, free_slot):
    slot = free_slot()
    his.book(slot, who["chen"], uuid.uuid4())
    with pytest.raises(SlotTaken) as caught:
        his.book(slot, who["xu"], uuid.uuid4())
    others = caught.value.alternatives
    assert others and slot.start not in {one.start for one in others}


def test_of_eight_who_book_one_time_one_has_it(his, who, free_slot):
    slot = free_slot()

    def attempt(_number):
        try:
            return str(his.book(slot, who["chen"], uuid.uuid4()))
        except SlotTaken:
            return None

    with ThreadPoolExecutor(8) as pool:
        won = [ref for ref in pool.map(attempt, range(8)) if ref]
    assert len(won) == 1


def test_a_cancelled_time_is_free_again_and_cancelling_twice_is_harmless(his, who, free_slot):
    slot = free_slot()
    ref = his.book(slot, who["chen"], uuid.uuid4())
    for _turn in range(2):
        his.update_appointment(ref, AppointmentChange("cancelled", "own wish"), uuid.uuid4())
    assert his.book(slot, who["xu"], uuid.uuid4()).id != ref.id


def test_what_is_over_in_the_hospital_is_not_moved_again(his, who, free_slot):
    ref = his.book(free_slot(), who["chen"], uuid.uuid4())
    his.update_appointment(ref, AppointmentChange("arrived"), uuid.uuid4())
    his.update_appointment(ref, AppointmentChange("cancelled"), uuid.uuid4())
    with pytest.raises(Conflict) as caught:
        his.update_appointment(ref, AppointmentChange("fulfilled"), uuid.uuid4())
    assert caught.value.current == "cancelled"


def test_an_unknown_appointment_is_not_found(his, who):
    with pytest.raises(NotFound):
        his.update_appointment(
            HisRef("Appointment", who["no-such"]), AppointmentChange("arrived"), uuid.uuid4()
        )


def test_a_note_is_stored_once_and_read_in_the_record(his, who):
    key, paper = uuid.uuid4(), note(who)
    refs = {str(his.write_consultation(paper, key, again=again)) for again in (False, False, True)}
    assert len(refs) == 1
    shown = his.record_section(who["chen"], "documents").value
    assert [fact.reference for fact in shown].count(refs.pop()) == 1


def test_each_line_of_a_prescription_is_stored_once(his, who):
    written, key = order(line(), line("Metformin 500 mg"), who=who), uuid.uuid4()
    refs = his.write_prescription(written, key)
    assert len(refs) == 2
    assert [str(ref) for ref in his.write_prescription(written, key, again=True)] == [
        str(ref) for ref in refs
    ]
    mine = [
        one for one in his.prescriptions(who["chen"]).value if one.ref.id in {r.id for r in refs}
    ]
    assert {one.medicine.text for one in mine} == {"Amlodipine 5 mg", "Metformin 500 mg"}
    assert {one.medicine.form for one in mine} == {str(key)}
    assert {one.medicine.dosage for one in mine} == {"1 tablet in the morning"}


def test_a_medicine_without_a_code_never_leaves(his, who):
    with pytest.raises(Rejected) as caught:
        his.write_prescription(order(line(codings=()), who=who), uuid.uuid4())
    assert "code-required" in str(caught.value)


def test_a_dispense_counts_as_one_fill(his, who):
    (ref,) = his.write_prescription(order(line(repeats=2), who=who), uuid.uuid4())
    key = uuid.uuid4()
    done = Dispense(
        ref, who["chen"], "Amlodipine 5 mg", AMLODIPINE, 28, "tablet", datetime.now(UTC)
    )
    assert his.write_dispense(done, key) == his.write_dispense(done, key, again=True)
    (fact,) = [one for one in his.prescriptions(who["chen"]).value if one.ref.id == ref.id]
    assert (fact.fills_done, fact.fills_left) == (1, 2)


def test_a_cancelled_prescription_is_not_current_any_more(his, who):
    refs = his.write_prescription(order(line(), line(), who=who), uuid.uuid4())
    for _turn in range(2):
        his.cancel_prescription(refs, "changed his mind", uuid.uuid4())
    current = {one.ref.id for one in his.prescriptions(who["chen"]).value}
    assert not current & {ref.id for ref in refs}


def test_a_new_person_is_registered_once(his):
    somebody, key = (
        person("何秀英", date(1949, 12, 31), f"31011019491231{uuid.uuid4().int % 9999:04}"),
        uuid.uuid4(),
    )
    ref = his.register_patient(somebody, key)
    assert his.register_patient(somebody, key, again=True).id == ref.id
    assert his.find_patient(somebody).value.patient.ref.id == ref.id


def test_news_arrive_and_the_cursor_moves_on(his, who, free_slot):
    _old, cursor = his.changes({})
    ref = his.book(free_slot(), who["chen"], uuid.uuid4())
    news, onward = his.changes(cursor)
    mine = [one for one in news if str(one.ref) == str(ref)]
    assert [(one.patient_id, one.status) for one in mine] == [(who["chen"], "booked")]
    his.update_appointment(ref, AppointmentChange("cancelled"), uuid.uuid4())
    later, _end = his.changes(onward)
    assert "cancelled" in {one.status for one in later if str(one.ref) == str(ref)}


def test_the_probe_tries_what_it_says(his):
    seen = his.probe(self_test=True)
    assert (seen.conditional_create, seen.if_match, seen.transaction) == (True, True, True)
