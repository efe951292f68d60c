"""How it comes, what that costs, and when: settled before paying."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from delivery import choosing
from delivery.models import Address, DeliveryChoice, DeliveryWindow
from portal.accounts.actor import SYSTEM
from portal.payment import invoicing
from portal.payment.models import ChargeItem, Invoice
from portal.workflow import Refused
from refill.models import MedicationDispense
from tests.factories import centre_day
from tests.factories.parcels import AddressFactory, ZoneFactory


def delivery_lines(invoice):
    return list(invoice.lines.filter(kind=ChargeItem.Kind.DELIVERY, withdrawn_at=None))


def test_brought_to_the_door_the_fee_is_on_the_bill_and_never_insured(choose, zone, bill):
    zone.fee_minor = 600
    zone.save()
    choice = choose()
    [line] = delivery_lines(bill)
    assert (line.amount_minor, line.fund_minor, line.personal_account_minor) == (600, 0, 0)
    bill.refresh_from_db()
    assert (bill.status, bill.owed_minor, choice.fee_minor) == (Invoice.Status.ISSUED, 600, 600)


def test_collected_at_the_centre_costs_nothing(choose, zone, bill):
    zone.fee_minor = 600
    zone.save()
    choose("pick-up")
    assert delivery_lines(bill) == []


def test_another_choice_before_paying_takes_the_place_of_the_first(choose, zone, bill):
    zone.fee_minor = 600
    zone.save()
    choose()
    choose("pick-up")
    bill.refresh_from_db()
    assert DeliveryChoice.objects.get().mode == "pick-up"
    assert (delivery_lines(bill), bill.owed_minor) == ([], 0)


def test_the_same_choice_twice_is_one_fee(choose, zone, bill):
    zone.fee_minor = 600
    zone.save()
    choose()
    choose()
    assert len(delivery_lines(bill)) == 1


def test_free_from_the_worth_the_centre_says(choose, zone, bill):
    zone.fee_minor, zone.free_from_minor = 600, 1
    zone.save()
    assert choose().fee_minor == 0


def test_a_paid_bill_keeps_its_choice(choose, bill):
    choose()
    bill.refresh_from_db()
    assert bill.status == Invoice.Status.BALANCED
    with pytest.raises(Refused):
        choose("pick-up")
    assert DeliveryChoice.objects.get().mode == "courier"


def test_outside_the_zones_it_can_only_be_collected(choose, chen, bill):
    elsewhere = AddressFactory(patient=chen, zone=None)
    with pytest.raises(Refused, match="collect"):
        choose(address=elsewhere)
    bill.refresh_from_db()
    assert bill.status == Invoice.Status.DRAFT


def test_another_centres_zone_is_not_ours(choose, chen, other_centre):
    away = AddressFactory(patient=chen, zone=ZoneFactory(organization=other_centre))
    with pytest.raises(Refused):
        choose(address=away)


def test_somebody_elses_address_is_no_choice(choose, neighbour, zone):
    with pytest.raises(Refused, match="address"):
        choose(address=AddressFactory(patient=neighbour, zone=zone))


def test_somebody_else_chooses_nothing(actor, bill, neighbour):
    with pytest.raises(Refused):
        choosing.choose(actor(neighbour), bill, "pick-up")


def test_a_bill_without_medicine_has_nothing_to_bring(actor, neighbour, centre):
    invoice = invoicing.open_for(neighbour)
    invoicing.add_line(SYSTEM, invoice, ChargeItem.Kind.CONSULTATION, neighbour, 1200)
    with pytest.raises(Refused, match="no medicine"):
        choosing.choose(actor(neighbour), invoice, "pick-up")


def test_a_past_time_and_an_invented_one_are_refused(choose, spans):
    past = choosing.Span(spans[0].start - timedelta(days=7), spans[0].end - timedelta(days=7))
    for wrong in (past, None, choosing.Span(spans[0].start, spans[0].end + timedelta(hours=3))):
        with pytest.raises(Refused, match="time"):
            choose(window=wrong)


def test_a_full_time_is_not_offered(choose, centre, spans):
    DeliveryWindow.objects.update(capacity=1)
    choose()
    assert spans[0] not in choosing.windows(centre)
    assert spans[1] in choosing.windows(centre)


def test_ones_own_kept_time_is_not_full_for_oneself(choose, zone, spans):
    zone.fee_minor = 600
    zone.save()
    DeliveryWindow.objects.update(capacity=1)
    choose()
    assert choose().window_start == spans[0].start


def test_a_child_needs_an_adult_who_is_named(choose, chen):
    chen.birth_date = centre_day.today() - timedelta(days=365 * 6)
    chen.save()
    with pytest.raises(Refused, match="adult"):
        choose()
    choose("receiver", receiver=choosing.Receiver("Yang Lei", "+8613800001009"))


def test_frozen_medicine_is_collected(choose, line):
    line.medication.storage = "freeze"
    line.medication.save()
    with pytest.raises(Refused, match="frozen"):
        choose()


def test_cold_costs_what_the_cold_box_costs(choose, line, zone):
    line.medication.storage = "cold"
    line.medication.save()
    zone.fee_minor, zone.cold_extra_minor = 600, 400
    zone.save()
    assert choose().fee_minor == 1000


def test_the_address_of_a_choice_outlives_the_book(choose, address):
    choose()
    address.delete()
    assert DeliveryChoice.objects.get().line == "Shuichan Road 12, Room 301"


def test_the_database_keeps_addresses_sealed(choose, address, django_db_blocker):
    from django.db import connection

    choose()
    with connection.cursor() as cursor:
        for table in (Address._meta.db_table, DeliveryChoice._meta.db_table):
            cursor.execute(f"SELECT line, phone FROM {table}")
            assert all("Shuichan" not in row[0] and "1380" not in row[1] for row in cursor)


def test_the_database_wants_place_and_time_for_what_is_brought(choose):
    choice = choose("pick-up")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryChoice.objects.filter(pk=choice.pk).update(mode="courier")


def test_two_bills_cannot_be_open_when_one_is_taken_back(choose, zone, chen):
    zone.fee_minor = 600
    zone.save()
    choose()
    invoicing.open_for(chen)
    with pytest.raises(Refused, match="newer"):
        choose("pick-up")


def test_chosen_and_owing_nothing_the_counter_begins(choose):
    choose()
    assert MedicationDispense.objects.get().status == "preparation"


def test_a_time_too_soon_to_pack_is_not_offered(spans, centre):
    now = timezone.now()
    assert all(span.start > now for span in spans)
    later = spans[0].start - timedelta(minutes=30)
    assert choosing.windows(centre, later)[0] != spans[0]
