"""Who am I? on the resident's start page; the registrar's own."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.record.models import Patient
from portal.worklist import Card, home_card, start_page

start_page("registrar", "registration:tasks")


@home_card("resident")
def say_who_you_are(actor: Actor) -> Iterable[Card]:
    """The first step of everybody new; gone once it is done."""
    if not Patient.objects.visible_to(actor).exists():
        text = _("Once, before you can see a doctor here")
        yield Card(_("Say who you are"), reverse("real_name"), icon="people", text=text, rank=1)
