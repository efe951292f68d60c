"""The outbox hands a notice to the telephone."""

from __future__ import annotations

from portal.notification import telephone, wording
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import handles


@handles("sms.send")
def send_sms(message: OutboxMessage) -> None:
    """Send one notice by SMS; the key of the row keeps it one message."""
    notice = Notification.objects.select_related("user__organization").get(
        pk=message.payload["notification"]
    )
    if notice.user.phone:
        telephone.send(notice.user.phone, wording.sms(notice), message.key)
