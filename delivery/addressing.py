"""The address book: written by the resident, for the resident only."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from delivery.models import Address, Zone
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record.models import Patient
from portal.workflow import Refused

MOST = 20  # in one book


@transaction.atomic
def save(actor: Actor, patient: Patient, address: Address, zone: Zone | None) -> Address:
    """Keep a new entry or a changed one; what was chosen before keeps its own copy."""
    patient = for_update(Patient.objects).get(pk=patient.pk)
    is_new = address.created is None
    if is_new and Address.objects.filter(patient=patient).count() >= MOST:
        raise Refused(_("Your address book is full. Please delete an address first."))
    address.patient, address.organization_id = patient, patient.organization_id
    if not is_new and address.zone_id != (zone.pk if zone else None):
        address.latitude = address.longitude = None
    address.zone = zone
    address.save()
    journal.write(actor, "add-address" if is_new else "change-address", address)
    return address


@transaction.atomic
def delete(actor: Actor, address: Address) -> None:
    """Take an entry out of the book; parcels under way keep their own copy."""
    journal.write(actor, "delete-address", address)
    address.delete()
