from datetime import date

import pytest
from django.utils import timezone

from portal.his.errors import Ambiguous
from portal.his.matching import same_name
from portal.his.terms import Found, HisRef, Identifier, PatientFact, Result
from portal.record.models import ConsentText
from tests.factories.people import UserFactory

NUMBER = "310110195503080027"  # a woman, 8 March 1955


class Hospital:
    """A hospital system in memory: as strict about numbers as a real one."""

    def __init__(self):
        self.patients, self.error, self.asked = [], None, 0

    def knows(self, his_id, name, number=NUMBER, born=date(1955, 3, 8), **facts):
        fact = PatientFact(
            HisRef("Patient", his_id),
            name=name,
            names=(name,),
            birth_date=born,
            gender="female",
            identifiers=(Identifier("urn:id", number), Identifier("urn:card", f"MR-{his_id}")),
            **facts,
        )
        self.patients.append(fact)
        return fact

    def find_patient(self, person):
        self.asked += 1
        if self.error:
            raise self.error
        wanted = {item.value for item in person.identifiers}
        same = [p for p in self.patients if wanted & {item.value for item in p.identifiers}]
        alike = [
            p
            for p in self.patients
            if p.birth_date == person.birth_date and same_name(p, person.name)
        ]
        for by, found in (("identifier", same), ("demographics", alike)):
            if len(found) > 1:
                raise Ambiguous(len(found))
            if found:
                return Result(Found(found[0], by), timezone.now())
        return Result(None, timezone.now())


@pytest.fixture
def hospital(monkeypatch):
    system = Hospital()
    for module in ("identity", "deciding"):
        where = "portal.his" if module == "identity" else "portal.registration"
        monkeypatch.setattr(f"{where}.{module}.connect", lambda centre: system)
    return system


@pytest.fixture
def gu(db):
    """She has just signed in for the first time."""
    return UserFactory(role="resident", organization=None, full_name="", phone="+8613812345678")


@pytest.fixture
def qian(centre):
    """The registrar of the centre."""
    return UserFactory(role="registrar", full_name="Qian Yi", organization=centre)


@pytest.fixture
def text(db):
    return ConsentText.objects.create(
        kind="sensitive-data",
        version=3,
        language="en",
        title="Use of health data",
        body="We use…",
        valid_from=timezone.now(),
    )


@pytest.fixture
def form(centre):
    """What Gu types."""
    return {
        "name": "Gu Yan",
        "id_number": NUMBER,
        "organization": str(centre.pk),
        "agreed": "on",
    }
