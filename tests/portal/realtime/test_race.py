from __future__ import annotations

import threading
import uuid
from functools import partial

import pytest
from django.db import OperationalError, connection, connections, transaction

from consult import conversation
from consult.conversation import CommandRefused, Words, storing
from consult.models import Communication
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds):
    """Run all at the same moment; what each returned, or the code of its refusal, in order."""
    answers = at_once(*deeds, expected=(CommandRefused,))
    return [one.code if isinstance(one, CommandRefused) else one for one in answers]


def test_the_same_client_id_from_two_sockets_at_once_is_one_message(dial, chen, encounter):
    lines = [dial(chen) for _ in range(4)]
    for _round in range(5):
        client_id = uuid.uuid4()
        answers = together(*(partial(line.say, encounter, "hi", client_id) for line in lines))
        assert len({(answer["seq"], answer["sent"]) for answer in answers}) == 1
    assert Communication.objects.count() == 5


def test_a_socket_and_a_form_with_the_same_client_id_are_one_message(dial, actor, chen, encounter):
    line = dial(chen)
    for _round in range(5):
        client_id = uuid.uuid4()
        spoken, written = together(
            lambda client_id=client_id: line.say(encounter, "hi", client_id),
            lambda client_id=client_id: conversation.say(actor(chen), encounter, client_id, "hi"),
        )
        assert spoken["seq"] == written.seq
    assert Communication.objects.count() == 5


def test_other_words_under_one_id_at_once_are_one_message_and_one_conflict(dial, chen, encounter):
    lines = [dial(chen), dial(chen)]
    client_id = uuid.uuid4()
    answers = together(
        *(
            lambda line=line, n=n: line.say(encounter, f"{n}", client_id)
            for n, line in enumerate(lines)
        )
    )
    assert sorted(answer.get("code", "ok") for answer in answers) == ["conflict", "ok"]


def test_numbers_have_no_gap_when_many_write_at_once(actor, chen, dr_li, encounter):
    deeds = [
        lambda n=n: conversation.say(actor((chen, dr_li)[n % 2]), encounter, uuid.uuid4(), f"{n}")
        for n in range(12)
    ]
    seqs = sorted(said.seq for said in together(*deeds))
    assert seqs == list(range(1, 13))
    encounter.refresh_from_db()
    assert encounter.last_seq == 12


def test_the_constraint_is_the_second_lock_when_the_first_look_is_blind(
    actor, chen, encounter, monkeypatch
):
    client_id = uuid.uuid4()
    first = conversation.say(actor(chen), encounter, client_id, "hello")
    looks = iter([{}])  # as if the row had come between the look and the insert
    real = storing.rows.stored
    monkeypatch.setattr(storing.rows, "stored", lambda found: next(looks, real(found)))
    again, other = conversation.say_many(
        [
            Words(actor(chen), encounter.pk, client_id, "hello"),
            Words(actor(chen), encounter.pk, uuid.uuid4(), "a neighbour in the same batch"),
        ]
    )
    assert (again.seq, other.seq) == (first.seq, 2)


def test_one_bad_message_never_fails_its_neighbours(dial, chen, dr_li, encounter, monkeypatch):
    real = conversation.say_many

    def breaks(batch):
        if any(words.text == "poison" for words in batch):
            raise ValueError("cannot be stored")
        return real(batch)

    from consult import live

    monkeypatch.setattr(live.writer, "deed", breaks)
    bad, good = dial(chen), dial(dr_li)
    for _round in range(5):
        answers = together(
            lambda: bad.say(encounter, "poison"), lambda: good.say(encounter, "well")
        )
        assert answers[0]["code"] == "unavailable"
        assert answers[1]["type"] == "ok"
    assert Communication.objects.count() == 5


def test_a_batch_of_many_rooms_keeps_each_room_in_order(actor, chen, neighbour, encounter):
    from tests.factories.visits import EncounterFactory

    other = EncounterFactory(appointment__patient=neighbour)
    batch = [
        Words(actor((chen, neighbour)[n % 2]), (encounter, other)[n % 2].pk, uuid.uuid4(), f"{n}")
        for n in range(10)
    ]
    stranger = Words(actor(neighbour), encounter.pk, uuid.uuid4(), "not mine")
    outcomes = conversation.say_many([*batch[:5], stranger, *batch[5:]])
    assert outcomes.pop(5).code == "not_found"
    assert [said.seq for said in outcomes] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_the_same_message_twice_in_one_batch_is_stored_once(actor, chen, encounter):
    words = Words(actor(chen), encounter.pk, uuid.uuid4(), "twice")
    first, second = conversation.say_many([words, words])
    assert first == second
    assert Communication.objects.count() == 1


@pytest.mark.postgresql
def test_a_room_that_stays_locked_is_an_error_of_the_database_and_the_next_try_works(
    actor, chen, encounter
):
    """The batch is looked up in one trip; what fails in it is still told as Django tells it."""
    locked, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            type(encounter).objects.select_for_update().get(pk=encounter.pk)
            locked.set()
            done.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    words = uuid.uuid4()
    with pytest.raises(OperationalError):
        conversation.say(actor(chen), encounter, words, "hello")
    done.set()
    holder.join(30)
    assert conversation.say(actor(chen), encounter, words, "hello").seq == 1
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
