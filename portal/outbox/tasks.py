"""The worker's side of the outbox: woken after a commit, and every ten seconds anyway."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal.outbox import relaying

logger = logging.getLogger(__name__)

WOKEN = "outbox:woken"
WOKEN_SECONDS = 5


@shared_task(ignore_result=True)
def relay() -> None:
    """Send what is due. The same message is never in two hands: rows are leased."""
    _forget_wake()
    relaying.relay_due()


def wake() -> None:
    """Ask a worker to look now. The table is the truth: without a broker the clock finds it."""
    try:
        if cache.add(WOKEN, 1, WOKEN_SECONDS):
            relay.apply_async(retry=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("outbox not woken, the clock will: %s", type(error).__name__)


def _forget_wake() -> None:
    """From here on a new row deserves a new wake."""
    try:
        cache.delete(WOKEN)
    except (RedisError, OSError) as error:
        logger.warning("outbox without cache: %s", type(error).__name__)
