"""Only the doctor signs, and every changed byte is seen (R49, R56, R57)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.record import keyring, signing
from portal.record.models import SigningCertificate
from tests.portal.record.conftest import PASSWORD, session_of

GOLDEN = Path(__file__).parent / "golden_canonical.json"
DOCUMENT = {
    "patient": "陈桂兰",
    "lines": [{"dose": "0.5", "days": 28, "text": 'take "one"\n每日一次'}],
    "b": None,
    "a": True,
    "é": "ﬁ",
}


def test_a_signature_names_its_certificate_and_verifies(key):
    signature = signing.sign_bytes(key, b"two tablets")
    assert signature.split(":")[1] == str(key.certificate_id)
    assert signing.verify(signature, b"two tablets")


def test_any_changed_byte_is_seen(key):
    data = signing.canonical(DOCUMENT)
    signature = signing.sign_bytes(key, data)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not signing.verify(signature, changed)


@pytest.mark.parametrize(
    "signature",
    ["", "ed25519", "ed25519:x:y", "rsa:00000000-0000-0000-0000-000000000000:AAAA", "a:b:c:d"],
)
def test_a_nonsense_signature_is_only_false(db, signature):
    assert signing.verify(signature, b"two tablets") is False


def test_a_signature_under_another_certificate_does_not_verify(key, dr_wang):
    other = signing.open_for(session_of(dr_wang), dr_wang, PASSWORD)
    kind, _name, body = signing.sign_bytes(key, b"x").split(":")
    assert not signing.verify(f"{kind}:{other.certificate_id}:{body}", b"x")


def test_the_canonical_bytes_are_the_same_in_every_version():
    assert signing.canonical(DOCUMENT) == GOLDEN.read_bytes()


def test_the_canonical_bytes_do_not_depend_on_the_order_of_keys():
    turned = dict(reversed(DOCUMENT.items()))
    assert signing.canonical(turned) == signing.canonical(DOCUMENT)


@given(st.recursive(st.floats(), lambda inner: st.lists(inner, min_size=1), max_leaves=3))
def test_fractions_must_come_as_text(value):
    with pytest.raises(TypeError):
        signing.canonical({"dose": value})


def test_the_password_opens_the_key_and_a_wrong_one_does_not(desk, dr_li):
    assert not signing.unlock(desk, dr_li.user, "a wrong password of a doctor")
    assert not signing.is_unlocked(desk)
    assert signing.unlock(desk, dr_li.user, PASSWORD)
    assert signing.is_unlocked(desk)


def test_the_sixth_wrong_password_in_a_row_has_to_wait(desk, dr_li):
    for _ in range(5):
        assert not signing.unlock(desk, dr_li.user, "a guess of a stranger")
    with pytest.raises(signing.Locked):
        signing.unlock(desk, dr_li.user, PASSWORD)
    assert not signing.is_unlocked(desk)


def test_the_key_is_the_same_at_the_next_sign_in(desk, dr_li):
    first = signing.open_for(desk, dr_li, PASSWORD)
    second = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    assert first.certificate_id == second.certificate_id
    assert signing.verify(signing.sign_bytes(second, b"x"), b"x")


def test_a_session_without_the_password_cannot_sign(desk, dr_li):
    with pytest.raises(signing.Locked):
        signing.key_of(desk, dr_li)


def test_nobody_gets_another_doctors_key(key, desk, dr_wang):
    with pytest.raises(signing.Locked):
        signing.key_of(desk, dr_wang)


def test_a_pharmacist_has_no_key(sun):
    sun.set_password(PASSWORD)
    sun.save()
    from django.contrib.sessions.backends.db import SessionStore

    assert not signing.unlock(SessionStore(), sun, PASSWORD)
    assert not SigningCertificate.objects.exists()


def test_the_key_is_gone_at_sign_out(key, desk):
    desk.flush()
    with pytest.raises(signing.Locked):
        signing.sign_bytes(key, b"x")


def test_a_key_copied_into_another_session_does_not_open(key, desk, dr_li):
    thief = session_of(dr_li)
    thief[keyring.SLOT] = desk[keyring.SLOT]
    assert not signing.is_unlocked(thief)


def test_a_revoked_certificate_signs_nothing_more(key, desk, dr_li):
    certificate = SigningCertificate.objects.get(pk=key.certificate_id)
    before = signing.sign_bytes(key, b"x")
    signed_at = timezone.now()
    signing.revoke(certificate, "lost telephone")
    with pytest.raises(signing.Locked):
        signing.sign_bytes(key, b"x")
    with pytest.raises(signing.Locked):
        signing.key_of(desk, dr_li)
    assert signing.verify(before, b"x", at=signed_at)
    assert not signing.verify(before, b"x", at=timezone.now() + timedelta(seconds=1))


def test_a_changed_password_gets_a_new_pair_and_the_old_signatures_stay(key, desk, dr_li):
    old = signing.sign_bytes(key, b"x")
    dr_li.user.set_password("another long password of hers")
    dr_li.user.save()
    assert signing.unlock(desk, dr_li.user, "another long password of hers")
    assert signing.key_of(desk, dr_li).certificate_id != key.certificate_id
    assert signing.verify(old, b"x")


def test_a_background_task_cannot_sign(key, settings):
    from celery import shared_task

    @shared_task
    def sign_by_machine():
        signing.sign_bytes(key, b"x")

    with pytest.raises(signing.Locked):
        sign_by_machine.apply(throw=True)


def test_neither_the_database_nor_the_session_holds_the_private_key(key, desk):
    raw = key.private.private_bytes_raw()
    certificate = SigningCertificate.objects.get(pk=key.certificate_id)
    import base64

    plain = base64.b64encode(raw).decode()
    assert plain not in certificate.wrapped_key
    assert plain not in str(dict(desk.items()))
    assert plain not in repr(key)


def test_a_key_carried_over_the_second_factor_opens_in_the_new_session(dr_li, rf):
    dr_li.user.set_password(PASSWORD)
    dr_li.user.save()
    request = rf.post("/")
    request.session = session_of(dr_li)
    signing.carry(request.session, dr_li.user, PASSWORD)
    assert not signing.is_unlocked(request.session)
    request.session.cycle_key()
    user_logged_in.send(dr_li.user.__class__, request=request, user=dr_li.user)
    assert signing.is_unlocked(request.session)


def test_a_carried_key_does_not_open_for_another_person(dr_li, dr_wang, rf):
    request = rf.post("/")
    request.session = session_of(dr_wang)
    session_of(dr_li)
    signing.carry(request.session, dr_li.user, PASSWORD)
    user_logged_in.send(dr_wang.user.__class__, request=request, user=dr_wang.user)
    assert not signing.is_unlocked(request.session)
