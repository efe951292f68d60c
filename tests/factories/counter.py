from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.record.models import MedicationRequest, Prescription
from portal.terminology.models import Frequency, Medication
from refill.models import (
    DispenseLot,
    MedicationDispense,
    PickUp,
    PrescriptionReview,
    RefillRequest,
    StockItem,
)
from tests.factories import centre_day
from tests.factories.people import PatientFactory


class MedicationFactory(DjangoModelFactory):
    class Meta:
        model = Medication

    code = factory.Sequence(lambda n: f"TEST{n:04d}")
    name_en = "amlodipine"
    name_zh = "氨氯地平"
    form = Medication.Form.TABLET
    unit = Medication.Unit.TABLET
    ingredients = [
        {
            "substance": "amlodipine",
            "value": "5",
            "unit": "mg",
            "max_single": "10",
            "max_daily": "10",
        }
    ]
    pack_size = Decimal(14)
    route = Medication.Route.ORAL
    atc = "C08CA01"
    price_minor = 1380


class FrequencyFactory(DjangoModelFactory):
    class Meta:
        model = Frequency
        django_get_or_create = ("code",)

    code = "once-a-day-test"
    name_en = "once a day"
    name_zh = "一日一次"
    explanation_en = "once a day, in the morning"
    explanation_zh = "每天早上一次"
    doses_per_day = Decimal(1)


class PrescriptionFactory(DjangoModelFactory):
    """A draft; a signed one is made through the deed."""

    class Meta:
        model = Prescription

    patient = factory.SubFactory(PatientFactory)
    organization = factory.SelfAttribute("patient.organization")
    practitioner = factory.SelfAttribute("patient.general_practitioner")
    diagnosis = [{"code": "I10", "name_en": "Hypertension", "name_zh": "高血压"}]
    authored_on = factory.LazyFunction(timezone.now)


class LineFactory(DjangoModelFactory):
    class Meta:
        model = MedicationRequest

    prescription = factory.SubFactory(PrescriptionFactory)
    patient = factory.SelfAttribute("prescription.patient")
    organization = factory.SelfAttribute("prescription.organization")
    position = 1
    medication = factory.SubFactory(MedicationFactory)
    dose = Decimal(1)
    dose_unit = "tablet"
    frequency = factory.SubFactory(FrequencyFactory)
    days = 28
    quantity = Decimal(28)


class StockItemFactory(DjangoModelFactory):
    class Meta:
        model = StockItem

    medication = factory.SubFactory(MedicationFactory)
    lot_number = factory.Sequence(lambda n: f"LOT{n}")
    expires = factory.LazyFunction(lambda: centre_day.today() + timedelta(days=365))
    boxes = 10


class DispenseFactory(DjangoModelFactory):
    """A fill in the resident's hands."""

    class Meta:
        model = MedicationDispense

    line = factory.SubFactory(LineFactory)
    organization = factory.SelfAttribute("line.organization")
    prescription = factory.SelfAttribute("line.prescription")
    patient = factory.SelfAttribute("line.patient")
    status = "completed"
    boxes = 1
    quantity = Decimal(28)
    days_supply = 28
    packed_at = factory.LazyFunction(timezone.now)
    packed_by = factory.SelfAttribute("line.prescription.practitioner.user")
    when_handed_over = factory.LazyFunction(timezone.now)


class RefillRequestFactory(DjangoModelFactory):
    """Somebody asked for more of one medicine an hour ago."""

    class Meta:
        model = RefillRequest

    patient = factory.SubFactory(PatientFactory)
    organization = factory.SelfAttribute("patient.organization")
    basket = factory.LazyFunction(uuid.uuid4)
    medication = factory.SubFactory(MedicationFactory)
    medicine_key = factory.LazyAttribute(lambda row: "+".join(sorted(row.medication.substances)))
    triage = "repeat"
    rule = "R64"
    sentence = "You can ask for this medicine now."
    days = 28
    asked_by = factory.SelfAttribute("patient.user")
    authored_on = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=23))


def counter_rows(patient, doctor, pharmacist):
    """One row of each kind at the counter, by name: review, dispense, bag, pick_up, stock_item."""
    until = timezone.now() + timedelta(hours=5)
    form = PrescriptionFactory(patient=patient, practitioner=doctor)
    lines = [LineFactory(prescription=form, position=place) for place in (1, 2)]
    Prescription.objects.filter(pk=form.pk).update(
        status="effective", signed_at=timezone.now(), valid_until=until
    )
    shared = {"organization": patient.organization, "patient": patient}
    review = PrescriptionReview.objects.create(
        **shared, prescription=form, version=1, prescriber=doctor, due_at=until
    )
    made = {**shared, "prescription": form, "boxes": 2, "quantity": 28, "days_supply": 28}
    dispense = MedicationDispense.objects.create(line=lines[0], **made)
    bag = MedicationDispense.objects.create(
        line=lines[1], status="in-progress", packed_at=timezone.now(), packed_by=pharmacist, **made
    )
    item = StockItemFactory(organization=patient.organization, medication=lines[0].medication)
    DispenseLot.objects.create(dispense=bag, item=item, boxes=2)
    pick_up = PickUp.objects.create(**shared, code="123456")
    return {
        "returned": PrescriptionFactory(
            patient=patient, practitioner=doctor, status="returned", status_reason="the dose"
        ),
        "review": review,
        "dispense": dispense,
        "bag": bag,
        "pick_up": pick_up,
        "stock_item": item,
    }
