"""What must always hold of visits: messages, times, states and files."""

from __future__ import annotations

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from consult.models import (
    Appointment,
    Attachment,
    Communication,
    ConsultationRecord,
    Encounter,
    Slot,
)
from consult.workflow import APPOINTMENT, ENCOUNTER, NOTE
from portal.invariants import files_without_match, keeps, steps_off_the_edges

LIVE = Q(status__in=Appointment.LIVE)


@keeps("I1")
def messages_stored_twice() -> int:
    """More than one message under one key of a sender."""
    keys = Communication.objects.order_by().values("encounter", "client_id")
    return keys.annotate(n=Count("pk")).filter(n__gt=1).count()


@keeps("I3")
def messages_out_of_order() -> int:
    """A message numbered after another one, but written down before it."""
    earlier = Communication.objects.filter(
        encounter=OuterRef("encounter"), seq=OuterRef("seq") - 1, pk__gt=OuterRef("pk")
    )
    return Communication.objects.filter(Exists(earlier)).count()


@keeps("I4")
def conversations_with_a_gap() -> int:
    """The last number, the highest number and the count of messages are one number."""
    messages = Communication.objects.filter(encounter=OuterRef("pk")).order_by().values("encounter")
    counted = Coalesce(Subquery(messages.annotate(n=Count("pk")).values("n")), 0)
    highest = Coalesce(Subquery(messages.annotate(n=Max("seq")).values("n")), 0)
    rooms = Encounter.objects.annotate(counted=counted, highest=highest)
    return rooms.exclude(last_seq=F("counted"), highest=F("counted")).count()


@keeps("I8")
def times_sold_twice() -> int:
    live = Appointment.objects.filter(LIVE).order_by().values("slot").annotate(n=Count("pk"))
    return live.filter(n__gt=1).count()


@keeps("I8")
def appointments_without_their_time() -> int:
    """A live appointment on a free time, on another doctor's, or at another hour."""
    live = Appointment.objects.filter(LIVE)
    astray = (
        Q(slot__status=Slot.Status.FREE)
        | ~Q(slot__practitioner=F("practitioner"))
        | ~Q(slot__start=F("start"))
    )
    return live.filter(astray).count()


@keeps("I8")
def cancelled_times_never_freed() -> int:
    """A visit that was stopped did use its time; every other cancelled one gives it back."""
    cancelled = Appointment.objects.filter(slot=OuterRef("pk"), status="cancelled").exclude(
        status_reason=Appointment.CancelReason.STOPPED
    )
    live = Appointment.objects.filter(LIVE, slot=OuterRef("pk"))
    kept = Slot.objects.filter(status=Slot.Status.BUSY)
    return kept.filter(Exists(cancelled), ~Exists(live)).count()


@keeps("I11")
def steps_off_their_edges() -> int:
    return (
        steps_off_the_edges(Appointment._meta.label, APPOINTMENT)
        + steps_off_the_edges(Encounter._meta.label, ENCOUNTER)
        + steps_off_the_edges(ConsultationRecord._meta.label, NOTE)
    )


@keeps("I14")
def pictures_without_their_rows() -> int:
    return files_without_match(Attachment, "file", "conversation")
