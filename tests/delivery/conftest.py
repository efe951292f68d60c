"""Chen's packed medicine, an address, a promised time, and the courier who may carry it."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

import pytest

from delivery import choosing, dispatch, handover, telling
from delivery.models import SupplyDelivery
from portal.accounts.actor import SYSTEM
from portal.accounts.models import User
from portal.payment import invoicing
from portal.record import prescribing, signing
from refill import dispensing, reviewing
from refill.dispensing import CHECKS, Packing
from refill.models import MedicationDispense, PrescriptionReview
from tests.factories import centre_day
from tests.factories.counter import StockItemFactory
from tests.factories.parcels import AddressFactory, CourierFactory, WindowFactory, ZoneFactory
from tests.factories.people import UserFactory
from tests.factories.record import medicine, often
from tests.portal.record.conftest import PASSWORD, session_of
from tests.refill.conftest import (  # noqa: F401 - the fixtures of the counter
    GOOD,
    line,
    need,
    pharmacist,
    prescription,
    review,
    shelf,
)


@pytest.fixture
def zone(centre):
    return ZoneFactory(organization=centre)


@pytest.fixture
def spans(centre):
    """Two promised times a day."""
    WindowFactory(organization=centre, start=time(9), end=time(12))
    WindowFactory(organization=centre, start=time(14), end=time(18))
    return choosing.windows(centre)


@pytest.fixture
def address(chen, zone):
    return AddressFactory(patient=chen, zone=zone)


@pytest.fixture
def bill(actor, pharmacist, review, shelf, line):  # noqa: F811
    """The pharmacist has passed it: the medicine is on the bill, at no price for these tests."""
    reviewing.pass_(actor(pharmacist), review, GOOD)
    invoice = invoicing.open_for(line.patient)
    charge = invoice.lines.get()
    invoicing.waive(SYSTEM, charge, charge.cash_minor, "for the test")
    return invoice


@pytest.fixture
def carrier(wu):
    return CourierFactory(user=wu)


@pytest.fixture
def other_courier(centre):
    user = UserFactory(role=User.Role.COURIER, full_name="Zheng Hao", organization=centre)
    CourierFactory(user=user)
    return user


@pytest.fixture
def pack(actor, pharmacist):  # noqa: F811
    """Pack every fill that waits."""

    def everything(seal="SEAL-1"):
        for fill in MedicationDispense.objects.to_pack():
            codes = tuple(f"BOX-{uuid.uuid4().hex[:8]}" for _box in range(fill.boxes))
            dispensing.pack(actor(pharmacist), fill, Packing(tuple(CHECKS), codes, seal))

    return everything


@pytest.fixture
def choose(actor, bill, chen, address, spans):
    def this_way(mode="courier", **more):
        brought = {"address": address, "window": spans[0]} if mode != "pick-up" else {}
        return choosing.choose(actor(chen), bill, mode, **{**brought, **more})

    return this_way


@pytest.fixture
def parcel(choose, pack, carrier):
    """Paid, packed, sealed: nobody carries it yet."""
    choose()
    pack()
    return SupplyDelivery.objects.get()


@pytest.fixture
def named(choose, pack, carrier):
    """A parcel to her neighbour, who was named in advance."""
    choose("receiver", receiver=choosing.Receiver("Xu Meifang 许美芳", "+8613800001002"))
    pack()
    return SupplyDelivery.objects.get()


@pytest.fixture
def set_out(actor, wu):
    """Wu takes a parcel and sets out with it."""

    def with_it(row):
        row = dispatch.claim(actor(wu), row)
        return handover.start(actor(wu), row, scanned=row.number)

    return with_it


@pytest.fixture
def out(parcel, set_out):
    return set_out(parcel)


@pytest.fixture
def confirm(actor, wu):
    def at_the_door(row, **said):
        said = {"seal_intact": True, "client_id": uuid.uuid4(), **said}
        return handover.confirm(actor(wu), row, **said)

    return at_the_door


@pytest.fixture
def fail(actor, wu):
    def at_the_door(row, reason="not-home", client_id=None):
        return handover.failed(actor(wu), row, reason, client_id or uuid.uuid4())

    return at_the_door


@pytest.fixture
def telephone_said(monkeypatch):
    """What the gateway was given when an outbox message is sent."""
    sent = []
    monkeypatch.setattr(telling.telephone, "send", lambda to, text, key: sent.append((to, text)))

    def after(message):
        telling.say_code(message)
        return sent

    return after


@pytest.fixture
def second_medicine(actor, pharmacist, bill, chen, dr_li):  # noqa: F811
    """Metformin, signed, passed, and on the same bill."""
    draft = prescribing.draft(actor(dr_li), chen, None, "E11")
    prescribing.add_line(actor(dr_li), draft, medicine("Metformin"), 1, often("bid"), 7)
    for alert in prescribing.unanswered(draft, prescribing.alerts(draft)):
        prescribing.override(
            actor(dr_li), draft, alert.key, "continues-therapy", "stable for years"
        )
    key = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    form = prescribing.sign(actor(dr_li), draft, key)
    extra = form.lines.get()
    StockItemFactory(
        organization=extra.organization, medication=extra.medication, boxes=20,
        expires=centre_day.today() + timedelta(days=365),
    )  # fmt: skip
    reviewing.pass_(actor(pharmacist), PrescriptionReview.objects.get(prescription=form), GOOD)
    charge = bill.lines.get(entity_id=str(extra.pk))
    invoicing.waive(SYSTEM, charge, charge.cash_minor, "for the test")
    return extra
