"""One row that fails keeps none of the others waiting, and is not kept quiet about."""

from __future__ import annotations

import pytest

from portal.rounds import all_of, each


def tenth(number):
    return 10 / number > 4


def test_it_counts_the_deeds_that_did_something():
    assert each([1, 2, 5], tenth) == 2
    assert each([], tenth) == 0


def test_what_fails_is_told_when_all_had_their_turn():
    seen = []

    def deed(number, more):
        seen.append((number, more))
        return tenth(number)

    with pytest.raises(ExceptionGroup) as told:
        each([1, 0, 2, 0], deed, "x")
    assert seen == [(1, "x"), (0, "x"), (2, "x"), (0, "x")]
    assert [type(error) for error in told.value.exceptions] == [ZeroDivisionError] * 2


def test_a_round_that_fails_is_followed_by_the_next():
    seen = []
    with pytest.raises(ExceptionGroup):
        all_of(lambda: tenth(0), lambda: seen.append("second"))
    assert seen == ["second"]
