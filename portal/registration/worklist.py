"""Who am I? on the resident's start page; the registrar's own."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.actor import Actor
from portal.record.models import Patient
from portal.registration.models import Registration
from portal.worklist import Card, home_card


@home_card("registrar")
def who_are_they(actor: Actor) -> Iterable[Card]:
    """How many people wait to be known."""
    count = Registration.objects.visible_to(actor).filter(status="on-hold").count()
    text = ngettext("%(count)s person waits for you", "%(count)s people wait for you", count)
    words = text % {"count": count} if count else _("Nobody is waiting")
    url = reverse("registration:tasks")
    yield Card(_("Who are they?"), url, icon="people", text=words, rank=5)


@home_card("resident")
def say_who_you_are(actor: Actor) -> Iterable[Card]:
    """The first step of everybody new; gone once it is done."""
    if not Patient.objects.visible_to(actor).exists():
        text = _("Once, before you can see a doctor here")
        yield Card(_("Say who you are"), reverse("real_name"), icon="people", text=text, rank=1)
