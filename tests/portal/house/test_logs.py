from __future__ import annotations

import json
import logging

import pytest

from portal import logs


def line(message, *args, **extra):
    record = logging.LogRecord("portal", logging.WARNING, __file__, 1, message, args, None)
    for name, value in extra.items():
        setattr(record, name, value)
    return logs.formatter().format(record)


@pytest.mark.parametrize(
    "personal",
    ["31011319550308024X", "+8613900001001", "139 0000 1001", "13900001001", "chen@example.org"],
)
def test_what_names_a_person_never_reaches_the_log(personal):
    assert personal not in line("sent to %s at last", personal)
    assert personal not in line(f"sent to {personal}")


def test_a_line_keeps_what_helps_to_find_the_fault():
    written = json.loads(line("invariant broken: %s, %d times", "I8", 3))
    assert written["event"] == "invariant broken: I8, 3 times"
    assert written["level"] == "warning"
    uuid = "0b0f6f0e-1111-4222-8333-123456789012"
    assert uuid in line("encounter %s is late", uuid)


def test_a_line_feed_in_a_value_stays_within_its_line():
    assert "\n" not in line("wrong value %r", "a\r\nGET /admin 200")
    assert "\n" not in line("wrong value a\r\nGET /admin 200")


def test_an_exception_is_told_on_the_same_line_without_telephone_numbers():
    try:
        raise ValueError("cannot call +8613900001001")
    except ValueError as error:
        record = logging.LogRecord(
            "p", logging.ERROR, "f", 1, "failed", (), (ValueError, error, None)
        )
    written = logs.formatter().format(record)
    assert "ValueError" in written and "\n" not in written and "13900001001" not in written


def test_at_a_terminal_a_line_reads_like_a_sentence():
    record = logging.LogRecord("portal.his", logging.WARNING, "f", 1, "quiet for %s s", (9,), None)
    written = logs.formatter(plain=True).format(record)
    assert written.endswith("warning portal.his quiet for 9 s")
    record.msg = "sent to +8613900001001 %s"
    assert "13900001001" not in logs.formatter(plain=True).format(record)
