"""What a health record says, for tests."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.record.models import AllergyIntolerance, RecordSection
from portal.terminology.models import Frequency, Medication
from tests.factories import centre_day


class RecordSectionFactory(DjangoModelFactory):
    """One section as last read; `facts` are facts of portal.record.facts."""

    class Meta:
        model = RecordSection
        exclude = ["facts"]

    facts = ()
    section = RecordSection.Section.ALLERGIES
    entries = factory.LazyAttribute(lambda row: [plain(asdict(fact)) for fact in row.facts])
    as_of = factory.LazyFunction(timezone.now)


class AllergyFactory(DjangoModelFactory):
    """An answer that a doctor wrote down."""

    class Meta:
        model = AllergyIntolerance

    organization = factory.SelfAttribute("patient.organization")
    substance = "penicillin"
    recorded = factory.LazyFunction(timezone.now)
    recorder = factory.SelfAttribute("patient.general_practitioner")


def record_of(patient, as_of=None, **sections):
    """Give the patient a record: `allergies=[...], medicines=[...]`; the rest stays unknown."""
    for name, facts in sections.items():
        RecordSection.objects.filter(patient=patient, section=name).delete()
        RecordSectionFactory(
            patient=patient, section=name, facts=facts, as_of=as_of or timezone.now()
        )


def medicine(name, form=None):
    """A medicine of the loaded catalogue by its English name, "Metformin" for short."""
    rows = Medication.objects.filter(name_en__istartswith=name)
    return (rows.filter(form=form) if form else rows).order_by("code")[0]


def often(code):
    return Frequency.objects.get(code=code)


def plain(value):
    """Facts as the JSON that a section keeps."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def days_ago(days):
    return centre_day.today() - timedelta(days=days)
