"""Consent: the version read, given by the resident, withdrawn as easily (R11, R12, R14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone, translation

from portal.audit.models import AuditEvent
from portal.record import consent
from portal.record.models import Consent, ConsentText
from portal.workflow import Refused

KIND = ConsentText.Kind.ONLINE_CARE


@pytest.fixture(autouse=True)
def texts(db):
    consent.load()


def newer(kind=KIND):
    for language in ("en", "zh-hans"):
        ConsentText.objects.create(
            kind=kind, version=2, language=language, title="New", body="New words.",
            valid_from=timezone.now() - timedelta(minutes=1),
        )  # fmt: skip


def test_the_text_is_in_the_readers_language():
    assert consent.current(KIND, "zh-hans").language == "zh-hans"
    assert consent.current(KIND, "sk").language == "en"
    with translation.override("zh-hans"):
        assert consent.current(KIND).title.startswith("互联网诊疗")


def test_giving_keeps_hash_version_and_time(actor, chen):
    text = consent.missing(chen, KIND)
    row = consent.give(actor(chen), chen, text)
    assert (row.text.version, row.digest) == (1, consent.digest(text))
    assert consent.missing(chen, KIND) is None
    assert consent.missing(chen, ConsentText.Kind.SENSITIVE_DATA) is not None  # its own yes (R12)


def test_a_yes_in_one_language_counts_in_the_other(actor, chen):
    consent.give(actor(chen), chen, consent.current(KIND, "zh-hans"))
    assert consent.missing(chen, KIND) is None


def test_a_new_version_asks_again_and_the_old_one_stays_readable(actor, chen):
    old = consent.missing(chen, KIND)
    consent.give(actor(chen), chen, old)
    newer()
    assert consent.missing(chen, KIND).version == 2
    assert ConsentText.objects.get(pk=old.pk).body == old.body
    with pytest.raises(Refused):
        consent.give(actor(chen), chen, old)


def test_a_text_of_tomorrow_does_not_hold_today(chen):
    ConsentText.objects.create(
        kind=KIND, version=9, language="en", title="Later", body="Later.",
        valid_from=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    assert consent.current(KIND).version == 1


def test_a_double_tap_gives_once(actor, chen):
    text = consent.missing(chen, KIND)
    assert consent.give(actor(chen), chen, text) == consent.give(actor(chen), chen, text)
    assert AuditEvent.objects.filter(action="give-consent").count() == 1


def test_withdrawing_ends_it_and_keeps_the_past(actor, chen):
    consent.give(actor(chen), chen, consent.missing(chen, KIND))
    assert consent.withdraw(actor(chen), chen, KIND) == 1
    assert consent.withdraw(actor(chen), chen, KIND) == 0
    assert consent.missing(chen, KIND) is not None
    consent.give(actor(chen), chen, consent.missing(chen, KIND))
    assert Consent.objects.count() == 2


def test_nobody_agrees_for_another(actor, chen, neighbour, dr_li):
    for person in (neighbour, dr_li):
        with pytest.raises(Refused):
            consent.give(actor(person), chen, consent.missing(chen, KIND))
        with pytest.raises(Refused):
            consent.withdraw(actor(person), chen, KIND)
    assert not Consent.objects.exists()


def test_loading_again_adds_nothing_and_changes_nothing():
    assert consent.load() == 0
    with pytest.raises(Error), transaction.atomic():
        ConsentText.objects.update(body="other words")


def test_a_changed_text_without_a_new_version_is_refused(monkeypatch, tmp_path):
    shipped = consent.DATA.read_text("utf-8").replace("never prescribed online", "sometimes")
    (tmp_path / "texts.json").write_text(shipped, "utf-8")
    monkeypatch.setattr(consent, "DATA", tmp_path / "texts.json")
    with pytest.raises(consent.TextChanged):
        consent.load()


def test_a_given_consent_cannot_be_rewritten_or_removed(actor, chen):
    consent.give(actor(chen), chen, consent.missing(chen, KIND))
    for change in (
        lambda: Consent.objects.update(digest="x"),
        lambda: Consent.objects.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_both_languages_say_when_not_to_use_it():
    for language, number in (("en", "120"), ("zh-hans", "120")):
        text = consent.current(KIND, language)
        assert number in text.body and text.title
