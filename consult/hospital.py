"""What the hospital's system is told of a visit, and what happens when it answers or has news."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consult import booking, differing
from consult.models import Appointment, ConsultationRecord, HospitalDifference, Slot
from consult.telling import tell
from portal.accounts.actor import SYSTEM
from portal.his.connecting import connect
from portal.his.port import AppointmentChange, ConsultationNote, HisRef, SlotFact, SlotTaken
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import GivenUp
from portal.outbox.relaying import handles

Status = Appointment.Status
LIVE = (Status.PROPOSED, Status.BOOKED, Status.ARRIVED)
GONE = ("cancelled", "entered-in-error")
#: What the hospital is told of a note: after an outage there are many, and few columns matter.
TOLD = (
    "pk", "signed_at", "signed_bytes", "signature", "patient__his_id", "practitioner__his_id",
    "encounter__appointment__his_ref", "encounter__appointment__his_version",
)  # fmt: skip
STANDS = ("proposed", "pending", "booked", "arrived", "checked-in")


@handles("his.book")
def book(message: OutboxMessage) -> HisRef | None:
    """Take the time in the hospital too. A time that is taken there is lost here (and said)."""
    appointment = _appointment(message)
    slot = Slot.objects.get(pk=message.payload["slot"])
    is_past = appointment.slot_id != slot.pk or appointment.status == Status.CANCELLED
    if is_past and not message.may_have_arrived:
        return None
    fact = SlotFact(slot.start, slot.end, appointment.practitioner.his_id, _ref(slot.his_ref, ""))
    port = connect(appointment.organization)
    try:
        ref = port.book(
            fact, appointment.patient.his_id, message.key, again=message.may_have_arrived
        )
    except SlotTaken:
        if is_past:
            return None
        lose(appointment)
        raise
    _keep(appointment, ref)
    return ref


@handles("his.cancel")
def cancel(message: OutboxMessage) -> HisRef | None:
    """Give the time back in the hospital; what never arrived there needs nothing."""
    return _change(message, "cancelled", forget=True)


@handles("his.appointment")
def change(message: OutboxMessage) -> HisRef | None:
    """Arrived, fulfilled or not come."""
    return _change(message, message.payload["status"])


@handles("his.consultation")
def write_note(message: OutboxMessage) -> HisRef:
    """The signed note, exactly the bytes that were signed."""
    note = ConsultationRecord.objects.values_list(*TOLD, named=True).get(pk=message.payload["note"])
    if not note.patient__his_id:
        raise GivenUp("the resident is not linked to a hospital record")
    ref = connect(message.organization).write_consultation(
        ConsultationNote(
            patient_id=note.patient__his_id,
            doctor_id=note.practitioner__his_id,
            title=_("Online follow-up"),
            signed_at=(note.signed_at or timezone.now()).astimezone(message.organization.zone),
            content=note.signed_bytes.encode(),
            signature=note.signature,
            appointment=_ref(
                note.encounter__appointment__his_ref, note.encounter__appointment__his_version
            ),
        ),
        message.key,
        again=message.may_have_arrived,
    )
    ConsultationRecord.objects.filter(pk=note.pk).update(his_ref=str(ref), his_version=ref.version)
    return ref


def lose(appointment: Appointment) -> None:
    """The hospital gave the time to somebody else: cancelled here, other times offered."""
    row = Appointment.objects.get(pk=appointment.pk)
    if row.status in LIVE:
        booking.cancel(SYSTEM, row, Appointment.CancelReason.HOSPITAL, by="hospital")


def appointment_changed(
    organizations: list[Any], his_id: str, status: str, start: datetime | None, **_other: Any
) -> None:
    """The clinic cancelled or moved an appointment: everyone is told, the answers are kept."""
    rows = Appointment.objects.filter(
        organization__in=organizations, his_ref=f"Appointment/{his_id}", status__in=LIVE
    )
    for row in rows.select_related("patient__user", "practitioner", "organization"):
        # The echo of a move is about the earlier time, not about this one.
        if status in GONE and start in (None, row.start):
            lose(row)
        elif status in STANDS and start not in (None, row.start) and not is_on_its_way(row):
            follow(row, start)


def follow(row: Appointment, start: datetime) -> HospitalDifference | None:
    """The hospital has the visit at another time: ours goes there too, or a person decides."""
    if booking.follow(row, start):
        return None
    tell("appointment-unclear", row, event=f"{row.pk}:{start.isoformat()}")
    facts = {"his_ref": row.his_ref, "appointment": row, "there": start}
    return differing.note(row.practitioner, differing.Kind.OTHER_TIME, **facts)  # type: ignore[arg-type]


def is_on_its_way(row: Appointment) -> bool:
    """The hospital has not heard our last word about this visit: it cannot know better yet."""
    told = OutboxMessage.objects.filter(
        lane=str(row.patient_id), kind__in=("his.book", "his.cancel")
    ).exclude(state__in=(OutboxMessage.State.DONE, OutboxMessage.State.DISCARDED))
    return any(message.payload.get("appointment") == str(row.pk) for message in told)


def slot_changed(organizations: list[Any], his_id: str, status: str, **_other: Any) -> None:
    """The clinic closed a time of its calendar: nobody can take it here, and who has it is told."""
    slots = Slot.objects.filter(organization__in=organizations, his_ref=f"Slot/{his_id}")
    if status == "free":
        return  # opened by the next look at the calendar
    for slot in slots:
        Slot.objects.filter(pk=slot.pk, status=Slot.Status.FREE).update(
            status=Slot.Status.UNAVAILABLE
        )
        if status == "busy-unavailable":
            for row in Appointment.objects.filter(slot=slot, status__in=LIVE):
                lose(row)


def _change(message: OutboxMessage, status: str, *, forget: bool = False) -> HisRef | None:
    appointment = _appointment(message)
    ref = _ref(appointment.his_ref, appointment.his_version)
    if ref is None:
        return None
    changed = connect(appointment.organization).update_appointment(
        ref, AppointmentChange(status), message.key, again=message.may_have_arrived
    )
    if forget:
        Appointment.objects.filter(pk=appointment.pk, his_ref=str(ref)).update(
            his_ref="", his_version=""
        )
    else:
        _keep(appointment, changed)
    return changed


def _appointment(message: OutboxMessage) -> Appointment:
    return Appointment.objects.select_related("organization", "patient", "practitioner").get(
        pk=message.payload["appointment"]
    )


def _keep(appointment: Appointment, ref: HisRef) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(his_ref=str(ref), his_version=ref.version)


def _ref(text: str, version: str) -> HisRef | None:
    return HisRef.parse(text, version) if text else None
