"""One question a page, without script, the price before the act."""

from __future__ import annotations

import pytest
from django.urls import reverse

from delivery.models import Address, DeliveryChoice
from tests.factories.parcels import AddressFactory, ZoneFactory

NUL = "a\x00b"
HOSTILE = [NUL, "\u202e\u202e", "   ", "<script>alert(1)</script>" * 30, "1" * 400]


@pytest.fixture
def browser(as_person, chen, bill, spans, address, zone):
    zone.fee_minor = 600
    zone.save()
    return as_person(chen)


def page(name, row):
    return reverse(f"delivery:{name}", args=[row.pk])


def test_to_the_door_in_four_pages(browser, bill, address, spans):
    shown = browser.get(page("choose", bill))
    assert "¥6.00" in shown.content.decode()
    answer = browser.post(page("choose", bill), {"mode": "courier"})
    assert answer["Location"] == page("place", bill)
    assert "¥6.00" in browser.get(answer["Location"]).content.decode()
    answer = browser.post(answer["Location"], {"address": str(address.pk)})
    assert answer["Location"] == page("window", bill)
    answer = browser.post(answer["Location"], {"window": spans[0].start.isoformat()})
    summary = browser.get(answer["Location"]).content.decode()
    assert "Shuichan Road 12" in summary and "Nothing has been charged yet" in summary
    answer = browser.post(answer["Location"])
    assert answer["Location"] == reverse("payment:bill", args=[bill.pk])
    choice = DeliveryChoice.objects.get()
    assert (choice.mode, choice.fee_minor) == ("courier", 600)
    assert "¥6.00" in browser.get(answer["Location"]).content.decode()


def test_to_a_neighbour_who_is_named(browser, bill, address, spans):
    answer = browser.post(page("choose", bill), {"mode": "receiver"})
    assert answer["Location"] == page("receiver", bill)
    who = {"name": " 许美芳 ", "phone": "13800001002", "is_adult": "on"}
    browser.post(page("receiver", bill), who)
    browser.post(page("place", bill), {"address": str(address.pk)})
    browser.post(page("window", bill), {"window": spans[0].start.isoformat()})
    browser.post(page("check", bill))
    choice = DeliveryChoice.objects.get()
    assert (choice.receiver_name, choice.phone) == ("许美芳", "+8613800001002")


def test_collected_is_two_pages_and_owing_nothing_goes_to_the_order(browser, bill):
    answer = browser.post(page("choose", bill), {"mode": "pick-up"})
    assert answer["Location"] == page("check", bill)
    assert browser.get(answer["Location"]).status_code == 200
    answer = browser.post(answer["Location"])
    choice = DeliveryChoice.objects.get()
    assert answer["Location"] == page("order", choice)
    told = browser.get(answer["Location"]).content.decode()
    assert "The pharmacist packs it now" in told
    assert browser.get(page("choose", bill))["Location"] == page("order", choice)


@pytest.mark.parametrize("name", ["receiver", "place", "window", "check"])
def test_a_later_question_leads_to_the_first_open_one(browser, bill, name):
    assert browser.get(page(name, bill))["Location"] == page("choose", bill)
    assert browser.post(page(name, bill))["Location"] == page("choose", bill)
    assert DeliveryChoice.objects.count() == 0


@pytest.mark.parametrize("sent", [{}, {"mode": ""}, {"mode": "left-safe"}, {"mode": NUL}])
def test_a_way_that_does_not_exist_is_refused(browser, bill, sent):
    assert browser.post(page("choose", bill), sent).status_code == 422
    assert DeliveryChoice.objects.count() == 0


@pytest.mark.parametrize("bad", HOSTILE)
def test_bad_answers_change_nothing_and_are_told(browser, bill, bad):
    browser.post(page("choose", bill), {"mode": "receiver"})
    who = {"name": bad, "phone": "13800001002", "is_adult": "on"}
    assert browser.post(page("receiver", bill), who).status_code == 422
    who = {"name": "Xu", "phone": bad, "is_adult": "on"}
    assert browser.post(page("receiver", bill), who).status_code == 422
    who = {"name": "Xu", "phone": "13800001002"}
    assert browser.post(page("receiver", bill), who).status_code == 422
    browser.post(page("choose", bill), {"mode": "courier"})
    assert browser.post(page("place", bill), {"address": bad}).status_code == 422


