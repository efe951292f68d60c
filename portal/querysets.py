"""Every row is asked for through the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from portal.accounts.actor import Actor

Row = TypeVar("Row", bound=models.Model)


class ActorQuerySet(models.QuerySet[Row]):
    """A queryset that shows nothing until its model says who may see what."""

    def visible_to(self, actor: Actor | None) -> Self:
        """The rows this actor may see; a model that forgets to say so shows none."""
        return self.none()
