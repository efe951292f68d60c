"""Chen's signed prescription, the pharmacist who reviews it, and boxes on the shelf."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.actor import SYSTEM
from portal.payment import invoicing
from portal.record import prescribing, signing
from portal.record.facts import AllergyFact, MedicineFact
from portal.record.models import Practitioner
from refill import reviewing, stocking
from refill.models import MedicationDispense, PrescriptionReview, ReviewFinding
from tests.factories import centre_day
from tests.factories.counter import StockItemFactory
from tests.factories.people import PractitionerFactory
from tests.factories.record import days_ago, medicine, often, record_of
from tests.portal.record.conftest import PASSWORD, session_of
from tests.refill.asking import asked, key, registrar, seat  # noqa: F401 - fixtures

GOOD = [reviewing.Finding(block, True) for block in ReviewFinding.Block.values]


TAKEN = MedicineFact(
    text="Amlodipine 5 mg", atc="C08CA01", status="active", authored=days_ago(25), days_supply=28,
    reference="MedicationRequest/1",
)  # fmt: skip


@pytest.fixture
def pharmacist(sun):
    """Sun Li's licence."""
    return PractitionerFactory(
        user=sun, organization=sun.organization, title=Practitioner.Title.PHARMACIST, name="Sun Li"
    )


@pytest.fixture
def prescription(catalogue, actor, chen, dr_li):
    """four weeks of amlodipine, signed by Dr Li."""
    none_known = AllergyFact("", none_known=True)
    record_of(chen, allergies=[none_known], medicines=[TAKEN], observations=[])
    draft = prescribing.draft(actor(dr_li), chen, None, "I10")
    prescribing.add_line(
        actor(dr_li), draft, medicine("Amlodipine"), 1, often("qd"), 28, days_reason="stable"
    )
    opened = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    return prescribing.sign(actor(dr_li), draft, opened)


@pytest.fixture
def line(prescription):
    return prescription.lines.get()


@pytest.fixture
def review(prescription):
    return PrescriptionReview.objects.get(prescription=prescription)


@pytest.fixture
def shelf(line):
    """Ten boxes of one lot that lasts a year."""
    return StockItemFactory(
        organization=line.organization,
        medication=line.medication,
        expires=centre_day.today() + timedelta(days=365),
        boxes=10,
    )


@pytest.fixture
def dispense(actor, pharmacist, review, shelf, line):
    """Passed and paid: to be packed."""
    reviewing.pass_(actor(pharmacist), review, GOOD)
    invoice = invoicing.open_for(line.patient)
    charge = invoice.lines.get()
    invoicing.waive(SYSTEM, charge, charge.cash_minor, "for the test")
    invoicing.issue(SYSTEM, invoice)
    return MedicationDispense.objects.get(line=line)


@pytest.fixture
def need(line):
    return stocking.boxes_for(line)
