"""A sealed bag at the counter is kept back: an allergy is told, a lot is recalled."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.notification.models import Notification
from portal.payment.models import Refund
from portal.record import prescribing
from portal.workflow import Refused
from refill import collecting, dispensing, handing, keeping_back, recalling
from refill.models import BoxCode, PickUp
from tests.factories.people import UserFactory
from tests.refill.test_dispense import packing


@pytest.fixture
def bag(actor, pharmacist, dispense):
    packed = dispensing.pack(actor(pharmacist), dispense, packing())
    packed.refresh_from_db()
    return packed


def kept(sun, bag, reason="The doctor took it back."):
    return keeping_back.keep_back(sun, bag, reason)


def test_it_is_not_given_any_more(actor, pharmacist, bag, chen):
    assert kept(actor(pharmacist), bag).status == "declined"
    assert set(BoxCode.objects.values_list("is_quarantined", flat=True)) == {True}
    pick_up = PickUp.objects.get()
    assert (pick_up.status, pick_up.closed_at is not None) == ("withdrawn", True)
    assert Notification.objects.filter(user=chen.user, kind="medicine-not-handed-over").exists()
    with pytest.raises(Refused):
        handing.hand_over_at_counter(actor(pharmacist), [bag], code=pick_up.code)


def test_her_old_code_opens_nothing_and_says_why(actor, pharmacist, bag, chen):
    pick_up = PickUp.objects.get()
    kept(actor(pharmacist), bag)
    proof = collecting.Proof(code=pick_up.code)
    with pytest.raises(Refused, match="not to be picked up"):
        collecting.prove(actor(pharmacist), pick_up, proof)
    with pytest.raises(Refused, match="not to be picked up"):
        collecting.renew(actor(chen), pick_up)


def test_said_twice_it_happens_once(actor, pharmacist, bag):
    kept(actor(pharmacist), bag)
    kept(actor(pharmacist), bag)
    assert Notification.objects.filter(kind="medicine-not-handed-over").count() == 1
    assert Refund.objects.count() <= 1


def test_after_it_the_doctor_finds_nothing_of_it_in_force(actor, pharmacist, bag, dr_li):
    with pytest.raises(Refused, match="packed already"):
        prescribing.cancel(actor(dr_li), bag.prescription, "an allergy")
    kept(actor(pharmacist), bag)
    bag.prescription.refresh_from_db()
    assert bag.prescription.status == "completed"


def test_a_recalled_lot_leaves_the_counter_this_way(actor, pharmacist, bag, shelf):
    recalling.recall(actor(pharmacist), shelf.lot_number, "glass")
    with pytest.raises(Refused, match="recalled"):
        handing.hand_over(actor(pharmacist), bag)
    assert kept(actor(pharmacist), bag, "recalled").status == "declined"


def test_the_counter_shows_which_bag_holds_a_recalled_lot(
    as_person, actor, pharmacist, bag, shelf, monkeypatch
):
    sun, pick_up = as_person(pharmacist), PickUp.objects.get()
    pages = [reverse("refill:counter"), reverse("refill:hand_over", args=[pick_up.pk])]

    def marked():
        return ["recalled" in sun.get(page).content.decode() for page in pages]

    assert marked() == [False, False]
    recalling.recall(actor(pharmacist), shelf.lot_number, "glass")
    assert marked() == [True, True]
    monkeypatch.setattr(collecting, "_carriers", [lambda ids: set(ids)])  # a courier has it
    assert keeping_back.to_keep_back([pick_up]) == []


def test_what_is_not_sealed_given_or_on_its_way_is_not_kept_back(
    actor, pharmacist, dispense, monkeypatch
):
    with pytest.raises(Refused, match="This is already"):
        kept(actor(pharmacist), dispense)
    packed = dispensing.pack(actor(pharmacist), dispense, packing())
    with monkeypatch.context() as away, pytest.raises(Refused, match="courier"):
        away.setattr(collecting, "_carriers", [lambda ids: set(ids)])
        kept(actor(pharmacist), packed)
    handing.hand_over(actor(pharmacist), packed)
    with pytest.raises(Refused, match="This is already"):
        kept(actor(pharmacist), packed)


def test_only_a_pharmacist_of_the_centre_and_with_a_reason(
    actor, pharmacist, bag, other_centre, gao
):
    stranger = UserFactory(role=User.Role.PHARMACIST, organization=other_centre)
    for person in (gao, stranger):
        with pytest.raises(Refused):
            kept(actor(person), bag)
    with pytest.raises(Refused, match="Say why"):
        kept(actor(pharmacist), bag, "  ")


def test_by_page(as_person, pharmacist, bag, chen):
    sun, pick_up = as_person(pharmacist), PickUp.objects.get()
    address = reverse("refill:keep_back", args=[bag.pk])
    assert address in sun.get(reverse("refill:hand_over", args=[pick_up.pk])).content.decode()
    assert sun.post(address, {"reason": " "}).status_code == 422
    assert sun.post(address, {"reason": "an allergy"}).status_code == 302
    bag.refresh_from_db()
    assert (bag.status, bag.status_reason) == ("declined", "an allergy")
    hers = as_person(chen).get(reverse("refill:pick_up", args=[pick_up.pk])).content.decode()
    assert "nothing to collect" in hers and "have collected" not in hers
