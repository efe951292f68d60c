"""The contract on people's start pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from family_doctor.models import EpisodeOfCare
from portal.accounts.actor import Actor
from portal.worklist import Card, home_card

Status = EpisodeOfCare.Status


@home_card("resident")
def my_family_doctor(actor: Actor) -> Iterable[Card]:
    """Who my family doctor is, or how to find one."""
    rows = EpisodeOfCare.objects.visible_to(actor).exclude(status=Status.FINISHED)
    contract = rows.select_related("team__doctor").order_by("status").first()
    if contract is None:
        text = _("Choose a team of your centre")
    elif contract.status == Status.ACTIVE:
        text = contract.team.doctor.name
    else:
        text = _("%(doctor)s has not answered yet") % {"doctor": contract.team.doctor}
    url = reverse("family_doctor:contract")
    yield Card(_("My family doctor"), url, icon="people", text=text, rank=40)


@home_card("doctor")
def questions(actor: Actor) -> Iterable[Card]:
    """How many residents wait for the doctor's word."""
    count = EpisodeOfCare.objects.visible_to(actor).filter(status=Status.PLANNED).count()
    text = _("%(count)s waiting for your answer") % {"count": count}
    yield Card(_("Contract requests"), reverse("family_doctor:requests"), icon="people", text=text)
