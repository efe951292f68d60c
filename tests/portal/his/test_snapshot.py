"""The record as last read: a failed section is unknown, never none (R169)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.his import snapshot
from portal.his.tasks import refresh_section
from portal.record.models import RecordSection
from tests.portal.his.scripted import LOGIN, Reply, bundle, outcome

PATIENT = {"resourceType": "Patient", "id": "chen"}
PENICILLIN = {
    "resourceType": "AllergyIntolerance",
    "id": "a1",
    "patient": {"reference": "Patient/chen"},
    "code": {"text": "Penicillin"},
    "recordedDate": "2020-01-02",
}


def row(chen, section="allergies"):
    return RecordSection.objects.get(patient=chen, section=section)


def test_a_section_is_kept_as_read(chen, own_his):
    own_his.on("GET", "/AllergyIntolerance", bundle(PENICILLIN))
    before = timezone.now()
    snapshot.refresh(chen.pk, "allergies")
    kept = row(chen)
    assert kept.entries[0]["substance"] == "Penicillin"
    assert kept.entries[0]["recorded"] == "2020-01-02"
    assert before <= kept.as_of <= timezone.now()
    assert kept.error == "" and kept.refreshing_since is None


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(503, b""), "unavailable"),
        (LOGIN, "not-understood"),
        (Reply(403, outcome("forbidden")), "refused"),
        (bundle(PENICILLIN | {"patient": {"reference": "Patient/xu"}}), "not-understood"),
        (bundle(PENICILLIN, total=7), "not-understood"),
    ],
)
def test_a_section_that_fails_keeps_its_old_entries_and_says_why(chen, own_his, reply, code):
    own_his.on("GET", "/AllergyIntolerance", bundle(PENICILLIN))
    snapshot.refresh(chen.pk, "allergies")
    old = row(chen)
    own_his.on("GET", "/AllergyIntolerance", reply)
    snapshot.refresh(chen.pk, "allergies")
    kept = row(chen)
    assert (kept.entries, kept.as_of, kept.error) == (old.entries, old.as_of, code)
    assert code in snapshot.REASONS


def test_a_section_that_never_was_read_stays_unknown(chen, own_his):
    own_his.on("GET", "/AllergyIntolerance", Reply(503, b""))
    snapshot.refresh(chen.pk, "allergies")
    assert row(chen).entries is None and row(chen).as_of is None


def test_an_empty_section_is_known_to_be_empty(chen, own_his):
    own_his.on("GET", "/AllergyIntolerance", bundle())
    own_his.on("GET", "/Patient/chen", PATIENT)
    snapshot.refresh(chen.pk, "allergies")
    assert row(chen).entries == []


def test_a_record_that_the_hospital_does_not_know_is_not_an_empty_one(chen, own_his):
    own_his.on("GET", "/AllergyIntolerance", bundle())
    snapshot.refresh(chen.pk, "allergies")
    assert (row(chen).entries, row(chen).error) == (None, "not-found")


def test_a_resident_without_a_record_says_so(chen, own_his):
    chen.his_id = ""
    chen.save()
    snapshot.refresh(chen.pk, "allergies")
    assert row(chen).error == "not-linked"
    assert own_his.asked == []


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(snapshot.app, "send_task", lambda name, args, **_kw: calls.append(args))
    return calls


def test_asking_returns_at_once_and_asks_nobody_twice(
    chen, own_his, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        snapshot.request_refresh(chen)
        snapshot.request_refresh(chen, ["allergies"])
    assert len(sent) == 7 and own_his.asked == []
    assert ("allergies" in {section for _pk, section in sent}) and row(chen).refreshing_since


def test_a_refresh_that_died_with_its_worker_is_asked_for_again(
    chen, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        snapshot.request_refresh(chen, ["allergies"])
        RecordSection.objects.update(refreshing_since=timezone.now() - timedelta(seconds=61))
        snapshot.request_refresh(chen, ["allergies"])
    assert len(sent) == 2


def test_only_what_is_older_than_a_quarter_of_an_hour_is_read_again(
    chen, sent, django_capture_on_commit_callbacks
):
    fresh = timezone.now() - timedelta(minutes=14)
    RecordSection.objects.create(patient=chen, section="allergies", entries=[], as_of=fresh)
    RecordSection.objects.create(
        patient=chen, section="conditions", entries=[], as_of=fresh - timedelta(minutes=2)
    )
    with django_capture_on_commit_callbacks(execute=True):
        snapshot.request_stale(chen)
    asked = {section for _pk, section in sent}
    assert "allergies" not in asked and "conditions" in asked and len(asked) == 6


def test_a_broker_that_is_down_fails_nobody(chen, monkeypatch, django_capture_on_commit_callbacks):
    from kombu.exceptions import OperationalError

    def down(*_args, **_kw):
        raise OperationalError

    monkeypatch.setattr(snapshot.app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True):
        snapshot.request_refresh(chen)
    assert row(chen).entries is None


def test_the_task_takes_ids_and_forgives_one_that_is_gone(chen, own_his):
    own_his.on("GET", "/AllergyIntolerance", bundle(PENICILLIN))
    refresh_section(str(chen.pk), "allergies")
    assert row(chen).entries
    refresh_section("00000000-0000-0000-0000-000000000000", "allergies")
