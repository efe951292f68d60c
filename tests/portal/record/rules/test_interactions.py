"""Medicines that harm each other (R76)."""

from __future__ import annotations

import pytest

from portal.record.rules import NOTE, OVERRIDE, SHOW, STOP, interactions
from portal.terminology import substances
from tests.portal.record.rules.conftest import case, found, line, old

# One pair of real medicines for each of the 15 ONC class pairs.
ONC = [
    ("onc-01", "amphetamine", "phenelzine"), ("onc-02", "atazanavir", "omeprazole"),
    ("onc-03", "febuxostat", "azathioprine"), ("onc-04", "sertraline", "moclobemide"),
    ("onc-05", "irinotecan", "itraconazole"), ("onc-06", "morphine", "tranylcypromine"),
    ("onc-07", "amitriptyline", "phenelzine"), ("onc-08", "amiodarone", "moxifloxacin"),
    ("onc-09", "ramelteon", "fluvoxamine"), ("onc-10", "darunavir", "rifampicin"),
    ("onc-11", "simvastatin", "clarithromycin"), ("onc-12", "ergotamine", "ritonavir"),
    ("onc-13", "tizanidine", "ciprofloxacin"), ("onc-14", "tranylcypromine", "procarbazine"),
    ("onc-15", "sumatriptan", "moclobemide"),
]  # fmt: skip
PRIMARY_CARE = [
    ("warfarin", "ibuprofen", OVERRIDE), ("warfarin", "aspirin", OVERRIDE),
    ("warfarin", "fluconazole", OVERRIDE), ("enalapril", "spironolactone", OVERRIDE),
    ("valsartan", "potassium chloride", OVERRIDE), ("perindopril", "losartan", OVERRIDE),
    ("clopidogrel", "omeprazole", OVERRIDE), ("digoxin", "amiodarone", OVERRIDE),
    ("digoxin", "verapamil", OVERRIDE), ("bisoprolol", "diltiazem", OVERRIDE),
    ("methotrexate", "trimethoprim", STOP), ("methotrexate", "naproxen", OVERRIDE),
    ("lithium carbonate", "ibuprofen", OVERRIDE), ("lithium carbonate", "indapamide", OVERRIDE),
    ("lithium carbonate", "enalapril", OVERRIDE), ("glyceryl trinitrate", "sildenafil", STOP),
    ("glimepiride", "fluconazole", OVERRIDE), ("gliclazide", "levofloxacin", OVERRIDE),
    ("colchicine", "clarithromycin", STOP), ("allopurinol", "azathioprine", STOP),
    ("sertraline", "ibuprofen", SHOW), ("escitalopram", "rivaroxaban", OVERRIDE),
    ("metformin", "iohexol", OVERRIDE), ("warfarin", "paracetamol", NOTE),
]  # fmt: skip


def taking(*names):
    return [old(name, substances.named(name).atc[0]) for name in names]


def fired(medicines, lines=()):
    return list(interactions.check(case(*lines, medicines=medicines)))


@pytest.mark.parametrize(("row", "one", "other"), ONC, ids=[row for row, *_ in ONC])
def test_each_onc_pair_fires_in_both_orders(row, one, other):
    for names in ((one, other), (other, one)):
        (alert,) = fired(taking(*names))
        assert alert.key.startswith(f"R76:{row}:")
        assert "ONC" in alert.source
        assert one in alert.text and other in alert.text


def test_the_table_holds_all_fifteen_onc_pairs():
    assert sum(row.id.startswith("onc-") for row in interactions.table()) == 15


@pytest.mark.parametrize(("one", "other", "severity"), PRIMARY_CARE)
def test_each_primary_care_pair_fires_at_its_level(one, other, severity):
    expected = {row.id: interactions.SEVERITY[row.level] for row in interactions.table()}
    for names in ((one, other), (other, one)):
        alerts = fired(taking(*names))
        assert severity in [expected[alert.key.split(":")[1]] for alert in alerts]


def test_every_row_of_the_table_can_fire():
    tags = {}
    for substance in substances.everything():
        for tag in substance.tags:
            tags.setdefault(tag, []).append(substance)
    for row in interactions.table():
        assert all(any(tags.get(tag) for tag in side) for side in row.sides), row.id
        assert row.effect_en and row.effect_zh and row.level in interactions.SEVERITY


def test_a_new_line_meets_an_old_medicine():
    (alert,) = found(
        line("Clarithromycin", often="bid"), medicines=taking("simvastatin"), rule="R76"
    )
    assert (alert.severity, alert.line) == (STOP, 1)


def test_two_new_lines_meet():
    lines = [line("Losartan potassium"), line("Spironolactone", position=2)]
    for order in (lines, lines[::-1]):
        (alert,) = found(*order, rule="R76")
        assert alert.wants_a_reason and alert.override_needs == ("doctor",)


def test_the_order_of_entry_does_not_change_the_key():
    one = found(line("Losartan potassium"), line("Spironolactone", position=2), rule="R76")
    other = found(line("Spironolactone"), line("Losartan potassium", position=2), rule="R76")
    assert [alert.key for alert in one] == [alert.key for alert in other]


def test_three_together_are_told_once_as_three():
    new = line("Ibuprofen", often="bid")
    alerts = found(new, medicines=taking("enalapril", "furosemide"), rule="R76")
    assert len(alerts) == 1 and "three together" in alerts[0].text


def test_two_of_the_three_are_only_shown():
    (alert,) = found(line("Ibuprofen", often="bid"), medicines=taking("enalapril"), rule="R76")
    assert alert.severity == SHOW


def test_two_old_medicines_are_shown_but_do_not_block():
    (alert,) = found(line("Paracetamol"), medicines=taking("warfarin", "ibuprofen"), rule="R76")[:1]
    assert (alert.severity, alert.line) == (SHOW, None)


def test_a_stopped_medicine_does_not_count():
    stopped = [old("Simvastatin", "C10AA01", status="stopped")]
    assert not found(line("Clarithromycin"), medicines=stopped, rule="R76")


def test_an_untidy_old_medicine_is_understood_by_its_words():
    untidy = [old("Simvastatin 20 MG Oral Tablet")]
    (alert,) = found(line("Clarithromycin"), medicines=untidy, rule="R76")
    assert alert.severity == STOP


def test_the_same_medicine_new_and_old_is_no_interaction():
    assert not found(line("Escitalopram"), medicines=taking("escitalopram"), rule="R76")


def test_a_pair_is_told_its_worst_harm_only():
    (alert,) = found(line("Fluconazole"), medicines=taking("warfarin"), rule="R76")
    assert alert.severity == OVERRIDE
