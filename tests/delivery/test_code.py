"""The sixth digit finds what honest people get wrong, on a telephone that knows no code."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from delivery.models.code import TABLE, could_be_right, new_code

SCRIPT = Path(settings.BASE_DIR) / "static/js/digits.js"


def test_every_code_could_be_right():
    codes = {new_code() for _time in range(300)}
    assert len(codes) > 280
    assert all(re.fullmatch("[0-9]{6}", code) and could_be_right(code) for code in codes)


def test_one_wrong_digit_is_always_found():
    code = new_code()
    others = [
        code[:place] + digit + code[place + 1 :]
        for place in range(6)
        for digit in "0123456789"
        if digit != code[place]
    ]
    assert not any(could_be_right(other) for other in others)


def test_two_neighbours_swapped_are_found():
    for code in (new_code() for _time in range(100)):
        swapped = [
            code[:place] + code[place + 1] + code[place] + code[place + 2 :] for place in range(5)
        ]
        assert not any(could_be_right(other) for other in swapped if other != code)


def test_the_telephone_counts_with_the_same_table():
    assert tuple(re.findall(r'"([0-9]{10})"', SCRIPT.read_text())) == TABLE
