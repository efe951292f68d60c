from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from portal.accounts.actor import Actor
from portal.querysets import ActorQuerySet


class NotificationQuerySet(ActorQuerySet["Notification"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Everyone sees their own notices."""
        if actor is None or actor.user_id is None:
            return self.none()
        return self.filter(user_id=actor.user_id)


class Notification(models.Model):
    """One piece of news for one person: a kind and a few plain facts, never a clinical word."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    event = models.CharField(max_length=100)
    context = models.JSONField(default=dict)
    created = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "event"], name="notification_one_notice_an_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["user"],
                condition=models.Q(read_at=None),
                name="notification_unread",
            ),
            models.Index(fields=["user", "-created"], name="notification_list"),
        ]

    def __str__(self) -> str:
        return self.kind
