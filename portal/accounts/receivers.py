"""Rights end at once: whoever changes them, every open socket of the person hears of it.

A signal of the model, and not a call in each deed, because a right may be taken from the
admin, a command or a deed not yet written, and none of them may forget.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from portal.accounts import sessions, signals
from portal.accounts.models import User

RIGHTS = ("is_active", "role", "is_staff", "is_superuser")


@receiver(pre_save, sender=User)
def remember_rights(
    instance: User, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    """Read the rights as they stand, where this change may touch them."""
    watched = {*RIGHTS, "password"}
    touched = update_fields is None or watched & set(update_fields)
    known = User.objects.filter(pk=instance.pk).values(*watched).first() if touched else None
    instance.rights_before = known  # type: ignore[attr-defined]


@receiver(post_save, sender=User)
def tell_changed_rights(instance: User, **_kwargs: Any) -> None:
    """Another role or a closed account ends every session; a new password the other ones."""
    before = getattr(instance, "rights_before", None)
    if before is None:
        return
    if any(getattr(instance, field) != before[field] for field in RIGHTS):
        sessions.end_all(instance)
    elif instance.password == before["password"]:
        return
    transaction.on_commit(lambda: signals.rights_changed.send(User, user_id=instance.pk))
