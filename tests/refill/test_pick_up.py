"""At the counter: the code opens, three wrong tries stop, and the resident alone opens again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.notification.models import Notification
from portal.workflow import Refused
from refill import collecting, dispensing, handing
from refill.models import MedicationDispense, PickUp
from tests.factories.people import PractitionerFactory
from tests.refill.test_dispense import packing


@pytest.fixture
def pick_up(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    dispense.refresh_from_db()
    return PickUp.objects.get()


def wrong(pick_up):
    return str((int(pick_up.code) + 1) % 1_000_000).zfill(6)


def give(actor, pharmacist, dispense, **proof):
    return handing.hand_over_at_counter(actor(pharmacist), [dispense], **proof)


def test_packed_and_carried_by_nobody_it_waits_with_a_code(pick_up, dispense, chen):
    assert len(pick_up.code) == 6
    assert collecting.waiting(pick_up) == [dispense]
    assert Notification.objects.filter(user=chen.user, kind="medicine-ready").count() == 1


def test_what_a_courier_carries_is_not_picked_up(actor, pharmacist, dispense, monkeypatch):
    monkeypatch.setattr(collecting, "_carriers", [lambda ids: set(ids)])
    dispensing.pack(actor(pharmacist), dispense, packing())
    assert not PickUp.objects.exists()


@pytest.mark.parametrize("spoken", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_the_code_opens_however_it_is_typed(actor, pharmacist, pick_up, dispense, spoken):
    give(actor, pharmacist, dispense, code=spoken.format(pick_up.code))
    pick_up.refresh_from_db()
    dispense.refresh_from_db()
    assert (pick_up.status, dispense.status) == ("collected", "completed")


def test_full_width_digits_are_digits(actor, pharmacist, pick_up, dispense):
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in pick_up.code)
    assert give(actor, pharmacist, dispense, code=wide)


def test_her_name_with_the_year_she_was_born_opens_too(actor, pharmacist, pick_up, dispense, chen):
    year = chen.birth_date.year
    with pytest.raises(Refused):
        give(actor, pharmacist, dispense, name=chen.name, birth_year=year + 1)
    with pytest.raises(Refused):
        give(actor, pharmacist, dispense, name="Chen", birth_year=year)
    assert give(actor, pharmacist, dispense, name=chen.name.upper(), birth_year=year)


def test_three_wrong_tries_stop_even_the_right_code(actor, pharmacist, pick_up, dispense, chen):
    for _turn in range(3):
        with pytest.raises(Refused):
            give(actor, pharmacist, dispense, code=wrong(pick_up))
    with pytest.raises(Refused, match="new code"):
        give(actor, pharmacist, dispense, code=pick_up.code)
    dispense.refresh_from_db()
    assert dispense.status == MedicationDispense.Status.IN_PROGRESS
    assert Notification.objects.filter(user=chen.user, kind="pick-up-stopped").count() == 1


def test_only_the_resident_opens_it_again_with_another_code(
    actor, pharmacist, pick_up, dispense, chen
):
    old = pick_up.code
    for _turn in range(3):
        with pytest.raises(Refused):
            give(actor, pharmacist, dispense, code=wrong(pick_up))
    with pytest.raises(Refused):
        collecting.renew(actor(pharmacist), pick_up)
    pick_up = collecting.renew(actor(chen), pick_up)
    assert pick_up.status == PickUp.Status.OPEN
    if pick_up.code != old:
        with pytest.raises(Refused):
            give(actor, pharmacist, dispense, code=old)
    assert give(actor, pharmacist, dispense, code=pick_up.code)


def test_a_pharmacist_of_another_centre_gives_nothing(actor, pick_up, dispense, other_centre):
    stranger = PractitionerFactory(organization=other_centre, user__role="pharmacist")
    with pytest.raises(Refused, match="this centre"):
        give(actor, stranger, dispense, code=pick_up.code)
    pick_up.refresh_from_db()
    assert pick_up.wrong_tries == 0


def test_the_code_is_sealed_in_the_database(pick_up):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select code from refill_pickup")
        assert pick_up.code not in cursor.fetchone()[0]


def test_she_sees_the_code_and_the_counter_does_not(
    as_person, chen, neighbour, pharmacist, pick_up
):
    own = as_person(chen).get(reverse("refill:pick_up", args=[pick_up.pk]))
    assert pick_up.code in own.content.decode()
    page = as_person(pharmacist).get(reverse("refill:hand_over", args=[pick_up.pk]))
    assert pick_up.code not in page.content.decode()
    other = as_person(neighbour).get(reverse("refill:pick_up", args=[pick_up.pk]))
    assert other.status_code == 404


def test_handed_over_by_form(as_person, chen, pharmacist, pick_up, dispense):
    counter = as_person(pharmacist)
    url = reverse("refill:hand_over", args=[pick_up.pk])
    assert counter.post(url, {}).status_code == 422
    refused = counter.post(url, {"code": wrong(pick_up)})
    assert (refused.status_code, "2" in refused.content.decode()) == (409, True)
    assert counter.post(url, {"code": pick_up.code}).status_code == 302
    assert counter.get(url).status_code == 200
    home = as_person(chen).get(reverse("refill:pick_up", args=[pick_up.pk]))
    assert pick_up.code not in home.content.decode()


def test_a_new_code_by_form(as_person, chen, pick_up):
    url = reverse("refill:pick_up", args=[pick_up.pk])
    assert as_person(chen).post(url).status_code == 302
    assert PickUp.objects.get().wrong_tries == 0
