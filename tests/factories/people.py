from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from portal.accounts.models import User
from portal.organization.models import Organization
from portal.record.models import Patient, Practitioner


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Yanghang Community Health Centre {n}")
    telecom = "021-56000001"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    full_name = "Somebody"
    organization = factory.SubFactory(OrganizationFactory)


class PractitionerFactory(DjangoModelFactory):
    class Meta:
        model = Practitioner

    name = "Li Wei"
    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(
        UserFactory,
        role=User.Role.DOCTOR,
        full_name=factory.SelfAttribute("..name"),
        organization=factory.SelfAttribute("..organization"),
    )
    title = Practitioner.Title.ATTENDING
    department = "General practice"
    licence_number = factory.Sequence(lambda n: f"110310000{n:06d}")
    licence_until = date(2099, 12, 31)
    independent_since = date(2010, 1, 1)
    institution_consents = True
    his_id = factory.Sequence(lambda n: f"doctor-{n}")


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = Patient

    name = "Chen Guilan"
    birth_date = date(1955, 3, 8)
    gender = "female"
    organization = factory.SelfAttribute("general_practitioner.organization")
    general_practitioner = factory.SubFactory(PractitionerFactory)
    his_id = factory.Sequence(lambda n: f"patient-{n}")
    user = factory.SubFactory(
        UserFactory,
        role=User.Role.RESIDENT,
        full_name=factory.SelfAttribute("..name"),
        organization=factory.SelfAttribute("..organization"),
    )