def test_a_neighbours_address_is_no_answer(browser, bill, neighbour, zone):
    browser.post(page("choose", bill), {"mode": "courier"})
    theirs = AddressFactory(patient=neighbour, zone=zone)
    assert browser.post(page("place", bill), {"address": str(theirs.pk)}).status_code == 422


def test_an_address_outside_says_so_and_offers_the_centre(browser, bill, chen):
    browser.post(page("choose", bill), {"mode": "courier"})
    away = AddressFactory(patient=chen, zone=None)
    answer = browser.post(page("place", bill), {"address": str(away.pk)})
    assert answer.status_code == 422
    assert "collect your medicine at the centre" in answer.content.decode()


def test_a_time_that_filled_up_meanwhile_is_told_and_costs_nothing(
    browser, bill, address, spans, centre
):
    browser.post(page("choose", bill), {"mode": "courier"})
    browser.post(page("place", bill), {"address": str(address.pk)})
    browser.post(page("window", bill), {"window": spans[0].start.isoformat()})
    from delivery.models import DeliveryWindow

    DeliveryWindow.objects.update(capacity=0)
    assert "full or past" in browser.get(page("check", bill)).content.decode()
    assert browser.post(page("check", bill)).status_code == 409
    assert DeliveryChoice.objects.count() == 0


def test_the_session_keeps_names_sealed(browser, bill):
    from importlib import import_module

    from django.conf import settings

    browser.post(page("choose", bill), {"mode": "receiver"})
    who = {"name": "许美芳", "phone": "13800001002", "is_adult": "on"}
    browser.post(page("receiver", bill), who)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    assert "13800001002" not in str(store.load()["delivery"])


def test_the_book_is_written_changed_and_deleted(browser, centre, chen, zone):
    far = ZoneFactory(organization=centre, name="Far")
    new = {"line": "  Gucun   Road 8 ", "phone": "13800001003", "zone": str(far.pk), "label": ""}
    onward = "/delivery/bills/x/"
    answer = browser.post(reverse("delivery:add_address"), {**new, "next": onward})
    assert answer["Location"] == onward
    row = Address.objects.get(zone=far)
    assert row.line == "Gucun Road 8"
    answer = browser.post(page("address", row), {**new, "zone": "elsewhere"})
    assert answer["Location"] == reverse("delivery:addresses")
    row.refresh_from_db()
    assert row.zone is None
    browser.get(page("delete_address", row))
    assert Address.objects.filter(pk=row.pk).exists()
    browser.post(page("delete_address", row))
    assert not Address.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("bad", HOSTILE)
@pytest.mark.parametrize("field", ["line", "phone", "zone"])
def test_a_bad_address_is_not_kept(browser, zone, field, bad):
    sent = {"line": "Gucun Road 8", "phone": "13800001003", "zone": str(zone.pk), field: bad}
    before = Address.objects.count()
    assert browser.post(reverse("delivery:add_address"), sent).status_code == 422
    assert Address.objects.count() == before


def test_the_way_back_is_one_of_ours(browser, zone):
    sent = {"line": "Gucun Road 8", "phone": "13800001003", "zone": str(zone.pk)}
    for wrong in ("https://elsewhere.example/delivery/", "//elsewhere.example", "/accounts/"):
        answer = browser.post(reverse("delivery:add_address"), {**sent, "next": wrong})
        assert answer["Location"] == reverse("delivery:addresses")


def test_the_book_ends_somewhere(browser, chen, zone):
    for _n in range(19):
        AddressFactory(patient=chen, zone=zone)
    sent = {"line": "Gucun Road 8", "phone": "13800001003", "zone": str(zone.pk)}
    assert browser.post(reverse("delivery:add_address"), sent).status_code == 409


def test_home_leads_to_the_choice_and_then_to_the_order(browser, bill):
    home = reverse("home")
    assert page("choose", bill) in browser.get(home).content.decode()
    browser.post(page("choose", bill), {"mode": "pick-up"})
    browser.post(page("check", bill))
    told = browser.get(home).content.decode()
    assert page("order", DeliveryChoice.objects.get()) in told
    assert page("choose", bill) not in told
