"""Every limit of a visit comes from the versioned parameter table."""

from __future__ import annotations

from datetime import timedelta

from portal.terminology import parameters


def limit(key: str) -> int:
    """A whole number of the table."""
    return int(parameters.value(key))


def minutes(key: str) -> timedelta:
    return timedelta(minutes=limit(key))


def hours(key: str) -> timedelta:
    return timedelta(hours=limit(key))


def days(key: str) -> timedelta:
    return timedelta(days=limit(key))
