from __future__ import annotations

import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.his import questions
from portal.his.models import RegistrarTask
from tests.factories.people import UserFactory


@pytest.fixture
def registrar(centre):
    return UserFactory(role=User.Role.REGISTRAR, full_name="Qian", organization=centre)


@pytest.fixture
def question(chen):
    return questions.ask(chen.organization, RegistrarTask.Kind.AMBIGUOUS, patient=chen)


def test_a_question_is_asked_once_while_it_is_open(chen, question):
    again = questions.ask(chen.organization, RegistrarTask.Kind.AMBIGUOUS, patient=chen)
    assert again.pk == question.pk


def test_the_registrar_answers_on_the_page(as_person, registrar, question):
    browser = as_person(registrar)
    page = browser.get(reverse("his:questions"))
    assert "several records match" in page.content.decode()
    answer = reverse("his:answer", args=[question.pk])
    assert "in a few words" in browser.post(answer, {"note": ""}, follow=True).content.decode()
    browser.post(answer, {"note": "linked to MRN 7"})
    question.refresh_from_db()
    assert question.note == "linked to MRN 7" and question.done_at
    assert AuditEvent.objects.filter(action="answer", agent=registrar).count() == 1
    assert (
        "answered this already" in browser.post(answer, {"note": "x"}, follow=True).content.decode()
    )


@pytest.mark.parametrize("who", ["dr_li", "gao", "chen"])
def test_nobody_else_finds_the_page(request, as_person, question, who):
    browser = as_person(request.getfixturevalue(who))
    assert browser.get(reverse("his:questions")).status_code == 404


def test_a_registrar_of_another_centre_finds_nothing(as_person, other_centre, question):
    stranger = UserFactory(role=User.Role.REGISTRAR, organization=other_centre)
    answer = reverse("his:answer", args=[question.pk])
    assert as_person(stranger).post(answer, {"note": "x"}).status_code == 404
