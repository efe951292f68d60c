"""Write what the outside world must be told beside the change itself (HIS law 1)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from portal.organization.models import Organization
from portal.outbox.models import OutboxMessage
from portal.outbox.tasks import wake


def put(
    kind: str,
    organization: Organization | uuid.UUID,
    *,
    lane: str,
    payload: dict[str, Any],
    key: uuid.UUID | None = None,
    depends_on: OutboxMessage | None = None,
    priority: int = 5,
) -> OutboxMessage:
    """Add a message inside the caller's transaction; the same `key` twice is one message.

    `lane` keeps the order (one lane a patient). `payload` holds row ids, not contents.
    `priority` orders the drain after an outage: bookings and cancellations 1, documents 5.
    """
    centre = organization.pk if isinstance(organization, Organization) else organization
    message, _created = OutboxMessage.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "kind": kind,
            "organization_id": centre,
            "lane": lane,
            "payload": payload,
            "depends_on": depends_on,
            "priority": priority,
        },
    )
    transaction.on_commit(wake, robust=True)
    return message
