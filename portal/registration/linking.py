"""Tie an account to the one health record that is this person's, and to no other."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts import sessions
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.his import snapshot
from portal.his.terms import PatientFact
from portal.locking import for_update
from portal.notification.notifying import notify
from portal.organization.models import Organization
from portal.record.models import Patient
from portal.registration import agreeing
from portal.registration.models import Registration
from portal.registration.workflow import IDENTITY
from portal.secrecy import blind_index


class LinkedToAnother(Exception):
    """The record belongs to another account; a registrar decides (never an automatic pick)."""


def link(actor: Actor, row: Registration, fact: PatientFact, *, move: bool = False) -> Patient:
    """Tie the person to this record. Raises LinkedToAnother, unless the registrar may `move` it.

    The number at the telephone says nothing about who somebody is; the record's own number does.
    """
    try:
        with transaction.atomic():
            return _linked(actor, row, fact, move)
    except IntegrityError:
        raise LinkedToAnother from None


def _linked(actor: Actor, row: Registration, fact: PatientFact, move: bool) -> Patient:
    user = for_update(User.objects).get(pk=row.user_id)
    row = for_update(Registration.objects).get(pk=row.pk)
    if row.patient is not None:  # the task ran twice
        return row.patient
    patient = _known(row, fact)
    if patient.user_id not in (None, user.pk):
        if not move:
            raise LinkedToAnother
        _release(patient)
    patient.user, patient.verified_at = user, timezone.now()
    patient.save()
    user.full_name, user.organization = patient.name, patient.organization
    user.save(update_fields=["full_name", "organization"])
    agreeing.keep(row, patient)
    done = timezone.now()
    IDENTITY.apply("confirm", row, actor=actor, patient=patient, decided_on=done, reason="")
    journal.write(actor, "link", patient)
    snapshot.request_refresh(patient)
    centre = patient.organization
    notify(user, "identity-checked", event=str(row.pk), centre=centre.name)
    return patient


def _known(row: Registration, fact: PatientFact) -> Patient:
    """The row of this record, made from the record's own words if it is new here."""
    rows = for_update(Patient.objects)
    same_his = Organization.objects.filter(his_base_url=row.organization.his_base_url)
    known = rows.filter(organization__in=same_his, his_id=fact.ref.id).first()
    if known is None and row.id_number:
        known = rows.filter(id_number_index=blind_index(row.id_number)).first()
    patient = known or Patient(organization=_centre(row, fact), birth_date=row.birth_date)
    patient.his_id = patient.his_id or fact.ref.id
    patient.name = fact.name or row.name
    patient.birth_date = fact.birth_date or row.birth_date
    patient.gender = fact.gender if fact.gender in {"male", "female", "other"} else row.gender
    if row.id_number:
        patient.id_number, patient.id_number_index = row.id_number, blind_index(row.id_number)
    return patient


def _centre(row: Registration, fact: PatientFact) -> Organization:
    """The centre that manages the record; else the one the resident named."""
    same_his = Organization.objects.filter(his_base_url=row.organization.his_base_url)
    managing = same_his.exclude(his_id="").filter(his_id=fact.organization_id).first()
    return managing or row.organization


def _release(patient: Patient) -> None:
    """Take the record off the account that has it: a registrar has seen the person's card."""
    earlier = patient.user
    if earlier is None:
        return
    patient.user = None
    patient.save(update_fields=["user"])
    sessions.end_all(earlier)
