"""What the hospital's system is told of the counter: a medicine is in the resident's hands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.his.connecting import connect
from portal.his.port import Dispense, HisRef
from portal.his.sending import codings_of, name_of
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import GivenUp
from portal.outbox.relaying import OPEN, handles
from portal.record.models import Practitioner, Prescription
from refill.models import MedicationDispense


@handles("his.dispense")
def write_dispense(message: OutboxMessage) -> HisRef:
    """Store that one fill was handed over, once, beside the order that the hospital knows."""
    dispense = MedicationDispense.objects.select_related(
        "line__medication", "substitute", "patient", "organization", "prescription"
    ).get(pk=message.payload["dispense"])
    when = dispense.when_handed_over
    if when is None:
        raise GivenUp("the fill was not handed over")
    if not dispense.patient.his_id:
        raise GivenUp("the resident is not linked to a hospital record")
    port = connect(dispense.organization)
    return port.write_dispense(_told(dispense, when), message.key, again=message.may_have_arrived)


def waits_for(dispense: MedicationDispense) -> OutboxMessage | None:
    """The order goes first (HIS law 1); one that failed for good keeps nobody waiting unseen."""
    message = written(dispense.prescription)
    return message if message and message.state in OPEN else None


def written(prescription: Prescription) -> OutboxMessage | None:
    """The message that tells the hospital of the signed order."""
    form = prescription.signed
    return OutboxMessage.objects.filter(key=form.pk).first() if form else None


def orders_of(prescription: Prescription) -> list[str]:
    """Where the hospital keeps the lines, in their order; empty until it has them."""
    message = written(prescription)
    return message.remote_ref.split(",") if message and message.remote_ref else []


def _told(dispense: MedicationDispense, when: datetime) -> Dispense:
    medication = dispense.product
    packer = Practitioner.objects.filter(user=dispense.packed_by).first()
    return Dispense(
        prescription=_order(dispense),
        patient_id=dispense.patient.his_id,
        text=name_of(medication),
        codings=codings_of(medication),
        quantity=float(dispense.quantity),
        unit=medication.unit,
        when_handed_over=when.astimezone(dispense.organization.zone),
        days_supply=dispense.days_supply,
        receiver=dispense.receiver,
        dispenser_id=packer.his_id if packer else "",
        **_substitution(dispense),
    )


def _substitution(dispense: MedicationDispense) -> dict[str, Any]:
    """That another product was handed out than was written, why, and who answers for it."""
    if dispense.substitute is None:
        return {}
    by = Practitioner.objects.filter(user=dispense.substituted_by).first()
    return {
        "substituted": True,
        "substitution_kind": dispense.substitution_kind,
        "substitution_reason": dispense.substitution_reason,
        "substitution_by": by.his_id if by else "",
    }


def _order(dispense: MedicationDispense) -> HisRef:
    """Where the hospital keeps the line: its orders were written in the order of the lines."""
    names = orders_of(dispense.prescription)
    lines = list(dispense.prescription.lines.values_list("pk", flat=True))
    place = lines.index(dispense.line_id)
    if place >= len(names):
        raise GivenUp("the hospital does not hold the prescription of this fill")
    return HisRef.parse(names[place])
