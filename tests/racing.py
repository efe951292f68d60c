"""Several deeds at one moment, as when two people press at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from portal.workflow import Refused

Refusals = tuple[type[Exception], ...]


def at_once(*deeds: Callable[[], Any], expected: Refusals = (Refused,)) -> list[Any]:
    """What each answered, in their order: each in a thread and on a connection of its own.

    A refusal of an expected kind is an answer too. Raises what else one of them raised.
    """
    start = threading.Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[place] = deed()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, expected):
            raise answer
    return answers


class Meeting:
    """Where so many deeds wait for each other; without patience where a lock keeps one away.

    Who comes after it has been given up does not wait any more.
    """

    def __init__(self, deeds: int, patience_s: float = 1.0) -> None:
        self._barrier = threading.Barrier(deeds, timeout=patience_s)

    def wait(self) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            self._barrier.wait()


def among(answers: list[Any], *kinds: type) -> list[Any]:
    """Those answers that are of one of these kinds."""
    return [answer for answer in answers if isinstance(answer, kinds)]
