"""A resident asks for a family doctor; the doctor answers."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from family_doctor import rules
from family_doctor.models import CareTeam, EpisodeOfCare
from family_doctor.workflow import CONTRACT
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.notification.notifying import notify
from portal.record.models import Patient
from portal.workflow import Refused

Status, Reason = EpisodeOfCare.Status, EpisodeOfCare.Reason


def ask(actor: Actor, team: CareTeam) -> EpisodeOfCare:
    """The resident signs and asks the team (R17–R20); asking twice is asking once.

    A full team puts the resident on its waiting list (R23). Raises Refused.
    """
    patient = Patient.objects.visible_to(actor).first()
    if patient is None:
        raise Refused(_("Please confirm who you are first."))
    try:
        with transaction.atomic():
            return _asked(actor, team, patient)
    except IntegrityError:  # two tabs at one moment: the first one counts
        return EpisodeOfCare.objects.asked().get(patient=patient)


def accept(actor: Actor, contract: EpisodeOfCare) -> EpisodeOfCare:
    """The doctor takes the resident on: the contract runs from today (R18). Raises Refused."""
    try:
        with transaction.atomic():
            return _accepted(actor, contract)
    except IntegrityError:
        raise Refused(_("This resident has signed with another doctor.")) from None


@transaction.atomic
def decline(actor: Actor, contract: EpisodeOfCare, answer: str) -> EpisodeOfCare:
    """The doctor cannot take the resident on and says why. Raises Refused."""
    contract = CONTRACT.apply(
        "decline", contract, actor=actor, status_reason=Reason.DECLINED, answer=answer
    )
    notify(
        contract.patient.user,
        "contract-declined",
        event=str(contract.pk),
        doctor=contract.team.doctor.name,
    )
    return contract


def withdraw(actor: Actor, contract: EpisodeOfCare) -> EpisodeOfCare:
    """The resident takes the question back. Raises Refused."""
    taken_back: EpisodeOfCare = CONTRACT.apply(
        "withdraw", contract, actor=actor, status_reason=Reason.OWN_WISH
    )
    return taken_back


def _asked(actor: Actor, team: CareTeam, patient: Patient) -> EpisodeOfCare:
    team = for_update(CareTeam.objects).get(pk=team.pk)
    if earlier := EpisodeOfCare.objects.asked().filter(patient=patient, team=team).first():
        return earlier
    if reason := rules.may_not_ask(actor, team, patient):
        raise Refused(reason)
    start, end = rules.term(team)
    contract = EpisodeOfCare.objects.create(
        organization_id=team.organization_id,
        patient=patient,
        team=team,
        status=Status.WAITLIST if rules.is_full(team) else Status.PLANNED,
        services=team.services,
        start=start,
        end=end,
        signed_at=timezone.now(),
    )
    journal.write(actor, "ask", contract, after=contract.status)
    notify(team.doctor.user, "contract-asked", event=str(contract.pk), person=patient.name)
    return contract


def _accepted(actor: Actor, contract: EpisodeOfCare) -> EpisodeOfCare:
    team = for_update(CareTeam.objects).get(pk=contract.team_id)
    patient = for_update(Patient.objects).get(pk=contract.patient_id)
    start, end = rules.term(team)
    accepted: EpisodeOfCare = CONTRACT.apply(
        "accept", contract, actor=actor, start=start, end=end, accepted_at=timezone.now()
    )
    patient.general_practitioner = team.doctor
    patient.save(update_fields=["general_practitioner"])
    notify(
        patient.user,
        "contract-accepted",
        event=str(accepted.pk),
        doctor=team.doctor.name,
        centre=team.organization.name,
        until=end,
    )
    return accepted
