from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from portal.audit.models import AuditEvent
from portal.outbox import deciding, outcomes
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import relay_due
from portal.workflow import Refused


@pytest.fixture
def stuck(other_side, post):
    """A refused message and the one that waits for it."""
    other_side.trouble[1] = [outcomes.Refused("required: status")]
    first = post(1, lane="a")
    second = post(2, lane="b", depends_on=first)
    relay_due()
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


def test_a_retry_sends_it_and_what_waited_for_it(actor, gao, other_side, stuck, due_now):
    deciding.retry(actor(gao), stuck[0])
    relay_due()
    assert other_side.arrived == [1, 2]
    line = AuditEvent.objects.get(action="retry")
    assert (line.before, line.after, line.agent) == ("rejected", "pending", gao)


def test_what_waits_cannot_go_before(actor, gao, stuck):
    with pytest.raises(Refused):
        deciding.retry(actor(gao), stuck[1])


def test_a_discarded_message_is_never_sent_and_says_why(actor, gao, other_side, stuck):
    deciding.discard(actor(gao), stuck[0], "  entered by\nhand ")
    relay_due()
    assert other_side.arrived == []
    row = OutboxMessage.objects.get(pk=stuck[0].pk)
    assert (row.state, row.last_error) == ("discarded", "entered by hand")
    assert AuditEvent.objects.filter(action="discard").count() == 1


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_discarding_needs_a_reason(actor, gao, stuck, reason):
    with pytest.raises(Refused):
        deciding.discard(actor(gao), stuck[0], reason)


def test_a_message_on_its_way_is_not_decided_about(actor, gao, post):
    message = post(1)
    for decide in (deciding.retry, lambda who, row: deciding.discard(who, row, "why")):
        with pytest.raises(Refused):
            decide(actor(gao), message)


@pytest.fixture
def manager(gao, as_person):
    return as_person(gao)


def test_the_manager_sees_why_and_decides_on_the_page(manager, stuck):
    page = manager.get(reverse("outbox:undelivered")).content.decode()
    assert "required: status" in page and f"message-{stuck[1].pk}" in page
    empty = manager.post(
        reverse("outbox:discard", args=[stuck[0].pk]), {"reason": " "}, follow=True
    )
    assert "Say why this message is not sent." in empty.content.decode()
    manager.post(reverse("outbox:discard", args=[stuck[0].pk]), {"reason": "entered by hand"})
    assert OutboxMessage.objects.get(pk=stuck[0].pk).state == "discarded"


def test_the_manager_sends_it_again(manager, stuck):
    manager.post(reverse("outbox:retry", args=[stuck[0].pk]))
    assert OutboxMessage.objects.get(pk=stuck[0].pk).state == "pending"
    again = manager.post(reverse("outbox:retry", args=[stuck[0].pk]), follow=True)
    assert "This is already" in again.content.decode()


def test_the_start_page_of_the_manager_counts_them(manager, stuck):
    assert "2 messages wait for you" in manager.get(reverse("home")).content.decode()


def test_another_centre_s_messages_are_not_there(manager, post, other_centre):
    message = post(9, organization=other_centre)
    OutboxMessage.objects.filter(pk=message.pk).update(state="dead")
    for name in ("outbox:retry", "outbox:discard"):
        assert manager.post(reverse(name, args=[message.pk])).status_code == 404
    assert f"message-{message.pk}" not in manager.get("/undelivered/").content.decode()


@pytest.mark.parametrize("who", ["dr_li", "sun", "chen"])
def test_nobody_else_finds_the_page(request, as_person, stuck, who):
    person = as_person(request.getfixturevalue(who))
    assert person.get(reverse("outbox:undelivered")).status_code == 404
    assert person.post(reverse("outbox:retry", args=[stuck[0].pk])).status_code in (403, 404)


def test_the_question_what_is_due_uses_the_index(post):
    post(1)
    from portal.outbox.relaying import due

    plan = due().explain()
    if connection.vendor == "sqlite":
        assert "outbox_due" in plan or "outbox_lane" in plan
