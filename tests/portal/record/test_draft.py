"""Writing a draft: each line the doctor's own act; bad input changes nothing (R49, R53–R55)."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from portal.audit.models import AuditEvent
from portal.record import directions, prescribing, summary
from portal.record.facts import AllergyFact, MedicineFact
from portal.record.models import AllergyIntolerance, MedicationRequest, Prescription
from portal.record.prescribing import Answer
from portal.terminology.models import Frequency, Medication
from portal.workflow import Refused
from tests.factories.record import medicine, often, record_of

pytestmark = pytest.mark.usefixtures("catalogue")
NONE_KNOWN = AllergyFact(substance="", none_known=True)


@pytest.fixture
def doctor(actor, dr_li):
    return actor(dr_li)


@pytest.fixture
def form(doctor, chen):
    return prescribing.draft(doctor, chen, uuid.uuid4(), ["I10", "e119"])


def test_a_draft_keeps_the_words_of_the_day(form):
    assert [row["code"] for row in form.diagnosis] == ["I10", "E11.9"]
    assert form.diagnosis[0]["name_zh"] == "原发性高血压"
    assert AuditEvent.objects.filter(action="draft", entity_id=str(form.pk)).count() == 1


def test_a_visit_has_one_draft(doctor, form, chen):
    again = prescribing.draft(doctor, chen, form.encounter_id, "E11.9")
    assert again.pk == form.pk and again.diagnosis[0]["code"] == "E11.9"
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize("codes", ["", "XX", [], ["I10", "nonsense"], "I10-I15"])
def test_a_diagnosis_that_does_not_exist_is_refused(doctor, chen, codes):
    with pytest.raises(Refused):
        prescribing.draft(doctor, chen, None, codes)
    assert not Prescription.objects.exists()


def test_only_a_doctor_of_the_centre_drafts(actor, chen, sun, dr_zhao, gao):
    for person in (chen, sun, dr_zhao, gao):
        with pytest.raises(Refused):
            prescribing.draft(actor(person), chen, None, "I10")


def test_a_line_counts_what_the_days_need(doctor, form):
    row = prescribing.add_line(doctor, form, medicine("Metformin"), 1, often("bid-cc"), 7)
    assert (row.quantity, row.dose_unit, row.position) == (14, "tablet", 1)
    pen = prescribing.add_line(
        doctor, form, medicine("Insulin glargine"), 20, often("qn"), 7, dose_unit="IU"
    )
    assert pen.quantity == Decimal("1.40")


def test_the_sixth_medicine_must_be_split_and_a_freed_place_is_used(doctor, form):
    names = ["Amlodipine", "Metformin", "Aspirin", "Omeprazole", "Folic acid"]
    rows = [prescribing.add_line(doctor, form, medicine(n), 1, often("qd"), 7) for n in names]
    with pytest.raises(Refused, match="split"):
        prescribing.add_line(doctor, form, medicine("Loratadine"), 1, often("qd"), 7)
    prescribing.remove_line(doctor, form, rows[1].pk)
    row = prescribing.add_line(doctor, form, medicine("Loratadine"), 1, often("qd"), 7)
    assert row.position == 2 and form.lines.count() == 5


def test_a_controlled_medicine_is_refused_at_once(doctor, form):
    for controlled in Medication.objects.exclude(control="none"):
        with pytest.raises(Refused, match="never be prescribed online"):
            prescribing.add_line(doctor, form, controlled, 1, often("qd"), 3, quantity=1)
    assert not MedicationRequest.objects.exists()


@pytest.mark.parametrize(
    "dose", [0, -1, "NaN", "Infinity", "1e9", "many", "", None, "0.0001", "１００００００"]
)
def test_a_dose_must_be_a_sensible_number(doctor, form, dose):
    with pytest.raises(Refused):
        prescribing.add_line(doctor, form, medicine("Amlodipine"), dose, often("qd"), 7)
    assert not form.lines.exists()


@pytest.mark.parametrize("days", [0, -7, 367, 7.5, "7", None, True])
def test_days_must_be_a_sensible_number(doctor, form, days):
    with pytest.raises(Refused):
        prescribing.add_line(doctor, form, medicine("Amlodipine"), 1, often("qd"), days)


@pytest.mark.parametrize(
    "more",
    [
        {"dose_unit": "mL"}, {"quantity": -1}, {"quantity": "x"}, {"number_of_repeats_allowed": 13},
        {"number_of_repeats_allowed": -1}, {"course_of_therapy": "forever"},
        {"instruction": "x" * 201}, {"days_reason": "x" * 201},
    ],
)  # fmt: skip
def test_other_odd_input_is_refused(doctor, form, more):
    with pytest.raises(Refused):
        prescribing.add_line(doctor, form, medicine("Amlodipine"), 1, often("qd"), 7, **more)
    assert not form.lines.exists()


def test_invisible_letters_do_not_make_a_reason(doctor, form, chen):
    record_of(chen, allergies=[NONE_KNOWN], medicines=[MedicineFact("Losartan", "C09CA01")])
    prescribing.add_line(doctor, form, medicine("Spironolactone"), 1, often("qd"), 7)
    (alert,) = [a for a in prescribing.alerts(form) if a.rule == "R76"]
    for text in ("", "   ", "\u200b\u200b", "\x00", "\u202e"):
        with pytest.raises(Refused):
            prescribing.override(doctor, form, alert.key, "monitored", text)
    with pytest.raises(Refused):
        prescribing.override(doctor, form, alert.key, "nonsense", "because")
    with pytest.raises(Refused):
        prescribing.override(doctor, form, "R76:nothing", "monitored", "because")
    answer = prescribing.override(doctor, form, alert.key, "monitored", "a\u202eb 复查血钾")
    assert answer.text == "ab 复查血钾"
    assert not prescribing.unanswered(form, [alert])


def test_nobody_else_touches_the_draft(doctor, form, actor, dr_wang, chen):
    row = prescribing.add_line(doctor, form, medicine("Amlodipine"), 1, often("qd"), 7)
    for person in (dr_wang, chen):
        for deed in (
            lambda who: prescribing.add_line(who, form, medicine("Aspirin"), 1, often("qd"), 7),
            lambda who: prescribing.remove_line(who, form, row.pk),
            lambda who: prescribing.set_diagnosis(who, form, "E11"),
            lambda who: prescribing.assess_long(who, form, [], "x", True),
        ):
            with pytest.raises(Refused):
                deed(actor(person))
    assert form.lines.count() == 1


def test_a_line_of_another_prescription_is_not_removed(doctor, form, neighbour):
    other = prescribing.draft(doctor, neighbour, None, "I10")
    row = prescribing.add_line(doctor, other, medicine("Amlodipine"), 1, often("qd"), 7)
    with pytest.raises(Refused):
        prescribing.remove_line(doctor, form, row.pk)
    assert other.lines.count() == 1


def test_asking_about_allergies_gives_three_states(doctor, chen):
    assert not summary.allergies_are_known(summary.read(chen))
    prescribing.record_no_allergies(doctor, chen)
    known = summary.read(chen)
    assert summary.allergies_are_known(known) and known.allergies.entries[0].none_known
    assert summary.needs_confirmation(known)  # the HIS itself was still never read
    prescribing.record_allergies(doctor, chen, [Answer("Penicillin", "rash")])
    entries = summary.read(chen).allergies.entries
    assert [entry.substance for entry in entries] == ["Penicillin"]
    with pytest.raises(Refused):
        prescribing.record_no_allergies(doctor, chen)


def test_what_the_doctor_heard_joins_what_the_his_knows(doctor, chen):
    record_of(chen, allergies=[AllergyFact("Aspirin")])
    prescribing.record_allergies(doctor, chen, [Answer("Sulfonamides")])
    assert {e.substance for e in summary.read(chen).allergies.entries} == {
        "Aspirin",
        "Sulfonamides",
    }


def test_a_his_list_is_not_wiped_by_none_known(doctor, chen):
    record_of(chen, allergies=[AllergyFact("Aspirin")])
    prescribing.record_no_allergies(doctor, chen)
    assert [e.substance for e in summary.read(chen).allergies.entries] == ["Aspirin"]


def test_a_wrong_entry_is_withdrawn_and_kept(doctor, chen):
    (row,) = prescribing.record_allergies(doctor, chen, [Answer("Penicillin")])
    prescribing.withdraw_allergy(doctor, row)
    assert summary.read(chen).allergies.entries is None
    assert AllergyIntolerance.objects.count() == 1
    with pytest.raises(Refused):
        prescribing.withdraw_allergy(doctor, row)


@pytest.mark.parametrize(
    "answers",
    [[], [Answer("")], [Answer("x" * 101)], [Answer("x", kind="?")], [Answer("x", severity="?")]],
)
def test_an_odd_answer_is_refused(doctor, chen, answers):
    with pytest.raises(Refused):
        prescribing.record_allergies(doctor, chen, answers)
    assert not AllergyIntolerance.objects.exists()


def test_only_a_doctor_asks(actor, chen, sun, dr_zhao):
    for person in (chen, sun, dr_zhao):
        with pytest.raises(Refused):
            prescribing.record_no_allergies(actor(person), chen)


def test_the_resident_alone_agrees_to_a_long_prescription(doctor, form, actor, chen, neighbour):
    from portal.record.rules.length import CRITERIA

    with pytest.raises(Refused):
        prescribing.agree(actor(chen), form)  # nothing was assessed yet
    with pytest.raises(Refused):
        prescribing.assess_long(doctor, form, CRITERIA[:4], "nearly", True)
    prescribing.assess_long(doctor, form, CRITERIA, "pressure on target", True)
    for person in (neighbour, form.practitioner):
        with pytest.raises(Refused):
            prescribing.agree(actor(person), form)
    assert prescribing.agree(actor(chen), form).long_agreed_at


def test_a_medicine_signed_here_is_known_before_the_his_knows(doctor, form, chen, key):
    record_of(chen, allergies=[NONE_KNOWN], medicines=[], observations=[])
    prescribing.add_line(doctor, form, medicine("Losartan potassium"), 1, often("qd"), 7)
    for alert in prescribing.unanswered(form, prescribing.alerts(form)):
        prescribing.override(doctor, form, alert.key, "other", "checked")
    prescribing.sign(doctor, form, key)
    second = prescribing.draft(doctor, chen, None, "I10")
    prescribing.add_line(doctor, second, medicine("Spironolactone"), 1, often("qd"), 7)
    assert [a.rule for a in prescribing.alerts(second) if a.rule == "R76"] == ["R76"]


def test_a_renewal_must_carry_on_the_same_persons_same_medicine(doctor, form, chen, neighbour, key):
    record_of(neighbour, allergies=[NONE_KNOWN], medicines=[], observations=[])
    theirs = prescribing.draft(doctor, neighbour, None, "I10")
    earlier = prescribing.add_line(doctor, theirs, medicine("Amlodipine"), 1, often("qd"), 7)
    for name in ("Amlodipine", "Metformin"):
        with pytest.raises(Refused):
            prescribing.add_line(
                doctor, form, medicine(name), 1, often("qd"), 7, prior_prescription=earlier
            )
    prescribing.sign(doctor, theirs, key)
    second = prescribing.draft(doctor, neighbour, None, "I10")
    earlier.prescription.refresh_from_db()
    renewal = prescribing.add_line(
        doctor, second, medicine("Amlodipine"), 1, often("qd"), 7, prior_prescription=earlier
    )
    assert renewal.prior_prescription == earlier


@pytest.mark.parametrize("reader", ["en", "zh-hans"])
def test_directions_are_never_a_bare_count_and_explain_each_term(doctor, form, reader):
    drug = medicine("Amlodipine")
    for term in Frequency.objects.all():
        row = MedicationRequest(
            medication=drug, dose=Decimal(1), dose_unit="tablet", frequency=term, days=7
        )
        said = directions.say(row, reader)
        assert "5 mg" in said and term.display(reader) in said
        assert term.explanation(reader) in said
    if reader == "zh-hans":
        once = MedicationRequest(
            medication=drug, dose=Decimal(1), dose_unit="tablet", frequency=often("dunfu"), days=7
        )
        assert "一天的药量一次全部服下" in directions.say(once, reader)


def test_directions_of_a_measured_medicine_say_what_a_millilitre_holds(doctor, form):
    pen = MedicationRequest(
        medication=medicine("Insulin glargine"),
        dose=Decimal(20),
        dose_unit="IU",
        frequency=often("qn"),
        days=7,
    )
    assert directions.say(pen).startswith("20 IU (100 IU/mL), under the skin, at bedtime.")


def test_the_doctor_sees_what_will_be_signed(doctor, form, chen, key):
    record_of(chen, allergies=[NONE_KNOWN], medicines=[], observations=[])
    prescribing.add_line(doctor, form, medicine("Amlodipine"), 1, often("qd"), 7)
    shown = prescribing.preview(form)
    signed = prescribing.sign(doctor, form, key).signed.rendering
    assert shown.splitlines()[:-1] == signed.splitlines()[:-1]  # the last line is the signature's


def test_alerts_cost_the_same_queries_for_one_line_and_for_five(
    doctor, form, chen, django_assert_max_num_queries
):
    record_of(chen, allergies=[NONE_KNOWN], medicines=[], observations=[])
    for name in ("Amlodipine", "Metformin", "Aspirin", "Omeprazole", "Folic acid"):
        prescribing.add_line(doctor, form, medicine(name), 1, often("qd"), 7)
    prescribing.alerts(form)
    with django_assert_max_num_queries(4):
        prescribing.alerts(form)
