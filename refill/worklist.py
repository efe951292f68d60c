"""Where people start: what runs out when for residents, the counter for a pharmacist."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.record.models import Patient
from portal.worklist import Card, Facts, home_card, part, start_page
from refill import listing
from refill.models import PickUp, RefillRequest

start_page("pharmacist", "refill:counter")


@part("home", "refill/resident/runs_out.html")
def what_runs_out(actor: Actor) -> Facts | None:
    """What runs out when, and what was not ordered."""
    rows = _rows(actor)
    return {"rows": rows, "is_due": any(row.is_due for row in rows)} if rows else None


@part("after-visit", "refill/resident/not_ordered.html")
def not_ordered(actor: Actor) -> Facts | None:
    """After a visit: what still runs out and was not ordered."""
    rows = [row for row in _rows(actor) if row.is_due]
    return {"rows": rows} if rows else None


@home_card("resident")
def refill_tile(actor: Actor) -> Iterable[Card]:
    text = _("Ask for more of what you take every day")
    yield Card(_("Refill my medicine"), reverse("refill:medicines"), icon="pill", text=text, rank=1)


@home_card("manager")
def late_answers(actor: Actor) -> Iterable[Card]:
    late = RefillRequest.objects.visible_to(actor).to_decide().exclude(escalated_at=None)
    text = _("%(count)s requests wait for a doctor's answer") % {"count": late.count()}
    yield Card(_("Late answers"), reverse("refill:late"), icon="clock", text=text)
    days = _("Holidays, and weekends that are worked instead")
    yield Card(_("Days off"), reverse("refill:days"), icon="clock", text=days)


@home_card("registrar")
def ask_for_somebody(actor: Actor) -> Iterable[Card]:
    text = _("Somebody telephones or stands at the counter")
    yield Card(_("Ask for a refill"), reverse("refill:find"), icon="phone", text=text)


def _rows(actor: Actor) -> list[listing.Row]:
    if actor.role != User.Role.RESIDENT:
        return []
    patient = Patient.objects.visible_to(actor).select_related("organization").first()
    return listing.of_patient(patient) if patient else []


@home_card("resident")
def to_collect(actor: Actor) -> Iterable[Card]:
    """What is packed and waits at the counter, with its code one tap away."""
    for row in PickUp.objects.visible_to(actor).waiting().select_related("organization"):
        yield Card(
            _("Your medicine is ready"),
            reverse("refill:pick_up", args=[row.pk]),
            icon="pill",
            when=row.created,
            text=row.organization.name,
            step=_("collect it with your code"),
            label=_("Show my code"),
        )
