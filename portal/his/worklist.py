"""Questions about hospital records, on the registrar's start page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.actor import Actor
from portal.his.models import RegistrarTask
from portal.worklist import Card, home_card


@home_card("registrar")
def questions(actor: Actor) -> Iterable[Card]:
    """How many records wait for the registrar's word."""
    count = RegistrarTask.objects.visible_to(actor).filter(done_at=None).count()
    text = ngettext("%(count)s question waits for you", "%(count)s questions wait for you", count)
    yield Card(
        _("Hospital records"), reverse("his:questions"), icon="people",
        text=text % {"count": count} if count else _("No open question"), rank=10,
    )  # fmt: skip
