"""What was not delivered, on the manager's start page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.actor import Actor
from portal.outbox.deciding import STUCK
from portal.outbox.models import OutboxMessage
from portal.worklist import Card, home_card


@home_card("manager")
def undelivered(actor: Actor) -> Iterable[Card]:
    """How many messages wait for the manager's decision."""
    count = OutboxMessage.objects.visible_to(actor).filter(state__in=STUCK).count()
    text = ngettext("%(count)s message waits for you", "%(count)s messages wait for you", count)
    yield Card(
        _("Not delivered"), reverse("outbox:undelivered"), icon="warning",
        text=text % {"count": count} if count else _("Everything has arrived"), rank=60,
    )  # fmt: skip
