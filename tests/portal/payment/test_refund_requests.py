"""Money back that somebody asks for: one manager agrees, above the limit two."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.payment import asking
from portal.payment.models import Refund, RefundRequest
from portal.terminology import parameters
from portal.terminology.models import RuleParameter
from portal.workflow import Refused
from tests.factories.money import bill, paid_bill
from tests.factories.people import UserFactory

Status = RefundRequest.Status


@pytest.fixture
def line(chen):
    return paid_bill(bill(chen, consultation=30000)).lines.get()


@pytest.fixture
def gao_two(centre):
    return UserFactory(role=User.Role.MANAGER, full_name="He Jun", organization=centre)


def url(name, row):
    return reverse(f"payment:{name}", args=[row.pk])


def given(amount, **more):
    return {"amount": amount, "reason": "mistake", "words": "Wrong price.", **more}


def test_a_resident_asks_once_however_often_she_taps(as_person, chen, gao, line):
    for _ in range(2):
        as_person(chen).post(url("ask_back", line), {"words": "The visit was very short."})
    request = RefundRequest.objects.get()
    assert (request.status, request.amount_minor) == (Status.ASKED, 30000)
    page = as_person(chen).get(url("bill", line.invoice)).content.decode()
    assert "You asked for ¥300.00 back." in page


def test_up_to_the_limit_one_manager_pays_back(as_person, gao, line):
    answer = as_person(gao).post(url("refund", line), given("200.00"))
    assert answer.status_code == 302
    assert Refund.objects.get().amount_minor == 20000
    assert AuditEvent.objects.filter(action="refund", role="manager").exists()


def test_she_is_not_told_that_she_asked_for_what_a_manager_began(as_person, chen, gao, line):
    as_person(gao).post(url("refund", line), given("2.00"))
    page = as_person(chen).get(url("bill", line.invoice)).content.decode()
    assert "You asked for" not in page and "Wrong price." not in page
    assert "The centre has corrected a mistake." in page


def test_above_the_limit_nothing_moves_until_another_manager_agrees(as_person, gao, gao_two, line):
    as_person(gao).post(url("refund", line), given("200.01"))
    request = RefundRequest.objects.get()
    assert (request.status, request.needs_second) == (Status.PROPOSED, True)
    alone = as_person(gao).post(url("agree", request))
    assert alone.status_code == 409
    assert not Refund.objects.exists()
    as_person(gao_two).post(url("agree", request))
    as_person(gao_two).post(url("agree", request))
    assert Refund.objects.get().amount_minor == 20001


def test_the_database_too_wants_two_people(chen, gao, line):
    with pytest.raises(IntegrityError):
        RefundRequest.objects.create(
            line=line, amount_minor=30000, reason="mistake", asked_by=gao, proposed_by=gao,
            decided_by=gao, decided_at=timezone.now(), status="approved", needs_second=True,
        )  # fmt: skip


def test_the_limit_is_a_parameter(as_person, gao, line):
    RuleParameter.objects.create(
        profile="CN-SH", key="refund.second_person_above_minor", value=100, source="centre",
        valid_from=timezone.localdate(),
    )  # fmt: skip
    parameters.forget()
    as_person(gao).post(url("refund", line), given("2.00"))
    assert RefundRequest.objects.get().status == Status.PROPOSED


def test_what_a_resident_asks_can_be_agreed_in_part_or_declined_with_words(
    as_person, actor, chen, gao, line
):
    request = asking.ask(actor(chen), line, "Too short.")
    assert as_person(gao).post(url("decline", request), {"words": ""}).status_code == 409
    as_person(gao).post(url("decline", request), {"words": "It took 20 minutes."})
    page = as_person(chen).get(url("bill", line.invoice)).content.decode()
    assert "It took 20 minutes." in page and not Refund.objects.exists()
    again = asking.ask(actor(chen), line, "Please look again.")
    as_person(gao).post(url("refund", line), given("50.00", reason="asked"))
    again.refresh_from_db()
    assert (again.status, Refund.objects.get().amount_minor) == (Status.APPROVED, 5000)


@pytest.mark.parametrize("amount", ["0", "-1", "300.01", "1e9", "NaN", "", "1.005", "１２．５"])
def test_a_wrong_amount_gets_a_sentence_and_changes_nothing(as_person, gao, line, amount):
    answer = as_person(gao).post(url("refund", line), given(amount))
    if amount == "１２．５":  # full-width digits are digits
        assert answer.status_code in (302, 422)
        return
    assert answer.status_code in (409, 422)
    assert not Refund.objects.exists() and not RefundRequest.objects.exists()


def test_nothing_is_proposed_for_what_is_not_paid(actor, chen, gao):
    unpaid = bill(chen).lines.get()
    with pytest.raises(Refused):
        asking.propose(actor(gao), unpaid, 100, "mistake", "Wrong price.")


def test_a_manager_of_another_centre_cannot(actor, other_centre, line):
    stranger = UserFactory(role=User.Role.MANAGER, organization=other_centre)
    with pytest.raises(Refused):
        asking.propose(actor(stranger), line, 100, "mistake", "Wrong price.")


def test_a_waiver_says_why_and_is_journaled(as_person, chen, gao):
    unpaid = bill(chen).lines.get()
    blank = as_person(gao).post(url("waive", unpaid), {"amount": "10", "words": "  "})
    assert blank.status_code == 422
    as_person(gao).post(url("waive", unpaid), {"amount": "10", "words": "low income"})
    unpaid.refresh_from_db()
    assert (unpaid.waived_minor, unpaid.waived_by_id) == (1000, gao.pk)
    assert AuditEvent.objects.filter(action="waive", agent=gao).exists()


def test_a_refund_that_stuck_is_tried_again_once(as_person, actor, chen, gao, line):
    row = asking.propose(actor(gao), line, 100, "mistake", "Wrong price.").refund
    Refund.objects.filter(pk=row.pk).update(status="failed")
    first = as_person(gao).post(url("retry", row))
    assert (first.status_code, Refund.objects.count()) == (302, 2)


def test_the_whole_line_that_stuck_is_not_sent_twice(as_person, actor, gao, line):
    row = asking.propose(actor(gao), line, 20000, "mistake", "Wrong price.").refund
    Refund.objects.filter(pk=row.pk).update(status="failed")
    answers = [as_person(gao).post(url("retry", row)).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert Refund.objects.count() == 2
