import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client

from portal.accounts import second_factor, sessions, signals
from portal.accounts.sessions import open_session


def browser(key):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def whose(key):
    request = HttpRequest()
    request.session = SessionStore(key)
    return get_user(request)


def test_an_opened_session_is_a_real_one(dr_li):
    key = open_session(dr_li.user)
    assert whose(key) == dr_li.user
    assert UserSession.objects.get(session_key=key).user == dr_li.user


def test_a_changed_password_ends_it(dr_li):
    key = open_session(dr_li.user)
    dr_li.user.set_password("a much longer password")
    dr_li.user.save()
    assert not whose(key).is_authenticated


def test_the_second_factor_is_fresh_for_five_minutes(dr_li):
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        session = SessionStore(open_session(dr_li.user))
        assert second_factor.fresh(session)
        clock.shift(301)
        assert not second_factor.fresh(session)
        assert second_factor.fresh(session, max_age=600)
        assert second_factor.done(session)


def test_a_clock_set_back_does_not_make_a_proof_fresh(dr_li):
    with time_machine.travel("2026-03-08 08:00", tick=False):
        session = SessionStore(open_session(dr_li.user))
    with time_machine.travel("2026-03-08 07:00", tick=False):
        assert not second_factor.fresh(session)


def test_a_resident_has_no_second_factor(chen):
    session = SessionStore(open_session(chen.user))
    assert not second_factor.done(session)


def test_ending_a_session_tells_the_sockets(chen, django_capture_on_commit_callbacks):
    told = []

    def hear(session_key, user_id, **_):
        told.append((session_key, user_id))

    signals.access_ended.connect(hear)
    first, second = open_session(chen.user), open_session(chen.user)
    with django_capture_on_commit_callbacks(execute=True):
        sessions.end_all(chen.user, but=second)
    signals.access_ended.disconnect(hear)
    assert told == [(first, chen.user.pk)]
    assert whose(second) == chen.user
    assert not SessionStore().exists(first)


def test_nobody_ends_another_persons_session(chen, neighbour):
    key = open_session(chen.user)
    assert not sessions.end(neighbour.user, key)
    assert whose(key) == chen.user


def test_the_seed_of_an_authenticator_is_sealed(dr_li):
    second_factor.enrol_totp(dr_li.user, "JBSWY3DPEHPK3PXP")
    factor = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in str(factor.data)
    assert second_factor.is_enrolled(dr_li.user)
