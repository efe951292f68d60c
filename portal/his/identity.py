"""The real-name link: whose HIS record is this? Two or none are a registrar's, never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from portal.his import errors
from portal.his.connecting import connect
from portal.his.matching import same_name
from portal.his.terms import PatientFact, Person
from portal.organization.models import Organization


@dataclass(frozen=True, slots=True)
class One:
    """The record is this person's; `by` says how it was known: identifier, match, demographics."""

    patient: PatientFact
    by: str


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No record is surely theirs. `reason`: none, or name-differs for a number of somebody else."""

    reason: str = "none"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several records could be theirs."""

    n: int


def find(person: Person, organization: Organization) -> One | NoMatch | Ambiguous:
    """Ask the HIS once. Raises Unavailable and the port's other errors, but not Ambiguous."""
    try:
        found = connect(organization).find_patient(person).value
    except errors.Ambiguous as error:
        return Ambiguous(error.n)
    if found is None:
        return NoMatch()
    if found.by == "identifier" and not _is_same_person(found.patient, person):
        return NoMatch("name-differs")
    return One(found.patient, found.by)


def _is_same_person(patient: PatientFact, person: Person) -> bool:
    """A number alone proves nothing: the name and the birthday must be the record's too."""
    return patient.birth_date == person.birth_date and same_name(patient, person.name)
