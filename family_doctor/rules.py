"""Who may sign with whom (R17–R20, R23). Each guard answers with the sentence to read, or None."""

from __future__ import annotations

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from family_doctor.models import CareTeam, EpisodeOfCare
from portal.accounts.actor import Actor
from portal.record.models import Patient, Practitioner
from portal.terminology import parameters

Status = EpisodeOfCare.Status


def active_contract(patient: Patient) -> EpisodeOfCare | None:
    """The contract in force, if there is one."""
    rows = EpisodeOfCare.objects.select_related("team__doctor", "organization")
    return rows.filter(patient=patient, status=Status.ACTIVE).first()


def doctor_of(patient: Patient) -> Practitioner | None:
    """The family doctor of this resident by contract; None without one."""
    contract = active_contract(patient)
    return contract.team.doctor if contract else None


def team_of(patient: Patient) -> CareTeam | None:
    """The team of this resident by contract; None without one."""
    contract = active_contract(patient)
    return contract.team if contract else None


def term(team: CareTeam) -> tuple[date, date]:
    """First and last day of a contract that starts today: the shortest lawful term (R18)."""
    start = team.organization.today()
    months = start.month - 1 + int(parameters.value("contract.min_months"))
    year, month = start.year + months // 12, months % 12 + 1
    return start, _day(year, month, start.day)


def is_full(team: CareTeam) -> bool:
    """Has the team as many residents as it can look after? (R23)"""
    return team.contracts.filter(status=Status.ACTIVE).count() >= team.capacity


def has_no_place(team: CareTeam) -> str | None:
    """A team has a ceiling, so that those it has are looked after (R23)."""
    if is_full(team):
        return _("Your team is full. Decline, or leave the resident on the waiting list.")
    return None


def has_a_contract(patient: Patient) -> str | None:
    """One family doctor at a time (R17)."""
    contract = active_contract(patient)
    if contract is None:
        return None
    return _("%(doctor)s is your family doctor until %(day)s. You can have one at a time.") % {
        "doctor": contract.team.doctor,
        "day": formats.date_format(contract.end),
    }


def has_asked_another(patient: Patient, team: CareTeam) -> str | None:
    """One question at a time: the first one is answered or taken back first."""
    asked = EpisodeOfCare.objects.asked().filter(patient=patient).exclude(team=team)
    if other := asked.select_related("team__doctor").first():
        return _("You have asked %(doctor)s and the answer is still to come.") % {
            "doctor": other.team.doctor
        }
    return None


def is_no_team(team: CareTeam) -> str | None:
    """A contract names a real team and what it does (R19, R20)."""
    if not team.services:
        return _("This team has not said yet what it offers.")
    if not team.other_members:
        return _("This team is not complete: it needs a nurse or a public-health worker.")
    return None


def may_not_ask(actor: Actor, team: CareTeam, patient: Patient) -> str | None:
    """Why this resident cannot ask this team now."""
    return is_no_team(team) or has_a_contract(patient) or has_asked_another(patient, team)


def not_the_doctor(actor: Actor, contract: EpisodeOfCare) -> str | None:
    """Only the team's own doctor answers."""
    if contract.team.doctor.user_id != actor.user_id:
        return _("Only %(doctor)s can answer this.") % {"doctor": contract.team.doctor}
    return None


def may_not_accept(actor: Actor, contract: EpisodeOfCare) -> str | None:
    """The team's own doctor, a free place, and no other contract."""
    if reason := not_the_doctor(actor, contract):
        return reason
    if other := active_contract(contract.patient):
        return _("This resident has signed with %(doctor)s.") % {"doctor": other.team.doctor}
    return has_no_place(contract.team) or is_no_team(contract.team)


def not_the_resident(actor: Actor, contract: EpisodeOfCare) -> str | None:
    """Only the resident takes their own question back."""
    if contract.patient.user_id != actor.user_id:
        return _("Only the resident can take this back.")
    return None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # 29 February, or a month with fewer days
        return date(year + month // 12, month % 12 + 1, 1)
