"""Another product at the counter: never in China, by its rules elsewhere (R84, R164)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from portal.accounts.actor import SYSTEM
from portal.his.terms import Dispense, HisRef
from portal.his.wire import outbound
from portal.payment import invoicing
from portal.payment.models import Refund
from portal.record import prescribing, signing
from portal.record.models import MedicationRequest
from portal.terminology import parameters
from portal.terminology.models import RuleParameter
from portal.workflow import Refused
from refill import dispensing, handing, hospital, reviewing, stocking, substituting
from refill.models import MedicationDispense, StockItem
from refill.substituting import PARAMETER, Swap
from tests.factories import centre_day
from tests.factories.counter import MedicationFactory, StockItemFactory
from tests.factories.money import paid_bill
from tests.factories.record import medicine, often
from tests.portal.record.conftest import PASSWORD, session_of
from tests.refill.conftest import GOOD
from tests.refill.test_dispense import packing

COPIED = ("name_en", "name_zh", "ingredients", "form", "route", "unit", "pack_size", "atc",
          "price_minor")  # fmt: skip


@pytest.fixture
def allowed(db):
    """The profile of this place allows another product."""
    RuleParameter.objects.create(
        profile="CN-SH", key=PARAMETER, value=True, source="for the test",
        valid_from=date(2026, 1, 2),
    )  # fmt: skip
    parameters.forget()
    yield
    parameters.forget()


@pytest.fixture
def paid(actor, pharmacist, review, shelf, line):
    """Passed, and paid with money: to be packed."""
    reviewing.pass_(actor(pharmacist), review, GOOD)
    paid_bill(invoicing.issue(SYSTEM, invoicing.open_for(line.patient)))
    return MedicationDispense.objects.get(line=line)


@pytest.fixture
def other(line):
    """The same composition of another maker, a little cheaper, on the shelf."""
    return another(line)


def another(line, boxes=10, **change):
    written = line.medication
    facts = {name: getattr(written, name) for name in COPIED}
    facts["price_minor"] = written.price_minor - 80
    product = MedicationFactory(**(facts | change))
    StockItemFactory(
        organization=line.organization, medication=product, boxes=boxes,
        expires=centre_day.today() + timedelta(days=365),
    )  # fmt: skip
    return product


def swap(product, kind="BC", reason="OS"):
    return Swap(product, kind, reason)


def test_the_parameter_of_slovakia_turns_it_on_and_that_of_china_does_not(db):
    assert parameters.value(PARAMETER, profile="SK") is True
    assert parameters.value(PARAMETER, profile="CN-SH") is False


def test_in_china_it_is_never_offered_and_refused_with_the_rule(as_person, sun, paid, other):
    client = as_person(sun)
    page = client.get(reverse("refill:pack", args=[paid.pk])).content.decode()
    assert "Another product" not in page and substituting.options(paid) == []
    said = {"medication": other.code, "kind": "BC", "reason": "OS"}
    answer = client.post(reverse("refill:substitute", args=[paid.pk]), said)
    assert answer.status_code == 409
    assert "Nothing is swapped at the counter" in answer.content.decode()
    paid.refresh_from_db()
    assert paid.substitute is None


TABLE = [
    ({}, True),
    ({"price_minor": 0}, True),
    ({"price_minor": 10**6}, False),
    ({"form": "capsule"}, False),
    ({"route": "nasal"}, False),
    ({"unit": "capsule"}, False),
    ({"pack_size": 3}, False),
    ({"atc": "C08CA02"}, False),
    ({"is_active": False}, False),
    ({"boxes": 0}, False),
    ({"ingredients": [{"substance": "amlodipine", "value": "10", "unit": "mg"}]}, False),
    ({"ingredients": [{"substance": "felodipine", "value": "5", "unit": "mg"}]}, False),
]


@pytest.mark.parametrize(("change", "offered"), TABLE, ids=str)
def test_what_is_offered(allowed, paid, line, change, offered):
    product = another(line, **change)
    assert [one.medication for one in substituting.options(paid)] == [product] * offered


def test_both_products_are_recorded_and_the_difference_goes_back_once(
    allowed, as_person, actor, sun, pharmacist, paid, other, line, monkeypatch
):
    client = as_person(sun)
    assert other.code in client.get(reverse("refill:pack", args=[paid.pk])).content.decode()
    said = {"medication": other.code, "kind": "BC", "reason": "OS"}
    for _twice in range(2):
        client.post(reverse("refill:substitute", args=[paid.pk]), said)
    paid.refresh_from_db()
    assert (paid.line.medication, paid.product) == (line.medication, other)
    assert (paid.substitution_kind, paid.substitution_reason) == ("BC", "OS")
    assert paid.substituted_by == sun
    assert Refund.objects.get().amount_minor == 80 * paid.boxes
    assert StockItem.objects.get(medication=other).reserved == paid.boxes
    assert StockItem.objects.get(medication=line.medication).reserved == 0
    dispensing.pack(actor(pharmacist), paid, packing())
    handing.hand_over(actor(pharmacist), paid)
    monkeypatch.setattr(hospital, "_order", lambda fill: HisRef.parse("MedicationRequest/1"))
    told = hospital._told(paid, timezone.now())
    assert told.substituted and told.text.startswith(other.name_en)


def test_the_doctors_word_is_kept(allowed, catalogue, actor, dr_li, pharmacist, chen, prescription):
    assert prescribing.is_intact(prescription)  # what was signed before still verifies
    draft = prescribing.draft(actor(dr_li), chen, None, "E11")
    line = prescribing.add_line(
        actor(dr_li), draft, medicine("Metformin"), 1, often("bid"), 7,
        is_substitution_allowed=False,
    )  # fmt: skip
    for alert in prescribing.unanswered(draft, prescribing.alerts(draft)):
        prescribing.override(actor(dr_li), draft, alert.key, "other", "known for years")
    key = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    form = prescribing.sign(actor(dr_li), draft, key)
    assert "no substitution" in form.signed.rendering
    assert "exactly what was written" in substituting.refusal(form.lines.get(), another(line))
    with pytest.raises(DatabaseError), transaction.atomic():
        MedicationRequest.objects.filter(pk=line.pk).update(is_substitution_allowed=None)


def test_only_a_pharmacist_of_this_centre_before_it_is_packed(
    allowed, actor, dr_li, pharmacist, paid, other
):
    with pytest.raises(Refused, match="pharmacist"):
        substituting.substitute(actor(dr_li), paid, swap(other))
    with pytest.raises(Refused, match="how near"):
        substituting.substitute(actor(pharmacist), paid, swap(other, reason="xx"))
    dispensing.pack(actor(pharmacist), paid, packing())
    with pytest.raises(Refused, match="already"):
        substituting.substitute(actor(pharmacist), paid, swap(other))


def test_without_boxes_of_the_other_nothing_changes(allowed, actor, pharmacist, paid, line):
    product = another(line, boxes=0)
    with pytest.raises(stocking.OutOfStock):
        substituting.substitute(actor(pharmacist), paid, swap(product))
    paid.refresh_from_db()
    assert paid.substitute is None and dispensing.lots_of(paid)


def test_the_hospital_reads_kind_reason_and_who():
    done = Dispense(
        HisRef.parse("MedicationRequest/1"), "p", "Norvasc", (), 28.0, "tablet", timezone.now(),
        substituted=True, substitution_kind="BC", substitution_reason="OS", substitution_by="d1",
    )  # fmt: skip
    said = outbound.dispense(done, uuid.uuid4())["substitution"]
    assert said["wasSubstituted"] is True
    assert said["type"]["coding"][0]["code"] == "BC"
    assert said["reason"][0]["coding"][0]["code"] == "OS"
    assert said["responsibleParty"] == [{"reference": "Practitioner/d1"}]
