"""The telephone desk and the counter: find the resident who asks, and only that one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.accounts import phones
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.record.models import Patient
from portal.secrecy import blind_index
from portal.workflow import Refused
from refill.workflow import DESK

RELATED = ("organization", "general_practitioner", "user")


@transaction.atomic
def find(actor: Actor, number: str, birth_date: date) -> Patient:
    """The resident of this centre (a doctor's: of the panel) with this number and birthday.

    Both must fit; each look is written down. Raises Refused, the same for every miss.
    """
    if actor.role == User.Role.DOCTOR:
        people = Patient.objects.visible_to(actor)
    elif actor.role in DESK:
        people = Patient.objects.filter(organization=actor.organization_id)
    else:
        raise Refused(_("You cannot ask for this person."))
    people = people.filter(birth_date=birth_date)
    found = list(people.select_related(*RELATED).filter(_numbered(number.strip()))[:2])
    if len(found) != 1:
        raise Refused(_("Nobody here has this number and this birthday. Ask once more."))
    journal.write(actor, "look", found[0], reason="refill-desk")
    return found[0]


def person(actor: Actor, pk: UUID, found: set[str]) -> Patient | None:
    """The resident a member of staff may ask for: found just now, or of the doctor's panel."""
    if actor.role == User.Role.DOCTOR:
        return Patient.objects.visible_to(actor).select_related(*RELATED).filter(pk=pk).first()
    if actor.role not in DESK or str(pk) not in found:
        return None
    rows = Patient.objects.filter(organization=actor.organization_id, pk=pk)
    return rows.select_related(*RELATED).first()


def _numbered(number: str) -> Q:
    """By record number, identity number or telephone; nothing for nothing."""
    if not number:
        return Q(pk__in=())
    try:
        phone = phones.parse(number)
    except phones.NotANumber:
        phone = ""
    by_phone = Q(user__phone_index=blind_index(phone)) if phone else Q(pk__in=())
    return Q(his_id__iexact=number) | Q(id_number_index=blind_index(number)) | by_phone
