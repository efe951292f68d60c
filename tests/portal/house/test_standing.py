"""A question whose statement is written once answers as the ORM does."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from consult.models import Communication, Encounter
from portal.accounts.models import User
from portal.standing import Question
from tests.factories.people import UserFactory
from tests.factories.visits import EncounterFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [UserFactory(phone=f"+86138000000{n:02}") for n in range(3)]


def test_whole_rows_are_the_ones_the_orm_gives(people):
    question = Question(lambda pk: User.objects.filter(pk=pk), uuid.UUID)
    for person in people:
        (row,) = question.ask(person.pk)
        assert vars(row) == vars(User.objects.get(pk=person.pk)) | {"_state": row._state}
        assert row.phone == person.phone and not row._state.adding


def test_a_row_that_was_read_can_be_saved(people):
    (row,) = Question(lambda pk: User.objects.filter(pk=pk), uuid.UUID).ask(people[0].pk)
    row.full_name = "Chen Guilan"
    row.save()
    assert User.objects.get(pk=people[0].pk).full_name == "Chen Guilan"


def test_values_come_in_their_own_types():
    visit = EncounterFactory()
    now = timezone.now()
    visit.messages.create(
        seq=1, client_id=uuid.uuid4(), author_kind="doctor", sent=now, text="How is the knee?",
        body={"a": 1},
    )  # fmt: skip
    names = ("seq", "client_id", "sent", "text", "body", "encounter__patient__name")
    question = Question(
        lambda room, seq: Communication.objects.filter(
            encounter_id=room, seq__gt=seq, withdrawn_at=None
        ).values_list(*names),
        uuid.UUID,
        int,
    )
    assert question.ask(visit.pk, 0) == list(Communication.objects.values_list(*names))
    assert question.ask(visit.pk, 1) == question.ask(uuid.uuid4(), 0) == []


def test_words_and_moments_are_values_too():
    now = timezone.now()
    for key, hours in ("old", -1), ("new", 1):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(hours=hours)
        )
    question = Question(
        lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), str, datetime
    )
    assert [row.session_key for row in question.ask("new", now)] == ["new"]
    assert question.ask("old", now) == []
    assert question.ask("' OR 1=1 --", now) == []


def test_what_nobody_may_see_is_not_even_asked(django_assert_num_queries):
    EncounterFactory()
    question = Question(
        lambda pk: Encounter.objects.visible_to(None).filter(pk=pk).values_list("pk"), uuid.UUID
    )
    with django_assert_num_queries(0):
        assert question.ask(uuid.uuid4()) == []


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda pk: User.objects.all(), "not a parameter"),
        (lambda pk: Encounter.objects.filter(pk=pk).select_related("patient"), "no related"),
    ],
)
def test_a_question_that_cannot_stand_says_so(write, words):
    with pytest.raises(TypeError, match=words):
        Question(write, uuid.UUID).ask(uuid.uuid4())
