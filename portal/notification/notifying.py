"""Tell a person something: once an event, in the portal and, where the kind says so, by SMS."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction

from portal.accounts.models import User
from portal.notification.kinds import KINDS, Kind, checked
from portal.notification.models import Notification
from portal.notification.wording import payload
from portal.outbox.putting import put
from portal.realtime import publish


def notify(user: User | None, kind: str, *, event: str = "", **context: Any) -> Notification | None:
    """Tell `user`; the same `event` (by default: the same facts) is told once.

    Returns None for a person without an account and for news already told. Raises
    NotAllowed for a fact that a notice may not hold. Inside the caller's transaction; the
    page and the SMS hear of it after commit.
    """
    known = KINDS[kind]
    facts = checked(known, context)
    if user is None:
        return None
    notice = _stored(user, known, event or _digest(facts), facts)
    if notice is None:
        return None
    publish.to_person(user.pk, {"type": "notice", **payload(notice, user.language)})
    if known.sms and user.phone and user.organization_id:
        put(
            "sms.send",
            user.organization_id,
            lane=f"person:{user.pk}",
            payload={"notification": str(notice.pk)},
            key=notice.pk,
            priority=3,
        )
    return notice


def _stored(user: User, kind: Kind, event: str, facts: dict[str, Any]) -> Notification | None:
    try:
        with transaction.atomic():
            return Notification.objects.create(
                user=user, kind=kind.name, event=event[:100], context=facts
            )
    except IntegrityError:
        return None


def _digest(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
