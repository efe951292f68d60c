"""A round of the clock over many rows: one that fails keeps none of the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Row = TypeVar("Row")


def each(rows: Iterable[Row], deed: Callable[..., object], *more: Any) -> int:
    """Do it for each row; answers for how many the deed answered yes.

    Raises, when the round is over, one ExceptionGroup with everything that failed in it.
    """
    done, failed = 0, []
    for row in rows:
        try:
            done += bool(deed(row, *more))
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} of a round failed", failed)
    return done


def all_of(*deeds: Callable[[], object]) -> None:
    """Several rounds one after the other, each whatever became of the one before."""
    each(deeds, lambda deed: deed())
