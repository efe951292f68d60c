from __future__ import annotations

from datetime import date, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from consult.models import Appointment, BookingDraft, Encounter, Schedule, Slot
from tests.factories import centre_day
from tests.factories.people import PatientFactory


class ScheduleFactory(DjangoModelFactory):
    class Meta:
        model = Schedule

    organization = factory.SelfAttribute("practitioner.organization")
    weekday = 0
    start = time(8)
    end = time(10)
    valid_from = date(2020, 1, 1)


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = Slot

    organization = factory.SelfAttribute("practitioner.organization")
    start = factory.Sequence(
        lambda n: (
            timezone.now().replace(minute=0, second=0, microsecond=0)
            + timedelta(minutes=15 * (n % 300 + 4))
        )
    )
    end = factory.LazyAttribute(lambda slot: slot.start + timedelta(minutes=15))


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    patient = factory.SubFactory(PatientFactory)
    practitioner = factory.SelfAttribute("patient.general_practitioner")
    organization = factory.SelfAttribute("patient.organization")
    slot = factory.SubFactory(
        SlotFactory, practitioner=factory.SelfAttribute("..practitioner"), status=Slot.Status.BUSY
    )
    start = factory.SelfAttribute("slot.start")
    status = Appointment.Status.BOOKED


class EncounterFactory(DjangoModelFactory):
    class Meta:
        model = Encounter

    appointment = factory.SubFactory(AppointmentFactory)
    patient = factory.SelfAttribute("appointment.patient")
    practitioner = factory.SelfAttribute("appointment.practitioner")
    organization = factory.SelfAttribute("appointment.organization")
    promised_at = factory.SelfAttribute("appointment.start")


class BookingDraftFactory(DjangoModelFactory):
    """Everything is answered: only the time is missing."""

    class Meta:
        model = BookingDraft

    evidence = factory.LazyFunction(
        lambda: [
            {
                "icd10": "I10",
                "text": "Hypertension",
                "day": centre_day.today().isoformat(),
                "source": "his",
                "reference": "",
            }
        ]
    )
    reason_codes = ["check-up"]
    chosen_at = factory.LazyFunction(timezone.now)
    answered_at = factory.LazyFunction(timezone.now)
