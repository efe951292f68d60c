"""Another product for the one that was written: only where the profile allows (R84, R164).

The same substance, strength, form, route and pack, no dearer for the fund or the resident, and
not against the doctor's word. Both products stay recorded, with kind, reason and who did it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.payment import insurance, invoicing, prices, refunding
from portal.payment.models import ChargeItem
from portal.record.models import MedicationRequest
from portal.terminology import parameters
from portal.terminology.models import Medication
from portal.workflow import Refused
from refill import holding, stocking, telling
from refill.models import MedicationDispense, SubstitutionKind, SubstitutionReason
from refill.workflow import not_the_pharmacist

PARAMETER = "dispense.substitution_allowed"
MEDICINE = ChargeItem.Kind.MEDICINE


@dataclass(frozen=True, slots=True)
class Option:
    """A product that may be handed out instead, and what the resident pays for it then."""

    medication: Medication
    resident_pays_minor: int


@dataclass(frozen=True, slots=True)
class Swap:
    """What the pharmacist says: which product, how near it is, and why."""

    medication: Medication
    kind: str
    reason: str


def refusal(line: MedicationRequest, medication: Medication) -> str | None:
    """Why this product may not be handed out for this line; None when it may."""
    if medication.pk == line.medication_id:
        return None
    if not parameters.value(PARAMETER):
        return _("Nothing is swapped at the counter. Return it to the doctor.")
    if line.is_substitution_allowed is False:
        return _("The doctor wants exactly what was written. Return it to the doctor.")
    written = line.medication
    if not medication.is_active or _made_of(medication) != _made_of(written):
        return _("It is not the same substance, strength, form and route.")
    if medication.price_minor > written.price_minor:
        return _("It costs the resident more.")
    return None


def product(code: str) -> Medication:
    """The product with this code. Raises Refused."""
    found = Medication.objects.filter(code=code).first()
    if found is None:
        raise Refused(_("There is no such product."))
    return found


def options(dispense: MedicationDispense) -> list[Option]:
    """What may be handed out instead and lies on the shelf, the cheapest first; none in China."""
    line = dispense.line
    if dispense.substitute_id or not parameters.value(PARAMETER):
        return []
    charge, found = _charge(dispense), []
    for one in Medication.objects.filter(atc=line.medication.atc, is_active=True):
        pays = None if one.pk == line.medication_id else _pays(dispense, charge, one)
        on_shelf = stocking.has(line, one)
        if pays is not None and on_shelf and refusal(line, one) is None:
            found.append(Option(one, pays))
    return sorted(found, key=lambda one: (one.resident_pays_minor, one.medication.code))


@transaction.atomic
def substitute(actor: Actor, dispense: MedicationDispense, swap: Swap) -> MedicationDispense:
    """Hand out another product; what it costs less goes back. Raises Refused, OutOfStock."""
    dispense = holding.fill_and_bill(dispense)
    charge = _charge(dispense)
    if reason := not_the_pharmacist(actor, dispense) or _not_now(dispense, swap):
        raise Refused(reason)
    pays = _pays(dispense, charge, swap.medication)
    if reason := refusal(dispense.line, swap.medication):
        raise Refused(reason)
    if pays is None:
        raise Refused(_("It costs the resident more."))
    products = (dispense.product.pk, swap.medication.pk)
    stocking.hold(stocking.shelf(dispense.organization_id, *products))
    stocking.release(dispense.line)
    stocking.reserve(dispense.line, swap.medication)
    _write(actor, dispense, swap)
    if charge and (less := charge.due_minor - pays):
        key = uuid.uuid5(dispense.pk, "substituted")
        refunding.refund_line(actor, charge, less, "substituted", key)
    telling.resident("medicine-substituted", dispense)
    return dispense


def _write(actor: Actor, dispense: MedicationDispense, swap: Swap) -> None:
    dispense.substitute, dispense.substituted_by = swap.medication, actor.user
    dispense.substitution_kind, dispense.substitution_reason = swap.kind, swap.reason
    dispense.save(
        update_fields=["substitute", "substituted_by", "substitution_kind", "substitution_reason"]
    )
    journal.write(
        actor, "substitute", dispense, before=dispense.line.medication.code,
        after=swap.medication.code, kind=swap.kind, reason=swap.reason,
    )  # fmt: skip


def _not_now(dispense: MedicationDispense, swap: Swap) -> str | None:
    if dispense.status != MedicationDispense.Status.PREPARATION:
        return _("This is already: %(status)s.") % {"status": dispense.get_status_display()}
    if dispense.substitute_id or swap.medication.pk == dispense.line.medication_id:
        return _("Choose another product than the one that was written, once.")
    if swap.kind not in SubstitutionKind.values or swap.reason not in SubstitutionReason.values:
        return _("Say how near the product is, and why it is handed out.")
    return None


def _charge(dispense: MedicationDispense) -> ChargeItem | None:
    charged = invoicing.lines_of(dispense.line)
    return next((one for one in charged if one.withdrawn_at is None), None)


def _pays(dispense: MedicationDispense, charge: ChargeItem | None, other: Medication) -> int | None:
    """What the resident pays for the other product; None when it is dearer for somebody."""
    if charge is None:
        return 0
    centre = dispense.organization
    box = prices.charged(centre, MEDICINE, other.code, other.price_minor)
    price = dispense.boxes * box
    shares = insurance.split(dispense.patient, MEDICINE, price, other.code)
    fund = shares.get("fund_minor", 0) if charge.fund_minor else 0
    account = min(charge.personal_account_minor, price - fund)
    pays = max(0, price - fund - account - charge.waived_minor)
    return pays if fund <= charge.fund_minor and pays <= charge.due_minor else None


def _made_of(medication: Medication) -> tuple[Any, ...]:
    parts = {(part["substance"], part["value"], part["unit"]) for part in medication.ingredients}
    return parts, medication.form, medication.route, medication.unit, medication.pack_size
