"""What a visit costs: told before booking, paid when one likes, nothing when no advice came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consult import booking, charging, closing, promising, queueing
from consult.models import Appointment, Communication, Encounter
from portal.organization.models import HealthcareService
from portal.payment import invoicing, refunding
from portal.payment.models import ChargeItem, Invoice, Refund
from portal.record.models import Patient
from tests.factories.money import paid_bill

pytestmark = pytest.mark.usefixtures("catalogue")
Status = Invoice.Status


@pytest.fixture
def online(online):
    HealthcareService.objects.update(price_minor=1200, price_source="Price list 2026")
    return online


def fee(appointment):
    return ChargeItem.objects.get(entity="consult.Appointment", entity_id=str(appointment.pk))


def text(answer):
    return answer.content.decode()


@pytest.fixture
def paid(actor, chen, booked):
    """Chen pressed “Pay now” and paid."""
    return paid_bill(charging.pay_now(actor(chen), booked))


def backwards(visit, **minutes_ago):
    moment = timezone.now()
    facts = {field: moment - timedelta(minutes=n) for field, n in minutes_ago.items()}
    Encounter.objects.filter(pk=visit.pk).update(**facts)
    return Encounter.objects.get(pk=visit.pk)


def arrived(visit, minutes=0):
    Appointment.objects.filter(pk=visit.appointment_id).update(status="arrived")
    Encounter.objects.filter(pk=visit.pk).update(status="arrived", arrived_at=timezone.now())
    return backwards(visit, promised_at=minutes)


def test_the_price_is_told_before_booking_and_nothing_is_charged(
    as_person, actor, chen, answered, slots
):
    held = booking.hold(actor(chen), slots[0].pk, chen)
    page = text(as_person(chen).get(reverse("consult:check", args=[held.pk])))
    assert "¥12.00" in page and "Price list 2026" in page
    assert "Nothing has been charged yet" in page
    assert not ChargeItem.objects.exists()


def test_booking_puts_the_fee_on_the_open_bill_once(actor, chen, booked):
    booking.confirm(actor(chen), booked)
    line = fee(booked)
    assert (line.amount_minor, line.cash_minor) == (1200, 1200)
    assert line.invoice.status == Status.DRAFT


def test_a_price_of_nothing_is_no_line(actor, chen, answered, slots, agreed):
    HealthcareService.objects.update(price_minor=0)
    held = booking.hold(actor(chen), slots[0].pk, chen)
    booking.confirm(actor(chen), held, agreed)
    assert not ChargeItem.objects.exists()


def test_the_page_of_the_appointment_leads_to_the_bill_and_twice_to_the_same(
    as_person, chen, booked
):
    browser = as_person(chen)
    page = text(browser.get(reverse("consult:appointment", args=[booked.pk])))
    assert "Pay now" in page and "Nothing has been charged yet" in page
    first = browser.post(reverse("consult:pay", args=[booked.pk]))
    again = browser.post(reverse("consult:pay", args=[booked.pk]))
    assert first["Location"] == again["Location"]
    assert fee(booked).invoice.status == Status.ISSUED
    assert "Go to the bill" in text(browser.get(reverse("consult:appointment", args=[booked.pk])))


def test_what_waits_on_the_open_bill_stays_there_when_the_visit_is_paid_alone(actor, chen, booked):
    shared = fee(booked).invoice
    medicine = invoicing.add_line(actor(chen), shared, "medicine", chen, 1380)
    own = charging.pay_now(actor(chen), booked)
    medicine.refresh_from_db()
    shared.refresh_from_db()
    assert own.pk != shared.pk
    assert (own.owed_minor, own.status) == (1200, Status.ISSUED)
    assert (shared.owed_minor, shared.status) == (1380, Status.DRAFT)
    assert medicine.invoice_id == shared.pk


def test_a_cancelled_visit_leaves_nothing_to_pay(actor, chen, booked):
    booking.cancel(actor(chen), booked)
    assert not ChargeItem.objects.exists()


def test_an_issued_bill_of_a_cancelled_visit_is_cancelled(actor, chen, booked):
    bill = charging.pay_now(actor(chen), booked)
    booking.cancel(actor(chen), booked)
    bill.refresh_from_db()
    assert (bill.status, bill.owed_minor) == (Status.CANCELLED, 0)


@pytest.mark.parametrize("who", ["chen", "dr_li"])
def test_a_paid_visit_that_is_cancelled_goes_back_in_full_once(request, actor, booked, paid, who):
    person = actor(request.getfixturevalue(who))
    booking.cancel(person, booked)
    booking.cancel(person, booked)
    assert Refund.objects.get().amount_minor == 1200


def test_the_page_that_asks_again_before_cancelling_says_where_the_money_goes(
    as_person, chen, booked, paid
):
    page = text(as_person(chen).get(reverse("consult:cancel", args=[booked.pk])))
    assert "What you have paid comes back" in page
    assert "Nothing has been charged" not in page


@pytest.mark.parametrize("reason", closing.STOPS)
def test_a_visit_that_the_doctor_must_stop_is_paid_back(
    actor, dr_li, chen, booked, paid, visit, reason
):
    closing.terminate(actor(dr_li), arrived(visit), reason, "Please come to the centre.")
    assert Refund.objects.get().amount_minor == 1200


def test_nobody_pays_for_a_visit_to_which_they_did_not_come(booked, paid, visit):
    queueing.miss_absent(timezone.now() + timedelta(days=1))
    assert Refund.objects.get().reason == "noshow"


def test_a_doctor_who_never_writes_is_paid_back_in_full_and_she_is_told_once(
    chen, booked, paid, visit
):
    visit = arrived(visit, minutes=59)
    assert promising.give_up() == 0
    backwards(visit, promised_at=61)
    assert (promising.give_up(), promising.give_up()) == (1, 0)
    assert Refund.objects.get().amount_minor == 1200
    visit.refresh_from_db()
    assert visit.status == Encounter.Status.ARRIVED  # she keeps her place
    notes = Communication.objects.filter(encounter=visit, author_kind="system")
    assert sum("pay nothing" in note.text for note in notes) == 1


def test_a_doctor_who_has_written_is_paid(booked, paid, visit):
    visit = arrived(visit, minutes=90)
    Encounter.objects.filter(pk=visit.pk).update(
        status="in-progress", first_reply_at=timezone.now()
    )
    assert promising.give_up() == 0
    assert not Refund.objects.exists()


def test_after_a_visit_without_prescription_the_bill_is_issued(
    actor, dr_li, doctor, written, key, chen
):
    line = charged(written)
    closing.sign_note(doctor, written, key)
    closing.finish(doctor, written)
    line.invoice.refresh_from_db()
    assert line.invoice.status == Status.ISSUED


def charged(encounter):
    """The visit of the stage was booked with its fee."""
    from portal.accounts.actor import SYSTEM

    charging.charge(SYSTEM, encounter.appointment)
    return fee(encounter.appointment)


def test_the_fee_waits_for_the_medicine_and_is_issued_alone_when_that_comes_to_nothing(
    doctor, drafted, key, chen, seen
):
    line = charged(seen)
    closing.sign_prescription(doctor, seen, drafted, key, confirmed_as_of=timezone.now())
    closing.sign_note(doctor, seen, key)
    closing.finish(doctor, seen)
    assert charging.bill_finished() == 0
    line.invoice.refresh_from_db()
    assert line.invoice.status == Status.DRAFT
    type(drafted).objects.filter(pk=drafted.pk).update(status="refused", status_reason="too much")
    assert (charging.bill_finished(), charging.bill_finished()) == (1, 0)
    line.invoice.refresh_from_db()
    assert line.invoice.status == Status.ISSUED


def test_a_visit_is_never_stopped_by_an_unpaid_bill(actor, chen, dr_li, booked, visit):
    charging.pay_now(actor(chen), booked)
    with_doctor = queueing.receive(actor(dr_li), arrived(visit), proof="totp")
    assert with_doctor.status == Encounter.Status.IN_PROGRESS


def test_another_resident_cannot_pay_it(as_person, neighbour, booked):
    assert as_person(neighbour).post(reverse("consult:pay", args=[booked.pk])).status_code == 404
    assert Patient.objects.count() >= 2


def test_refunds_of_two_reasons_do_not_add_up(actor, chen, booked, paid):
    booking.cancel(actor(chen), booked)
    assert refunding.refund_row(actor(chen), booked, "again") == []
    assert Refund.objects.count() == 1
