"""A packed bag that has left the counter is called back: whoever carries it hears so.

Who carries registers through `carrier`, as for pick-ups; the counter knows no couriers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

#: Bring these fills back, for this reason (a code). Inside the caller's transaction: it takes
#: no lock, since the caller holds the journal already.
Carrier = Callable[[Collection[uuid.UUID], str], None]
_carriers: list[Carrier] = []


def carrier(answer: Carrier) -> Carrier:
    """Register who is told when packed fills have to come back."""
    if answer not in _carriers:
        _carriers.append(answer)
    return answer


def back(fills: Collection[uuid.UUID], why: str) -> None:
    """Nobody may have these fills any more."""
    for answer in _carriers if fills else ():
        answer(fills, why)
