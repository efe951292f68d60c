"""Every limit comes from one versioned table."""

from __future__ import annotations

from datetime import date

import pytest

from portal.terminology import parameters
from portal.terminology.models import RuleParameter

pytestmark = pytest.mark.django_db


def test_the_shipped_limits_hold_before_anything_is_loaded():
    RuleParameter.objects.all().delete()
    parameters.forget()
    assert parameters.value("rx.max_items") == 5
    assert parameters.version("rx.max_items") == "CN-SH/2020-01-01"


def test_a_newer_row_holds_from_its_day(catalogue):
    row = {"profile": "CN-SH", "key": "rx.max_items", "source": "a new order"}
    RuleParameter.objects.create(value=4, valid_from=date(2026, 7, 1), **row)
    assert parameters.value("rx.max_items", on=date(2026, 6, 30)) == 5
    assert parameters.value("rx.max_items", on=date(2026, 7, 1)) == 4
    assert parameters.version("rx.max_items", on=date(2026, 7, 1)) == "CN-SH/2026-07-01"


def test_the_table_is_read_once_for_many_questions(django_assert_num_queries, catalogue):
    with django_assert_num_queries(1):
        for _ in range(20):
            parameters.value("rx.days_ordinary")


def test_an_unknown_limit_is_an_error_not_a_guess():
    with pytest.raises(parameters.Unknown):
        parameters.value("rx.nonsense")
    with pytest.raises(parameters.Unknown):
        parameters.value("rx.max_items", profile="XX")
