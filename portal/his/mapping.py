"""Under which ids the HIS knows the people of a message; a wrong one is put right, sent again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.his.connecting import connect
from portal.his.errors import HisError, NotFound
from portal.his.matching import same_name
from portal.his.port import HisPort
from portal.outbox import deciding
from portal.outbox.models import OutboxMessage
from portal.record.models import Patient, Practitioner, Prescription
from portal.workflow import Refused

LONGEST = 64
WhoseDoctor = Callable[[str], Practitioner | None]
_doctors: dict[str, WhoseDoctor] = {}


@dataclass(frozen=True, slots=True)
class Mapped:
    """The resident and the doctor a message is about; a part that it does not name is None."""

    patient: Patient | None
    doctor: Practitioner | None


def doctor_by(name: str) -> Callable[[WhoseDoctor], WhoseDoctor]:
    """Register how the doctor is found of a message whose payload names this row."""

    def register(source: WhoseDoctor) -> WhoseDoctor:
        _doctors[name] = source
        return source

    return register


@doctor_by("prescription")
def _prescriber(key: str) -> Practitioner | None:
    row = Prescription.objects.select_related("practitioner").filter(pk=key).first()
    return row.practitioner if row else None


def of(message: OutboxMessage) -> Mapped:
    """The lane of a message to the HIS is its resident."""
    if not message.kind.startswith("his."):
        return Mapped(None, None)
    try:
        patient = Patient.objects.filter(
            pk=uuid.UUID(message.lane), organization_id=message.organization_id
        ).first()
    except ValueError:
        patient = None
    found = (source(message.payload[name]) for name, source in _doctors.items()
             if name in message.payload)  # fmt: skip
    return Mapped(patient, next(found, None))


def correct(actor: Actor, message: OutboxMessage, patient_id: str, doctor_id: str) -> OutboxMessage:
    """Put the ids right and send the message again.

    The HIS is asked first, outside every transaction: a record is only taken whose name and
    birthday are the resident's. Raises Refused.
    """
    mapped = of(message)
    if message.state not in deciding.STUCK:
        raise Refused(_("This is already: %(status)s.") % {"status": message.get_state_display()})
    port = connect(message.organization)
    try:
        patient_id = _proved(port, mapped.patient, patient_id)
        _known(port, mapped.doctor, doctor_id)
    except NotFound:
        raise Refused(_("The hospital has no record with this number.")) from None
    except HisError:
        raise Refused(_("The hospital does not answer now. Nothing was changed.")) from None
    return _kept(actor, message, mapped, patient_id, doctor_id)


def _proved(port: HisPort, patient: Patient | None, his_id: str) -> str:
    """The living record of this very person. Raises Refused, HisError."""
    if patient is None or his_id == patient.his_id:
        return his_id
    if not his_id or len(his_id) > LONGEST:
        raise Refused(_("Write the number of the hospital's record."))
    record = port.patient(his_id).value
    if record.birth_date != patient.birth_date or not same_name(record, patient.name):
        raise Refused(_("This record belongs to somebody else: name or birthday differ."))
    return record.ref.id


def _known(port: HisPort, doctor: Practitioner | None, his_id: str) -> None:
    if doctor is None or his_id == doctor.his_id:
        return
    facts = {fact.ref.id: fact for fact in port.directory().value}
    if his_id not in facts:
        raise Refused(_("The hospital knows no doctor with this number."))


@transaction.atomic
def _kept(
    actor: Actor, message: OutboxMessage, mapped: Mapped, patient_id: str, doctor_id: str
) -> OutboxMessage:
    changes = {}
    for row, his_id in ((mapped.patient, patient_id), (mapped.doctor, doctor_id)):
        if row is None or row.his_id == his_id:
            continue
        others = type(row).objects.filter(organization_id=row.organization_id, his_id=his_id)
        if others.exclude(pk=row.pk).exists():
            raise Refused(_("Somebody else here already has this number."))
        type(row).objects.filter(pk=row.pk).update(his_id=his_id)
        changes[type(row).__name__.lower()] = f"{row.his_id} → {his_id}"
    sent = deciding.retry(actor, message)
    journal.write(actor, "edit-mapping", sent, **changes)
    return sent
