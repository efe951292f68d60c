"""A resident's bills: what they say is true at every moment, whatever was pressed before."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.notification.models import Notification
from portal.payment import invoicing, looking, paying, refunding
from portal.payment.models import ChargeItem, Checkout, Invoice, Refund
from portal.workflow import Refused
from tests.factories.money import bill, paid_bill
from tests.factories.people import PatientFactory

Status = Invoice.Status


@pytest.fixture
def phone(as_person, chen):
    return as_person(chen)


def url(name, pk):
    return reverse(f"payment:{name}", args=[pk])


def text(answer):
    return answer.content.decode()


def at_the_cashier(phone, invoice):
    return phone.post(url("pay", invoice.pk), {"version": invoice.version})


def test_the_list_says_the_state_of_each_bill(phone, chen):
    paid_bill(bill(chen))
    bill(chen, row=PatientFactory())
    page = text(phone.get(reverse("payment:bills")))
    assert page.count("To be paid") == 1 and page.count(">Paid<") == 1


def test_a_bill_without_a_line_is_no_bill_yet(phone, chen):
    invoicing.open_for(chen)
    assert "You have no bills" in text(phone.get(reverse("payment:bills")))


def test_a_longer_list_asks_no_more_questions(phone, chen, centre):
    phone.get(reverse("payment:bills"))

    def questions():
        with CaptureQueriesContext(connection) as asked:
            phone.get(reverse("payment:bills"))
        return len(asked)

    paid_bill(bill(chen))
    few = questions()
    for _ in range(7):
        paid_bill(bill(chen, row=PatientFactory()))
    assert questions() == few


@pytest.mark.parametrize("state", ["", "to-pay", "paid", "back", "asked", "stuck"])
def test_the_managers_list_asks_no_more_questions_either(as_person, gao, dr_li, state):
    desk = as_person(gao)
    desk.get(reverse("payment:ledger"))

    def questions():
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse("payment:ledger"), {"state": state})
        return len(asked)

    paid_bill(bill(PatientFactory(general_practitioner=dr_li)))
    few = questions()
    for _ in range(6):
        paid_bill(bill(PatientFactory(general_practitioner=dr_li)))
    assert questions() == few


def test_the_way_back_from_the_cashier_asks_at_once_and_the_page_is_true(till, phone, chen):
    invoice = bill(chen)
    till.press(at_the_cashier(phone, invoice)["Location"])
    page = phone.get(url("return", invoice.pk), follow=True)
    assert ">Paid<" in text(page) and "Pay ¥" not in text(page)


def test_while_the_cashier_is_silent_the_payment_is_being_checked(till, phone, chen):
    invoice = bill(chen)
    till.press(at_the_cashier(phone, invoice)["Location"])
    till.trouble(down=True)
    page = phone.get(url("return", invoice.pk), follow=True)
    assert "Payment being checked" in text(page)
    assert page["Refresh"] == "3"
    again = at_the_cashier(phone, invoice)  # the same page of the cashier: nothing new to pay
    assert again.status_code == 303
    assert Checkout.objects.count() == 1
    till.trouble(down=False)
    assert ">Paid<" in text(phone.get(url("return", invoice.pk), follow=True))
    invoice.refresh_from_db()
    assert invoice.captured_minor == invoice.owed_minor


def test_the_back_button_after_payment_is_harmless(till, phone, chen):
    invoice = bill(chen)
    till.press(at_the_cashier(phone, invoice)["Location"])
    phone.get(url("return", invoice.pk))
    page = phone.post(url("pay", invoice.pk), {"version": invoice.version}, follow=True)
    assert "You are not charged again" in text(page)
    assert Checkout.objects.count() == 1


def test_a_page_of_the_old_amount_is_closed_and_never_paid_again(till, phone, chen, actor):
    invoice = bill(chen, medicine=1380)
    old = at_the_cashier(phone, invoice)["Location"]
    Medicine = ChargeItem.Kind.MEDICINE
    line = invoice.lines.get(kind=Medicine)
    line.entity_id = "0" * 36
    line.save()
    Lost = type("Lost", (), {"_meta": chen._meta, "pk": "0" * 36})
    refunding.refund_row(actor(chen), Lost, "out-of-stock")
    invoice.refresh_from_db()
    assert invoice.owed_minor == 2500
    told = phone.post(url("pay", invoice.pk), {"version": invoice.version - 1})
    assert told.status_code == 409 and "The amount has changed" in text(told)
    new = at_the_cashier(phone, invoice)["Location"]
    assert new != old
    assert Checkout.objects.get(status="open").amount_minor == 2500
    till.press(new)
    phone.get(url("return", invoice.pk))
    invoice.refresh_from_db()
    assert (invoice.status, invoice.captured_minor) == (Status.BALANCED, 2500)


def test_money_of_the_old_amount_that_came_first_is_kept_only_as_far_as_owed(
    till, phone, chen, actor, neighbour
):
    invoice = invoicing.open_for(chen)
    invoicing.add_line(actor(chen), invoice, "consultation", chen, 2500)
    invoicing.add_line(actor(chen), invoice, "medicine", neighbour, 1380)
    invoice = invoicing.issue(actor(chen), invoice)
    till.press(at_the_cashier(phone, invoice)["Location"])
    refunding.refund_row(actor(chen), neighbour, "out-of-stock")
    paying.settle(Checkout.objects.get())
    assert Refund.objects.get().amount_minor == 1380
    page = text(phone.get(url("bill", invoice.pk)))
    assert "It is out of stock." in page


def test_without_medicine_there_is_nothing_to_deliver(actor, chen, neighbour, dr_li):
    invoice = invoicing.open_for(chen)
    invoicing.add_line(actor(chen), invoice, "medicine", neighbour, 1380)
    invoicing.add_line(actor(chen), invoice, "delivery", dr_li, 800)
    invoice = paid_bill(invoicing.issue(actor(chen), invoice))
    refunding.refund_row(actor(chen), neighbour, "prescription-cancelled")
    assert sum(row.amount_minor for row in Refund.objects.all()) == 2180


def test_every_refund_is_told_once_in_words_that_say_nothing_of_illness(actor, chen):
    paid_bill(bill(chen))
    refunding.refund_row(actor(chen), chen, "no-answer")
    refunding.refund_row(actor(chen), chen, "no-answer")
    told = Notification.objects.filter(user=chen.user, kind="refund-begun")
    assert told.count() == 1
    assert set(told.get().context) == {"centre", "telephone", "invoice"}


def test_a_cancelled_bill_that_was_paid_says_that_money_goes_back(phone, till, chen, actor):
    invoice = bill(chen)
    till.press(at_the_cashier(phone, invoice)["Location"])
    refunding.refund_row(actor(chen), chen, "cancelled")
    paying.settle(Checkout.objects.get())
    page = text(phone.get(url("bill", invoice.pk)))
    assert "What you have paid goes back to you" in page
    assert "Nothing has to be paid" not in page


def test_the_receipt_names_centre_day_payment_and_shares(phone, chen):
    invoice = paid_bill(bill(chen))
    page = text(phone.get(url("receipt", invoice.pk)))
    assert chen.organization.name in page and f"pi_{invoice.pk}" in page and "¥25.00" in page


def test_a_draft_leads_to_what_comes_before_paying(phone, chen, actor):
    invoice = invoicing.open_for(chen)
    invoicing.add_line(actor(chen), invoice, "medicine", chen, 1380)
    step = looking.Step("Choose how it comes", "/somewhere/")
    hook = looking.before_paying(lambda bill: step if bill.pk == invoice.pk else None)
    try:
        page = text(phone.get(url("bill", invoice.pk)))
    finally:
        looking._steps.remove(hook)
    assert "Choose how it comes" in page and "Nothing has been charged yet" in page


def test_a_waived_amount_is_less_to_pay_and_says_why(phone, chen, actor, gao):
    invoice = bill(chen)
    invoicing.waive(actor(gao), invoice.lines.get(), 1000, "low income")
    page = text(phone.get(url("bill", invoice.pk)))
    assert "low income" in page and "Pay ¥15.00" in page


def test_nothing_is_waived_while_a_payment_is_under_way(till, phone, chen, actor, gao):
    invoice = bill(chen)
    at_the_cashier(phone, invoice)
    with pytest.raises(Refused):
        invoicing.waive(actor(gao), invoice.lines.get(), 1000, "low income")
