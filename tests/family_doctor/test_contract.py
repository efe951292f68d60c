"""A resident asks for a family doctor and the doctor answers (R17–R20, R23)."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from family_doctor import enrolling, rules
from family_doctor.models import EpisodeOfCare
from portal.audit.models import AuditEvent
from portal.notification.models import Notification
from portal.workflow import Refused

pytestmark = pytest.mark.django_db


def test_asking_waits_for_the_doctor(gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    assert contract.status == "planned"
    assert contract.services == li_team.services
    assert rules.doctor_of(gu) is None
    assert Notification.objects.get(user=li_team.doctor.user).kind == "contract-asked"


def test_accepting_makes_the_doctor_the_family_doctor(gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    enrolling.accept(actor(li_team.doctor), contract)
    gu.refresh_from_db()
    assert gu.general_practitioner == li_team.doctor
    assert rules.doctor_of(gu) == li_team.doctor
    assert rules.team_of(gu) == li_team
    assert Notification.objects.get(user=gu.user).kind == "contract-accepted"


def test_both_steps_are_in_the_journal_with_actor_and_subject(gu, li_team, actor):
    enrolling.accept(actor(li_team.doctor), enrolling.ask(actor(gu), li_team))
    lines = AuditEvent.objects.filter(entity="family_doctor.EpisodeOfCare").order_by("sequence")
    assert [(line.action, line.before, line.after, line.agent) for line in lines] == [
        ("ask", "", "planned", gu.user),
        ("accept", "planned", "active", li_team.doctor.user),
    ]
    assert {line.subject for line in lines} == {gu.pk}


def test_a_contract_runs_at_least_twelve_months_from_the_doctors_word(gu, li_team, actor):
    with time_machine.travel("2026-03-08 02:00"):
        contract = enrolling.ask(actor(gu), li_team)
    with time_machine.travel("2026-03-20 02:00"):
        contract = enrolling.accept(actor(li_team.doctor), contract)
    assert (contract.start, contract.end) == (date(2026, 3, 20), date(2027, 3, 20))


@pytest.mark.parametrize(
    ("today", "end"),
    [
        ("2028-02-29 04:00+00:00", date(2029, 3, 1)),
        ("2026-12-31 04:00+00:00", date(2027, 12, 31)),
        ("2026-12-31 17:00+00:00", date(2028, 1, 1)),  # already New Year's Day at the centre
    ],
)
def test_the_last_day_is_never_early(gu, li_team, actor, today, end):
    with time_machine.travel(today):
        assert enrolling.ask(actor(gu), li_team).end == end


def test_asking_twice_is_asking_once(gu, li_team, actor):
    first = enrolling.ask(actor(gu), li_team)
    assert enrolling.ask(actor(gu), li_team) == first
    assert EpisodeOfCare.objects.count() == 1
    assert Notification.objects.filter(kind="contract-asked").count() == 1


def test_one_question_at_a_time(gu, li_team, wang_team, actor):
    enrolling.ask(actor(gu), li_team)
    with pytest.raises(Refused, match="answer is still to come"):
        enrolling.ask(actor(gu), wang_team)


def test_one_family_doctor_at_a_time(gu, li_team, wang_team, actor):
    enrolling.accept(actor(li_team.doctor), enrolling.ask(actor(gu), li_team))
    with pytest.raises(Refused, match="one at a time"):
        enrolling.ask(actor(gu), wang_team)


def test_the_database_itself_refuses_a_second_contract(gu, li_team, wang_team, actor):
    contract = enrolling.accept(actor(li_team.doctor), enrolling.ask(actor(gu), li_team))
    contract.pk, contract.team = uuid4(), wang_team
    with pytest.raises(IntegrityError), transaction.atomic():
        contract.save(force_insert=True)


def test_a_contract_contains_something(gu, li_team, actor):
    li_team.services = []
    li_team.save()
    with pytest.raises(Refused, match="what it offers"):
        enrolling.ask(actor(gu), li_team)


def test_a_team_is_a_team(gu, li_team, actor):
    li_team.other_members = []
    li_team.save()
    with pytest.raises(Refused, match="not complete"):
        enrolling.ask(actor(gu), li_team)


def test_a_full_team_has_a_waiting_list(gu, li_team, actor):
    li_team.capacity = 0
    li_team.save()
    contract = enrolling.ask(actor(gu), li_team)
    assert contract.status == "waitlist"
    with pytest.raises(Refused, match="full"):
        enrolling.accept(actor(li_team.doctor), contract)
    li_team.capacity = 1
    li_team.save()
    assert enrolling.accept(actor(li_team.doctor), contract).status == "active"


def test_only_the_teams_doctor_answers(gu, li_team, dr_wang, actor):
    contract = enrolling.ask(actor(gu), li_team)
    for deed in (
        lambda: enrolling.accept(actor(dr_wang), contract),
        lambda: enrolling.decline(actor(dr_wang), contract, "no"),
    ):
        with pytest.raises(Refused):
            deed()
    contract.refresh_from_db()
    assert contract.status == "planned"


def test_declining_says_why_and_leaves_the_way_open(gu, li_team, wang_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    contract = enrolling.decline(actor(li_team.doctor), contract, "I retire in June.")
    assert (contract.status, contract.status_reason) == ("finished", "declined")
    assert contract.answer == "I retire in June."
    notice = Notification.objects.get(user=gu.user)
    assert "retire" not in str(notice.context)
    assert enrolling.ask(actor(gu), wang_team).status == "planned"


def test_a_question_can_be_taken_back(gu, li_team, wang_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    enrolling.withdraw(actor(gu), contract)
    with pytest.raises(Refused):
        enrolling.accept(actor(li_team.doctor), contract)
    assert enrolling.ask(actor(gu), wang_team)


def test_nobody_takes_anothers_question_back(gu, chen, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    with pytest.raises(Refused):
        enrolling.withdraw(actor(chen), contract)


def test_a_double_tap_accepts_once(gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    enrolling.accept(actor(li_team.doctor), contract)
    enrolling.accept(actor(li_team.doctor), contract)
    assert AuditEvent.objects.filter(action="accept").count() == 1
    assert Notification.objects.filter(kind="contract-accepted").count() == 1


def test_who_has_not_said_who_they_are_cannot_ask(newcomer, li_team, actor):
    with pytest.raises(Refused, match="who you are"):
        enrolling.ask(actor(newcomer), li_team)


def test_each_sees_their_own_contracts(gu, chen, li_team, dr_wang, dr_zhao, gao, sun, actor):
    enrolling.ask(actor(gu), li_team)
    sees = {
        person: EpisodeOfCare.objects.visible_to(actor(person)).count()
        for person in (gu, li_team.doctor, gao, chen, dr_wang, dr_zhao, sun)
    }
    assert list(sees.values()) == [1, 1, 1, 0, 0, 0, 0]
    assert not EpisodeOfCare.objects.visible_to(None).exists()
