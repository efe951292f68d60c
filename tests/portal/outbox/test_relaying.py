from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from portal.outbox import outcomes
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import relay_due
from portal.outbox.settling import FAULTS


def state(message):
    return OutboxMessage.objects.get(pk=message.pk).state


def test_a_message_is_delivered_once_and_says_where(other_side, post):
    message = post(1)
    relay_due()
    relay_due()
    assert other_side.arrived == [1]
    message.refresh_from_db()
    assert (message.state, message.remote_ref, message.attempts) == ("done", "Thing/1", 1)
    assert message.done_at is not None and message.leased_until is None


def test_the_same_key_twice_is_one_message(other_side, post):
    key = uuid.uuid4()
    assert post(1, key=key).pk == post(2, key=key).pk
    relay_due()
    assert other_side.arrived == [1]


def test_a_lane_keeps_its_order_even_against_priority(other_side, post):
    post(1, priority=5)
    post(2, priority=1)
    relay_due()
    assert other_side.arrived == [1, 2]


def test_urgent_lanes_go_first(other_side, post):
    post(1, lane="chen", priority=5)
    post(2, lane="xu", priority=1)
    relay_due()
    assert other_side.arrived == [2, 1]


def test_a_waiting_message_holds_its_own_lane_and_no_other(other_side, post):
    other_side.trouble[1] = [outcomes.Outcome("odd")]
    post(1, lane="chen")
    post(2, lane="chen")
    post(3, lane="xu")
    relay_due()
    assert other_side.arrived == [3]


def test_nobody_reached_is_no_fault_and_leaves_the_rest_of_that_side_alone(other_side, post):
    away = outcomes.Postponed("cannot be reached", retry_after=5)
    other_side.trouble = {1: [away], 2: [away]}
    first, second = post(1, lane="chen"), post(2, lane="xu")
    assert relay_due() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.faults) == ("pending", 0)
    assert first.next_at > timezone.now()
    assert second.attempts == 0


def test_another_centre_is_still_served(other_side, post, other_centre):
    other_side.trouble[1] = [outcomes.Postponed("away")]
    post(1, lane="chen")
    post(2, lane="zhou", organization=other_centre)
    relay_due()
    assert other_side.arrived == [2]


def test_an_unknown_outcome_is_asked_about_next_time(other_side, post, due_now):
    other_side.trouble[1] = [outcomes.Unknown("cut")]
    message = post(1)
    relay_due()
    message.refresh_from_db()
    assert (message.state, message.may_have_arrived) == ("unknown", True)
    due_now()
    relay_due()
    assert state(message) == "done"


def test_what_may_have_arrived_stays_so_while_nobody_answers(other_side, post, due_now):
    other_side.trouble[1] = [outcomes.Unknown("cut"), outcomes.Postponed("away")]
    message = post(1)
    relay_due()
    due_now()
    relay_due()
    message.refresh_from_db()
    assert (message.state, message.may_have_arrived) == ("unknown", True)


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (outcomes.Conflicted("newer"), "conflict"),
        (outcomes.Refused("required: status"), "rejected"),
        (outcomes.GivenUp("HTTP 403"), "dead"),
    ],
)
def test_a_refusal_goes_to_a_person_at_once(other_side, post, error, end):
    other_side.trouble[1] = [error]
    message = post(1)
    relay_due()
    message.refresh_from_db()
    assert message.state == end
    assert str(error) in message.last_error


def test_poison_is_given_up_while_the_others_get_through(other_side, post, due_now):
    other_side.trouble[1] = [ValueError("Chen Guilan")] * 20
    poison = post(1, lane="chen")
    for turn in range(FAULTS):
        post(100 + turn, lane=f"other-{turn}")
        relay_due()
        due_now()
    assert state(poison) == "dead"
    assert len(other_side.arrived) == FAULTS


def test_the_reason_of_a_fault_holds_no_words_of_the_payload(other_side, post):
    other_side.trouble[1] = [ValueError("Chen Guilan")]
    message = post(1)
    relay_due()
    message.refresh_from_db()
    assert message.last_error == "ValueError"


def test_a_message_is_not_given_up_while_nobody_gets_through(other_side, post, due_now):
    other_side.trouble[1] = [outcomes.Unknown("HTTP 500")] * 50
    message = post(1)
    for _turn in range(FAULTS + 3):
        relay_due()
        due_now()
    assert state(message) == "unknown"
    OutboxMessage.objects.update(failing_since=timezone.now() - timedelta(hours=25))
    relay_due()
    assert state(message) == "dead"


def test_a_follower_waits_for_its_forerunner_in_another_lane(other_side, post, due_now):
    other_side.trouble[1] = [outcomes.Unknown("cut")]
    first = post(1, lane="chen")
    post(2, lane="other", depends_on=first)
    relay_due()
    assert other_side.arrived == []
    due_now()
    relay_due()
    assert other_side.arrived == [1, 2]


def test_what_follows_a_refused_message_goes_to_a_person_too(other_side, post):
    other_side.trouble[1] = [outcomes.Refused("no")]
    first = post(1, lane="a")
    second = post(2, lane="b", depends_on=first)
    third = post(3, lane="c", depends_on=second)
    relay_due()
    assert (state(first), state(second), state(third)) == ("rejected", "dead", "dead")
    second.refresh_from_db()
    assert str(first.pk) in second.last_error


def test_a_killed_worker_s_message_is_asked_about_after_its_lease(other_side, post):
    message = post(1)
    OutboxMessage.objects.update(
        state="in-flight", attempts=1, leased_until=Now() + timedelta(seconds=30)
    )
    assert relay_due() == 0
    OutboxMessage.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert relay_due() == 1
    message.refresh_from_db()
    assert (message.state, message.may_have_arrived, message.attempts) == ("done", True, 2)


def test_a_lease_lies_under_two_minutes():
    from portal.celery import app
    from portal.outbox.relaying import LEASE

    every = app.conf.beat_schedule["outbox"]["schedule"]
    assert LEASE.total_seconds() + every < 120


def test_who_lost_the_lease_settles_nothing(post):
    from portal.outbox import settling

    message = post(1)
    OutboxMessage.objects.update(state="in-flight", attempts=2)
    message.attempts = 1
    settling.done(message, "Thing/1")
    assert state(message) == "in-flight"


def test_a_kind_that_nobody_sends_waits_for_a_newer_worker(centre, db):
    from portal.outbox.putting import put

    message = put("his.tomorrow", centre, lane="chen", payload={})
    relay_due()
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("pending", "LookupError")
