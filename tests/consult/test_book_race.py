"""Many at once: run on PostgreSQL, where rows are really locked."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from consult import booking, holding
from consult.models import Appointment, Encounter, Slot
from portal.accounts.actor import Actor
from portal.workflow import Refused
from tests.consult.conftest import confirmed
from tests.factories.people import PatientFactory
from tests.factories.visits import BookingDraftFactory, SlotFactory
from tests.racing import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def tried(deed, left=5):
    """A busy row answers 503 "please try again" (3 s): do so, as a person does."""
    try:
        return deed()
    except OperationalError:
        if not left:
            raise
        return tried(deed, left - 1)


def all_at_once(deeds):
    expected = (Refused, IntegrityError)
    return at_once(*(partial(tried, deed) for deed in deeds), expected=expected)


def residents(doctor, count):
    people = PatientFactory.create_batch(count, general_practitioner=doctor)
    for person in people:
        BookingDraftFactory(patient=confirmed(person))
    return people


def attempt(person, slot):
    return lambda: booking.hold(Actor.of(person.user), slot.pk, person)


def test_of_two_hundred_who_want_one_time_one_gets_it(dr_li, online, slots):
    people = residents(dr_li, 200)
    results = all_at_once([attempt(person, slots[0]) for person in people])
    won = [result for result in results if isinstance(result, Appointment)]
    lost = [result for result in results if isinstance(result, booking.SlotTaken)]
    assert (len(won), len(lost)) == (1, 199)
    assert all(refusal.alternatives == slots[1:] for refusal in lost)
    assert Appointment.objects.filter(slot=slots[0]).count() == 1


def test_the_race_is_lost_without_the_one_statement(dr_li, online, slots, monkeypatch):
    """Reading first and writing later is noticed by the test above, though by the second lock."""

    def look_then_take(slot_id, doctor, **taken):
        slot = Slot.objects.get(pk=slot_id)
        if slot.status != Slot.Status.FREE:
            return False
        barrier.wait()
        Slot.objects.filter(pk=slot_id).update(**{"held_for": None, "held_until": None, **taken})
        return True

    barrier = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(holding, "take", look_then_take)
    monkeypatch.setattr(holding, "clear", lambda slot_id: None)
    people = residents(dr_li, 2)
    with pytest.raises(AssertionError):
        results = all_at_once([attempt(person, slots[0]) for person in people])
        assert sum(isinstance(result, booking.SlotTaken) for result in results) == 1


def test_a_double_tap_on_agree_books_once(actor, chen, answered, slots, agreed):
    held = booking.hold(actor(chen), slots[0].pk, chen)
    results = all_at_once([lambda: booking.confirm(actor(chen), held, agreed)] * 8)
    assert {result.pk for result in results} == {held.pk}
    assert Encounter.objects.count() == 1


def test_a_double_tap_on_a_time_holds_once(actor, chen, answered, slots):
    results = all_at_once([attempt(chen, slots[0])] * 8)
    assert len({result.pk for result in results}) == 1
    assert Appointment.objects.count() == 1


def test_confirming_and_expiring_at_once_never_leave_half(actor, chen, answered, slots, agreed):
    held = booking.hold(actor(chen), slots[0].pk, chen)
    Slot.objects.filter(pk=slots[0].pk).update(held_until=timezone.now())
    all_at_once([lambda: booking.confirm(actor(chen), held, agreed), booking.expire_holds])
    held.refresh_from_db()
    slots[0].refresh_from_db()
    assert (held.status, slots[0].status) in {("booked", "busy"), ("cancelled", "free")}


def test_two_who_move_onto_each_others_time_both_stay(dr_li, online, agreed):
    people = residents(dr_li, 2)
    slots = SlotFactory.create_batch(2, practitioner=dr_li)
    booked = []
    for person, slot in zip(people, slots, strict=True):
        held = booking.hold(Actor.of(person.user), slot.pk, person)
        booked.append(booking.confirm(Actor.of(person.user), held, agreed))
    wishes = zip(people, booked, reversed(slots), strict=True)
    results = all_at_once(
        [lambda p=p, b=b, s=s: booking.move(Actor.of(p.user), b, s.pk) for p, b, s in wishes]
    )
    assert all(isinstance(result, booking.SlotTaken) for result in results)
    assert Appointment.objects.filter(slot__in=slots, status="booked").count() == 2


def test_cancelling_and_moving_at_once_free_each_time_once(actor, chen, booked, slots):
    all_at_once(
        [
            lambda: booking.cancel(actor(chen), booked),
            lambda: booking.move(actor(chen), booked, slots[1].pk),
        ]
    )
    booked.refresh_from_db()
    taken = Slot.objects.filter(status=Slot.Status.BUSY).count()
    assert taken == (1 if booked.status == "booked" else 0)
