"""What the worker does with the HIS; tasks carry ids and may run twice."""

from __future__ import annotations

import logging
import uuid

from celery import shared_task
from django.core.cache import cache

from portal.his import cursor, snapshot
from portal.his.breaker import quietly
from portal.record.models import Patient

logger = logging.getLogger(__name__)

POLL_SECONDS = 120


@shared_task(ignore_result=True)
def refresh_section(patient_id: str, section: str) -> None:
    """Read one section of one record."""
    try:
        snapshot.refresh(uuid.UUID(patient_id), section)
    except Patient.DoesNotExist:
        logger.info("a refresh for nobody")


@shared_task(ignore_result=True)
def poll() -> None:
    """Read the news of every HIS; one that is slow never holds up the others."""
    for url in cursor.addresses():
        poll_one.apply_async((url,), expires=POLL_SECONDS)


@shared_task(ignore_result=True)
def poll_one(url: str) -> None:
    """The news of one HIS, by one worker at a time."""
    name = f"his:polling:{uuid.uuid5(uuid.NAMESPACE_URL, url)}"
    if not quietly(lambda: cache.add(name, 1, POLL_SECONDS)):
        return
    try:
        cursor.poll(url, cursor.addresses().get(url, []))
    finally:
        quietly(lambda: cache.delete(name))


@shared_task(ignore_result=True)
def tidy() -> None:
    cursor.tidy()
