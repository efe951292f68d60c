"""Housekeeping of the entry: old tallies, dead sessions."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from portal.accounts import limits


@shared_task
def tidy() -> None:
    """Remove what no limit and no browser looks at any more."""
    limits.purge()
    call_command("clearsessions")
