"""The journal notes who entered, left, and showed a second factor (R7, R112)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from portal.accounts import signals
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal


@receiver(signals.noted)
def write_line(user: User, action: str, detail: dict[str, Any], **_kwargs: Any) -> None:
    """One line in the chain of the person's centre; a resident of no centre yet has none."""
    if not user.organization_id:
        return
    with transaction.atomic():
        journal.write(Actor.of(user), action, user, **detail)
