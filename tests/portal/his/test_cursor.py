"""The news of the hospital: seen once, acted upon, never lost."""

from __future__ import annotations

import pytest

from portal.his import cursor, signals, snapshot
from portal.his.models import FeedCursor, RegistrarTask, SeenChange
from portal.his.tasks import poll, poll_one
from tests.factories.people import PatientFactory
from tests.portal.his.scripted import Reply, bundle, outcome

AT = "2026-01-05T10:00:00.123Z"


def row(kind, name, version="1", at=AT, **facts):
    meta = {"versionId": version, "lastUpdated": at}
    return {"resourceType": kind, "id": name, "meta": meta, **facts}


@pytest.fixture
def news(own_his, chen):
    """A hospital with nothing new until the test says so."""
    own_his.on("GET", "/", lambda asked: bundle())
    return own_his


@pytest.fixture
def refreshed(monkeypatch):
    calls = []
    monkeypatch.setattr(
        snapshot,
        "request_refresh",
        lambda patient, sections=None: calls.append((patient, sections)),
    )
    return calls


@pytest.fixture
def heard():
    """Who listens for appointments, and breaks when told to."""

    class Ear:
        def __init__(self):
            self.news, self.deaf = [], False

        def hear(self, sender, **facts):
            if self.deaf:
                raise RuntimeError("busy")
            self.news.append(facts)

    ear = Ear()
    signals.appointment_changed.connect(ear.hear)
    yield ear
    signals.appointment_changed.disconnect(ear.hear)


def look(own_his, chen):
    return cursor.poll(own_his.base, [chen.organization])


def test_a_new_allergy_has_that_section_read_again(news, chen, refreshed):
    allergy = row("AllergyIntolerance", "a1", patient={"reference": "Patient/chen"})
    news.on("GET", "/AllergyIntolerance", bundle(allergy))
    assert look(news, chen) == 1
    assert refreshed == [(chen, ["allergies"])]


def test_the_same_version_is_acted_upon_once(news, chen, refreshed):
    allergy = row("AllergyIntolerance", "a1", patient={"reference": "Patient/chen"})
    news.on("GET", "/AllergyIntolerance", bundle(allergy))
    look(news, chen)
    assert look(news, chen) == 0
    news.on("GET", "/AllergyIntolerance", bundle(allergy | {"meta": {"versionId": "2"}}))
    assert look(news, chen) == 1
    assert len(refreshed) == 2


def test_news_of_strangers_read_nothing(news, chen, refreshed):
    news.on("GET", "/Condition", bundle(row("Condition", "c", subject={"reference": "Patient/x"})))
    look(news, chen)
    assert refreshed == []


def test_a_cancelled_appointment_is_told_to_who_listens(news, chen, heard):
    people = [
        {"actor": {"reference": "Patient/chen"}},
        {"actor": {"reference": "Practitioner/dr-li"}},
    ]
    appointment = row("Appointment", "ap", status="cancelled", participant=people)
    news.on("GET", "/Appointment", bundle(appointment))
    look(news, chen)
    told = heard.news[0]
    assert (told["his_id"], told["status"]) == ("ap", "cancelled")
    assert (told["patient_his_id"], told["doctor_his_id"]) == ("chen", "dr-li")
    assert told["organizations"] == [chen.organization_id]


def test_what_could_not_be_taken_in_is_offered_again(news, chen, heard):
    news.on("GET", "/Appointment", bundle(row("Appointment", "ap", status="cancelled")))
    heard.deaf = True
    look(news, chen)
    assert not SeenChange.objects.exists()
    heard.deaf = False
    look(news, chen)
    assert len(heard.news) == 1 and SeenChange.objects.count() == 1


def test_the_cursor_moves_by_the_hospital_s_clock_and_looks_back(news, chen):
    news.on("GET", "/Condition", bundle(row("Condition", "c", at="2020-03-01T00:00:00+08:00")))
    look(news, chen)
    kept = FeedCursor.objects.get().cursor
    assert kept["Condition"].startswith("2020-02-29T16:00:00")
    look(news, chen)
    asked = news.asked_for("GET", "/Condition")[-1].one("_lastUpdated")
    assert asked == "ge2020-02-29T15:57:00Z"


def test_a_type_that_fails_keeps_its_place(news, chen):
    look(news, chen)
    before = FeedCursor.objects.get().cursor
    news.on("GET", "/Condition", Reply(503, b""))
    look(news, chen)
    assert FeedCursor.objects.get().cursor["Condition"] == before["Condition"]


def test_a_type_the_hospital_does_not_have_is_passed_over(news, chen, refreshed):
    news.on("GET", "/Slot", Reply(400, outcome("not-supported")))
    allergy = row("AllergyIntolerance", "a1", patient={"reference": "Patient/chen"})
    news.on("GET", "/AllergyIntolerance", bundle(allergy))
    assert look(news, chen) == 1


def test_no_answer_changes_nothing_and_says_so(own_his, chen):
    own_his.on("GET", "/", Reply(503, b""))
    assert look(own_his, chen) == 0
    kept = FeedCursor.objects.get()
    assert (kept.cursor, kept.error) == ({}, "Unavailable")


def merged(name, survivor):
    link = [{"type": "replaced-by", "other": {"reference": f"Patient/{survivor}"}}]
    return row("Patient", name, link=link)


def test_a_merged_record_is_followed_and_the_registrar_told(news, chen, refreshed):
    news.on("GET", "/Patient", bundle(merged("chen", "chen-2")))
    look(news, chen)
    chen.refresh_from_db()
    assert chen.his_id == "chen-2"
    task = RegistrarTask.objects.get()
    assert (task.kind, task.patient, task.his_id) == ("merged", chen, "chen-2")
    assert [patient for patient, _sections in refreshed] == [chen]


def test_two_residents_never_become_one_by_themselves(news, chen, dr_li, refreshed):
    PatientFactory(general_practitioner=dr_li, his_id="chen-2")
    news.on("GET", "/Patient", bundle(merged("chen", "chen-2")))
    look(news, chen)
    chen.refresh_from_db()
    assert chen.his_id == "chen"
    assert RegistrarTask.objects.get().note == "two residents, one record"
    assert refreshed == []


def test_the_task_looks_at_every_hospital_once(own_his, chen, other_centre, monkeypatch):
    looked = []
    monkeypatch.setattr(poll_one, "apply_async", lambda args, **_kw: looked.append(args[0]))
    other_centre.his_base_url = "https://his.example/fhir/"
    other_centre.save()
    poll()
    assert sorted(looked) == sorted([own_his.base, "https://his.example/fhir"])


def test_one_worker_at_a_time_looks(news, chen, monkeypatch):
    looked = []
    monkeypatch.setattr(cursor, "poll", lambda url, centres: looked.append(poll_one(url)))
    poll_one(news.base)
    assert len(looked) == 1
