"""The shipped catalogue is whole, plausible and loads as often as wanted."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from portal.terminology import catalogue, substances
from portal.terminology.models import Frequency, Medication, RuleParameter

SHIPPED = catalogue._medications()


def named(medication):
    return f"{medication.name_en} {medication.strength} {medication.form} {medication.brand}"


def test_there_are_at_least_120_medicines_each_once():
    assert len(SHIPPED) >= 120
    assert Counter(m.code for m in SHIPPED).most_common(1)[0][1] == 1
    assert Counter(map(named, SHIPPED)).most_common(1)[0][1] == 1


def test_a_medicine_is_whole():
    for medication in SHIPPED:
        medication.full_clean(validate_unique=False, validate_constraints=False)
        assert re.fullmatch(r"869\d{11}", medication.code)
        assert re.search("[一-鿿]", medication.name_zh)
        assert re.fullmatch(r"[A-Z]\d\d[A-Z]{2}(\d\d)?", medication.atc)
        assert medication.price_minor > 0


def test_its_limits_are_in_order():
    for medication in SHIPPED:
        for part in medication.ingredients:
            strength = Decimal(part["value"])
            single, daily = part["max_single"], part["max_daily"]
            assert strength > 0
            if single and medication.unit not in ("mL",):
                assert Decimal(single) >= strength or medication.unit == "g"
            if single and daily:
                assert Decimal(daily) >= Decimal(single)


def test_its_atc_code_says_the_same_substances():
    for medication in SHIPPED:
        if len(medication.ingredients) == 1:
            assert medication.atc in substances.named(medication.substances[0]).atc
        elif substances.of_atc(medication.atc):
            assert set(medication.substances) <= substances.of_atc(medication.atc)


def test_its_chinese_name_is_understood_as_the_same_substances():
    for medication in SHIPPED:
        found = substances.of_text(medication.name_zh)
        assert found <= set(medication.substances)
        assert found or medication.control == "radioactive"


def test_what_may_never_be_online_is_never_long():
    controlled = [m for m in SHIPPED if m.is_forbidden_online]
    assert {m.control for m in controlled} == set(Medication.Control.values) - {"none"}
    assert not any(m.is_long_allowed for m in controlled)


def test_nothing_cold_is_on_a_long_prescription():
    assert not any(m.is_long_allowed for m in SHIPPED if m.storage != "room")


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_asks_a_few_times_only(django_assert_max_num_queries):
    call_command("load_terminology", stdout=StringIO())
    before = list(Medication.objects.order_by("pk").values())
    with django_assert_max_num_queries(20):
        catalogue.load()
    assert list(Medication.objects.order_by("pk").values()) == before
    assert Frequency.objects.count() == len(catalogue._frequencies())
    assert RuleParameter.objects.count() == len(catalogue.parameter_rows())


@pytest.mark.django_db
def test_loading_brings_a_changed_row_back(catalogue):
    Medication.objects.filter(atc="C08CA01").update(name_zh="错")
    from portal.terminology import catalogue as shipped

    shipped.load()
    assert not Medication.objects.filter(name_zh="错").exists()


@pytest.mark.django_db
def test_names_are_in_the_readers_language(catalogue):
    amlodipine = Medication.objects.get(brand="Norvasc")
    three_times = Frequency.objects.get(code="tid")
    with translation.override("zh-hans"):
        assert str(amlodipine) == "苯磺酸氨氯地平 5 mg"
        assert str(three_times) == "一日三次"
    assert str(amlodipine) == "Amlodipine besylate 5 mg"
    assert amlodipine.display("zh-hans") == "苯磺酸氨氯地平"


@pytest.mark.parametrize("word", ["一日三次", "顿服", "睡前", "一日三次，饭前", "一日三次，饭后"])
def test_every_needed_frequency_word_is_there_and_explained(word):
    (term,) = [row for row in catalogue._frequencies() if row.name_zh == word]
    assert term.explanation_en and term.explanation_zh and term.doses_per_day > 0


@pytest.mark.parametrize("term", catalogue._frequencies(), ids=lambda term: term.code)
def test_a_frequency_has_a_time_for_each_dose_of_a_day(term):
    assert all(re.fullmatch(r"[012]\d:[0-5]\d", moment) for moment in term.times)
    if term.times and term.doses_per_day >= 1:
        assert len(term.times) == term.doses_per_day
