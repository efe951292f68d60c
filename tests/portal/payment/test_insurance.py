"""Shares of the insurance: only by agreement, to the cent, never for bringing it (R101–R103)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.actor import SYSTEM
from portal.payment import insurance, invoicing
from portal.payment.models import Coverage, InsuranceAgreement, ShareRate
from portal.workflow import Refused
from tests.factories import centre_day
from tests.factories.money import paid_bill


@pytest.fixture
def covered(chen):
    return Coverage.objects.create(
        patient=chen, scheme="employee", pooling_area="Shanghai", as_of=timezone.now()
    )


@pytest.fixture
def agreement(centre):
    return InsuranceAgreement.objects.create(
        organization=centre, number="A-1", pooling_area="Shanghai",
        valid_from=centre_day.today() - timedelta(days=1),
    )  # fmt: skip


@pytest.fixture
def rates(db):
    for kind, item, percent in (
        ("consultation", "", 50),
        ("medicine", "", 70),
        ("medicine", "B1", 33),
    ):
        ShareRate.objects.create(
            scheme="employee", kind=kind, item=item, fund_percent=percent, source="price list"
        )


def test_the_fund_pays_its_percent_and_the_rest_of_a_cent_is_the_residents(
    chen, covered, agreement, rates
):
    shares = insurance.split(chen, "medicine", 1381)
    assert shares == {"fund_minor": 966, "personal_account_minor": 0}
    line = invoicing.add_line(SYSTEM, invoicing.open_for(chen), "medicine", chen, 1381, **shares)
    assert (line.fund_minor, line.cash_minor) == (966, 415)
    line.invoice.refresh_from_db()
    assert line.invoice.owed_minor == 415


def test_a_medicine_with_a_rate_of_its_own(chen, covered, agreement, rates):
    assert insurance.split(chen, "medicine", 1000, "B1")["fund_minor"] == 330
    assert insurance.split(chen, "medicine", 1000, "C9")["fund_minor"] == 700


def test_without_an_agreement_nothing_is_insured_and_shares_are_refused(chen, covered, rates):
    assert insurance.split(chen, "medicine", 1000) == {}
    with pytest.raises(Refused):
        invoicing.add_line(SYSTEM, invoicing.open_for(chen), "medicine", chen, 1000, fund_minor=700)


@pytest.mark.parametrize(
    ("field", "days"), [("valid_until", -1), ("valid_from", 1)], ids=["over", "not yet"]
)
def test_an_agreement_holds_on_its_days_only(chen, covered, agreement, rates, field, days):
    setattr(agreement, field, centre_day.today() + timedelta(days=days))
    agreement.save()
    assert insurance.split(chen, "medicine", 1000) == {}


def test_another_pooling_area_is_not_insured_here(chen, covered, agreement, rates):
    Coverage.objects.update(pooling_area="Suzhou")
    assert insurance.split(chen, "medicine", 1000) == {}


def test_bringing_it_is_never_insured(chen, covered, agreement, rates):
    assert insurance.split(chen, "delivery", 800) == {}
    with pytest.raises(IntegrityError):
        ShareRate.objects.create(scheme="employee", kind="delivery", fund_percent=1, source="x")


def test_the_personal_account_pays_until_it_is_empty(chen, neighbour, covered, agreement, rates):
    Coverage.objects.update(personal_account_minor=500)
    invoice = invoicing.open_for(chen)
    first = insurance.split(chen, "medicine", 1000)
    assert first == {"fund_minor": 700, "personal_account_minor": 300}
    invoicing.add_line(SYSTEM, invoice, "medicine", chen, 1000, **first)
    second = insurance.split(chen, "medicine", 1000)
    assert second == {"fund_minor": 700, "personal_account_minor": 200}


def test_the_cashier_is_asked_for_the_residents_part_only(
    as_person, till, chen, covered, agreement, rates
):
    invoice = invoicing.open_for(chen)
    shares = insurance.split(chen, "medicine", 1381)
    invoicing.add_line(SYSTEM, invoice, "medicine", chen, 1381, **shares)
    invoice = invoicing.issue(SYSTEM, invoice)
    pay = reverse("payment:pay", args=[invoice.pk])
    as_person(chen).post(pay, {"version": invoice.version})
    assert till.server.store.newest("checkout.session")[0]["amount_total"] == 415
    paid_bill_page = as_person(chen).get(reverse("payment:bill", args=[invoice.pk]))
    assert "Insurance fund pays ¥9.66" in paid_bill_page.content.decode()


def test_the_printed_receipt_shows_the_shares(as_person, chen, covered, agreement, rates):
    invoice = invoicing.open_for(chen)
    shares = insurance.split(chen, "medicine", 1381)
    invoicing.add_line(SYSTEM, invoice, "medicine", chen, 1381, **shares)
    invoice = paid_bill(invoicing.issue(SYSTEM, invoice))
    page = as_person(chen).get(reverse("payment:receipt", args=[invoice.pk])).content.decode()
    assert "Insurance fund" in page and "¥9.66" in page and "¥4.15" in page


def test_a_paid_line_is_not_insured_afterwards(chen, covered, agreement, rates):
    invoice = invoicing.open_for(chen)
    line = invoicing.add_line(SYSTEM, invoice, "consultation", chen, 1200)
    paid_bill(invoicing.issue(SYSTEM, invoice))
    assert not invoicing.insure(SYSTEM, line, fund_minor=600)
    line.refresh_from_db()
    assert line.cash_minor == 1200


@given(amount=st.integers(0, 10**7), percent=st.integers(0, 100), account=st.integers(0, 10**6))
def test_fund_account_and_cash_add_up_to_the_cent(amount, percent, account):
    fund = amount * percent // 100
    taken = min(amount - fund, account)
    cash = amount - fund - taken
    assert fund >= 0 and taken >= 0 and cash >= 0
    assert fund + taken + cash == amount
