"""Visits on people's start pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consult.models import Appointment, EmergencyDuty, Encounter, HospitalDifference
from consult.rules import minutes
from portal.accounts.actor import Actor
from portal.record import prescribing
from portal.worklist import Card, home_card, start_page

Status = Encounter.Status
OPEN = (Status.PLANNED, Status.ARRIVED, Status.IN_PROGRESS)

start_page("doctor", "consult:desk")


@home_card("resident")
def my_visits(actor: Actor) -> Iterable[Card]:
    """What is booked stands on top with its next step; booking is a tile."""
    rows = Encounter.objects.visible_to(actor).filter(status__in=OPEN)
    for visit in rows.select_related("practitioner").order_by("promised_at")[:5]:
        yield _card(visit)
    held = Appointment.objects.visible_to(actor).filter(
        status=Appointment.Status.PROPOSED, slot__held_until__gt=timezone.now()
    )
    for appointment in held.select_related("practitioner")[:1]:
        yield Card(
            _("A time is kept for you"),
            reverse("consult:check", args=[appointment.pk]),
            icon="clock",
            text=appointment.practitioner.name,
            when=appointment.start,
            step=_("read it once more and agree"),
            label=_("Go on"),
        )
    yield from _to_agree(actor)
    text = _("Follow-up with your family doctor, from home")
    yield Card(_("See my doctor"), reverse("consult:times"), icon="doctor", text=text, rank=10)
    past = Appointment.objects.visible_to(actor).exclude(status__in=("proposed", "cancelled"))
    if past.exists():
        url = reverse("consult:appointments")
        yield Card(_("My appointments"), url, icon="calendar", rank=30)


def _to_agree(actor: Actor) -> Iterable[Card]:
    """What a doctor plans for more than four weeks and may not sign before a yes (R62)."""
    asked = prescribing.asked_of(actor).filter(status="draft", long_agreed_at=None)
    for row in asked.order_by("authored_on")[:3]:
        yield Card(
            _("Dr %(doctor)s asks for your agreement") % {"doctor": row.practitioner.name},
            reverse("consult:agreement", args=[row.pk]),
            icon="pill",
            when=row.authored_on,
            step=_("read what is planned and say whether you agree"),
            label=_("Read it"),
        )


@home_card("manager")
def left_waiting(actor: Actor) -> Iterable[Card]:
    """How many residents were left waiting, and how many urgent ones were not reached."""
    waits = Appointment.objects.visible_to(actor).filter(
        status=Appointment.Status.ARRIVED, encounter__escalated_at__isnull=False
    )
    duties = EmergencyDuty.objects.visible_to(actor).filter(contacted_at=None)
    text = _("%(waiting)s waiting, %(urgent)s urgent not reached") % {
        "waiting": waits.count(),
        "urgent": duties.count(),
    }
    yield Card(_("Left waiting"), reverse("consult:escalations"), icon="warning", text=text)


@home_card("manager")
def calendar_differs(actor: Actor) -> Iterable[Card]:
    """How many visits stand otherwise in the hospital's calendar."""
    count = HospitalDifference.objects.visible_to(actor).filter(closed_at=None).count()
    text = ngettext("%(count)s visit differs", "%(count)s visits differ", count)
    yield Card(
        _("The hospital's calendar"), reverse("consult:differences"), icon="calendar",
        text=text % {"count": count} if count else _("Both calendars agree."), rank=55,
    )  # fmt: skip


def _card(visit: Encounter) -> Card:
    opens = visit.promised_at - minutes("consult.waiting_room_opens_minutes")
    step = _("we remind you before it begins")
    if visit.status == Status.IN_PROGRESS:
        step = _("your doctor is there: go in")
    elif visit.status == Status.ARRIVED:
        step = _("you are in the waiting room")
    elif opens <= timezone.now():
        step = _("go to the waiting room")
    return Card(
        _("Your visit with Dr %(doctor)s") % {"doctor": visit.practitioner.name},
        reverse("consult:room", args=[visit.pk]),
        icon="chat",
        when=visit.promised_at,
        step=step,
        label=_("Go in"),
    )
