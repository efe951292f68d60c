"""Nothing that a pattern finds is passed over by the quick look before it (R30)."""

from __future__ import annotations

import itertools
from re import _parser as parsing

import pytest

from consult.rules import FLAGS, red_flags


def examples(tree):
    """Texts that a parsed pattern matches: every branch and letter of a set, the least repeats."""
    parts = [list(_of(kind, value)) for kind, value in tree]
    return ["".join(chosen) for chosen in itertools.product(*parts)]


def _of(kind, value):
    match str(kind):
        case "LITERAL":
            yield chr(value)
        case "IN":
            yield from (example for one in value for example in _of(*one))
        case "CATEGORY":
            yield " " if "SPACE" in str(value) else "x"
        case "BRANCH":
            yield from (example for branch in value[1] for example in examples(branch))
        case "SUBPATTERN":
            yield from examples(value[3])
        case "MAX_REPEAT":
            least, _most, inner = value
            yield from (example * least for example in examples(inner)) if least else ("",)
        case "ANY":
            yield "。"
        case "AT":
            yield ""
        case _:
            raise AssertionError(f"{kind} is not read yet")


@pytest.mark.parametrize("flag", FLAGS.values(), ids=lambda flag: flag.code)
def test_every_text_that_a_pattern_finds_raises_its_alarm(flag):
    found = examples(parsing.parse(flag.words.pattern))
    assert len(found) >= 3
    assert [
        text for text in found if flag.words.search(text) and flag.code not in red_flags(text)
    ] == []
    assert all(flag.words.search(text) for text in found)


def test_an_ordinary_message_raises_none():
    assert (
        red_flags("Good morning doctor, the dizziness is better today, 130 over 85. 早上好") == []
    )
