"""A registrar decides with the card in hand what the hospital system could not."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.his.connecting import connect
from portal.his.errors import Ambiguous, HisError
from portal.his.terms import Identifier, PatientFact, Person
from portal.notification.notifying import notify
from portal.organization.models import Organization
from portal.record.models import Patient
from portal.registration import linking
from portal.registration.models import Registration
from portal.registration.workflow import IDENTITY
from portal.workflow import Refused


def look_up(row: Registration, record_number: str) -> PatientFact:
    """The record with this number in the hospital system. Raises Refused with the sentence."""
    person = Person(row.name, row.birth_date, row.gender, (Identifier("", record_number),))
    try:
        found = connect(row.organization).find_patient(person).value
    except Ambiguous:
        raise Refused(_("Several records have this number.")) from None
    except HisError:
        raise Refused(
            _("The hospital system does not answer now. Please try again in a while.")
        ) from None
    if found is None or found.by != "identifier":
        raise Refused(_("No record has this number. Please compare it once more."))
    return found.patient


def is_taken(row: Registration, fact: PatientFact) -> bool:
    """Is another account linked to this record?"""
    same_his = Organization.objects.filter(his_base_url=row.organization.his_base_url)
    rows = Patient.objects.filter(organization__in=same_his, his_id=fact.ref.id)
    return rows.exclude(user=None).exclude(user=row.user).exists()


def confirm(actor: Actor, row: Registration, record_number: str, *, move: bool = False) -> Patient:
    """Link the person to the record, taking it off another account only when told to.

    Raises Refused. Asks the hospital system before any lock is taken.
    """
    if reason := IDENTITY.refusal("confirm", row, actor):
        raise Refused(reason)
    fact = look_up(row, record_number)
    try:
        return linking.link(actor, row, fact, move=move)
    except linking.LinkedToAnother:
        raise Refused(
            _("Another account is linked to this record. Move it only if the card is the person's.")
        ) from None


@transaction.atomic
def reject(actor: Actor, row: Registration, note: str) -> Registration:
    """Not confirmed: the resident reads why and may try again. Raises Refused."""
    rejected: Registration = IDENTITY.apply(
        "reject", row, actor=actor, note=note, decided_on=timezone.now()
    )
    centre = rejected.organization
    notify(
        rejected.user,
        "identity-not-found",
        event=str(rejected.pk),
        centre=centre.name,
        telephone=centre.telecom,
    )
    return rejected
