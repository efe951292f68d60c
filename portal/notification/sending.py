"""The outbox hands a notice to the telephone."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from portal.notification import telephone, wording
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import handles

STALE = timedelta(hours=12)


@handles("sms.send")
def send_sms(message: OutboxMessage) -> None:
    """Send one notice by SMS; the key of the row keeps it one message.

    What waited half a day for the gateway stays in the portal only: no flood afterwards.
    """
    notice = Notification.objects.select_related("user__organization").get(
        pk=message.payload["notification"]
    )
    is_news = timezone.now() - notice.created < STALE
    if notice.user.phone and is_news:
        telephone.send(notice.user.phone, wording.sms(notice), message.key)
