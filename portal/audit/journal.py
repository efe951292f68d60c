"""The journal: written in the business transaction, one hash chain a centre (R32, R112).

Take every row lock before the first line of a transaction is written: the line locks
the centre's chain until commit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.audit.models import AuditEvent, JournalHead
from portal.locking import for_update


@transaction.atomic(savepoint=False)
def write(
    actor: Actor, action: str, row: Any, *, before: str = "", after: str = "", **detail: Any
) -> AuditEvent:
    """Add one line about `row`. `detail` holds codes and counts, never clinical text.

    A reader without a transaction of their own gets one: the head's lock is nothing without it.
    """
    JournalHead.objects.get_or_create(organization_id=row.organization_id)
    head = for_update(JournalHead.objects).get(organization_id=row.organization_id)
    event = AuditEvent(
        organization_id=row.organization_id,
        sequence=head.sequence + 1,
        recorded=timezone.now(),
        agent=actor.user,
        role=actor.role,
        subject=_subject(row),
        action=action,
        entity=row._meta.label,
        entity_id=str(row.pk),
        before=before,
        after=after,
        detail=detail,
        previous_digest=head.digest,
    )
    event.digest = digest(event)
    event.save(force_insert=True)
    head.sequence, head.digest = event.sequence, event.digest
    head.save(update_fields=["sequence", "digest"])
    return event


def digest(event: AuditEvent) -> str:
    """The link of this line: a keyed hash over the line and the link before it."""
    parts = [
        str(event.organization_id), event.sequence, event.recorded.isoformat(),
        str(event.agent_id or ""), event.role, str(event.subject or ""), event.action,
        event.entity, event.entity_id, event.before, event.after, event.detail,
        event.previous_digest,
    ]  # fmt: skip
    line = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.JOURNAL_KEY.encode(), line.encode(), hashlib.sha256).hexdigest()


def last_agent_id(row: Any) -> Any:
    """Who wrote the newest line about this row."""
    lines = AuditEvent.objects.filter(entity=row._meta.label, entity_id=str(row.pk))
    return lines.order_by("-sequence").values_list("agent_id", flat=True).first()


def _subject(row: Any) -> Any:
    if row._meta.label == "record.Patient":
        return row.pk
    return getattr(row, "patient_id", None)
