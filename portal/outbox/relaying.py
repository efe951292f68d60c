"""Send what the outbox holds: each effect once, in order in a lane, lanes side by side.

A row is claimed by a conditional update and leased by the database's clock; a killed
worker's lease runs out and the row is asked about before it is sent again (HIS law 2).
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from portal.locking import for_update
from portal.outbox import settling
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import Postponed

logger = logging.getLogger(__name__)

State = OutboxMessage.State
OPEN = (State.PENDING, State.IN_FLIGHT, State.UNKNOWN)
LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 20
SPARE_LANES = 2  # one slow centre never takes every lane

Handler = Callable[[OutboxMessage], Any]
Peer = tuple[uuid.UUID, str]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register who sends messages of this kind.

    The handler loads its rows, speaks to the other side and returns a reference (or None).
    When `message.may_have_arrived` it asks before it sends. It runs outside a transaction,
    and raises one of `portal.outbox.outcomes` when the message was not delivered.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def due() -> QuerySet[OutboxMessage]:
    """Rows whose time has come, whose lane is clear before them and whose forerunner is done."""
    before = OutboxMessage.objects.filter(
        lane=OuterRef("lane"), pk__lt=OuterRef("pk"), state__in=OPEN
    )
    waiting = Q(state__in=(State.PENDING, State.UNKNOWN), next_at__lte=Now())
    forsaken = Q(state=State.IN_FLIGHT, leased_until__lte=Now())
    ready = Q(depends_on=None) | Q(depends_on__state=State.DONE)
    rows = OutboxMessage.objects.filter(waiting | forsaken, ready)
    return rows.filter(~Exists(before)).order_by("priority", "pk")


class _Round:
    """One round of sending: what is in hand, what is ready, and who does not answer just now."""

    def __init__(self, lanes: int) -> None:
        self.most = max(1, lanes - SPARE_LANES)
        self.batch = lanes * 2 if lanes > 1 else 1
        self.choosing = threading.Lock()
        self.silent: set[Peer] = set()
        self.in_hand: dict[int, uuid.UUID] = {}
        self.ready: list[OutboxMessage] = []
        self.sent = 0

    def drain(self) -> None:
        """Claim and send until nothing is due for this lane of work."""
        while message := self._next():
            try:
                deliver(message)
            except Postponed:
                self._leave_alone(message.peer)
            finally:
                with self.choosing:
                    del self.in_hand[message.pk]
                    self.sent += 1

    def drain_and_close(self) -> None:
        """In a thread of its own, with a database connection of its own."""
        try:
            self.drain()
        finally:
            connection.close()

    def _next(self) -> OutboxMessage | None:
        """One thread chooses at a time, or each would take the last lane of a slow centre."""
        with self.choosing:
            held = Counter(self.in_hand.values())
            busy = {centre for centre, count in held.items() if count >= self.most}
            if all(one.organization_id in busy for one in self.ready):
                self.ready += self._claim(busy)
            for message in self.ready:
                if message.organization_id not in busy:
                    self.ready.remove(message)
                    self.in_hand[message.pk] = message.organization_id
                    return message
            return None

    @transaction.atomic
    def _claim(self, busy: set[uuid.UUID]) -> list[OutboxMessage]:
        """Due rows that nobody else has; SKIP LOCKED where the database knows it."""
        rows = due().exclude(organization_id__in=busy).select_related("organization")
        for centre, kind in self.silent:
            rows = rows.exclude(organization_id=centre, kind__startswith=f"{kind}.")
        found = list(for_update(rows, skip_locked=True)[: self.batch])
        for message in found:
            message.may_have_arrived |= message.state != State.PENDING
            message.attempts += 1
        ours = OutboxMessage.objects.filter(pk__in=[message.pk for message in found])
        ours.update(
            may_have_arrived=Case(
                When(state=State.PENDING, then=F("may_have_arrived")), default=Value(True)
            ),
            state=State.IN_FLIGHT,
            attempts=F("attempts") + 1,
            leased_until=Now() + LEASE,
        )
        return found

    def _leave_alone(self, peer: Peer) -> None:
        """Who does not answer is not asked again in this round; what was ready waits outside."""
        with self.choosing:
            self.silent.add(peer)
            waiting = [message for message in self.ready if message.peer == peer]
            self.ready = [message for message in self.ready if message.peer != peer]
        for message in waiting:
            settling.put_back(message)

    def keep_leases(self) -> None:
        """A slow answer is no death: what is still in hand stays ours."""
        with self.choosing:
            ours = [*self.in_hand, *(message.pk for message in self.ready)]
        OutboxMessage.objects.filter(pk__in=ours, state=State.IN_FLIGHT).update(
            leased_until=Now() + LEASE
        )


_one_at_a_time = threading.Lock()
_asked_again = threading.Event()


def relay_due() -> int:
    """Send everything that is due; how many tries were made. One round a process at a time."""
    _asked_again.set()
    sent = 0
    while _asked_again.is_set() and _one_at_a_time.acquire(blocking=False):
        try:
            _asked_again.clear()
            sent += _round()
        finally:
            _one_at_a_time.release()
    return sent


def _round() -> int:
    lanes = settings.OUTBOX_LANES
    waiting = len(due().values_list("pk")[:lanes]) if lanes > 1 else 1
    work = _Round(lanes)
    if waiting <= 1:
        work.drain()
        return work.sent
    with ThreadPoolExecutor(waiting, thread_name_prefix="outbox") as pool:
        threads: set[Future[None]] = {pool.submit(work.drain_and_close) for _ in range(waiting)}
        while threads:
            ended, threads = wait(threads, timeout=HEARTBEAT_SECONDS)
            for thread in ended:
                thread.result()
            work.keep_leases()
    return work.sent


def deliver(message: OutboxMessage) -> None:
    """Send one claimed row and settle it. Raises Postponed so that its peer is left alone."""
    try:
        handler = _handlers.get(message.kind)
        if handler is None:
            raise LookupError(f"nobody sends {message.kind}")
        answer = handler(message)
    except Exception as error:  # every outcome is a state of the row, and none stops the others
        settling.failed(message, error)
        if isinstance(error, Postponed):
            raise
        return
    settling.done(message, answer)
