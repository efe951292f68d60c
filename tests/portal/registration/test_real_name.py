"""A resident says who they are; the hospital system confirms it or a registrar does (R1, R2)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from portal.audit.models import AuditEvent
from portal.his.errors import BadPayload, Unavailable
from portal.notification.models import Notification
from portal.record.models import Consent, Patient
from portal.registration import checking
from portal.registration.models import Registration
from tests.factories.people import PatientFactory, UserFactory
from tests.portal.registration.conftest import NUMBER

pytestmark = pytest.mark.django_db
PAGE = "/accounts/real-name/"


def say(browser, form, **changes):
    return browser.post(PAGE, form | changes)


def checked(browser, form, **changes):
    answer = say(browser, form, **changes)
    assert answer.status_code == 302
    row = Registration.objects.latest("authored_on")
    checking.check(row.pk)
    row.refresh_from_db()
    return row


def test_one_record_with_the_number_is_linked(as_person, gu, form, hospital, centre):
    hospital.knows("gu", "Gu Yan")
    row = checked(as_person(gu), form)
    patient = Patient.objects.get(user=gu)
    assert row.status == "completed"
    assert (patient.his_id, patient.name, patient.organization) == ("gu", "Gu Yan", centre)
    assert patient.id_number == NUMBER
    assert patient.verified_at
    gu.refresh_from_db()
    assert (gu.full_name, gu.organization) == ("Gu Yan", centre)
    assert Notification.objects.get(user=gu).kind == "identity-checked"


def test_the_request_does_not_wait_for_the_hospital_system(as_person, gu, form, hospital):
    say(as_person(gu), form)
    assert hospital.asked == 0
    assert Registration.objects.get().status == "requested"


def test_the_page_waits_and_then_says_what_happened(as_person, gu, form, hospital):
    hospital.knows("gu", "Gu Yan")
    browser = as_person(gu)
    say(browser, form)
    waiting = browser.get(f"{PAGE}state/")
    assert waiting.status_code == 202
    assert waiting["Retry-After"] == "2"
    assert "need not wait here" in browser.get(PAGE).content.decode()
    checking.check(Registration.objects.get().pk)
    done = browser.get(f"{PAGE}state/")
    assert done.status_code == 200
    assert "choose your family doctor" in done.content.decode()


@pytest.mark.parametrize("error", [Unavailable("away"), BadPayload("a login page")])
def test_a_hospital_system_that_is_away_is_asked_again(as_person, gu, form, hospital, error):
    hospital.knows("gu", "Gu Yan")
    hospital.error = error
    row = checked(as_person(gu), form)
    assert row.status == "requested"
    hospital.error = None
    checking.check(row.pk)
    assert Patient.objects.filter(user=gu).exists()


def test_after_hours_of_silence_a_registrar_looks(as_person, gu, form, hospital):
    hospital.error = Unavailable("away")
    with time_machine.travel("2026-03-08 08:00") as clock:
        row = checked(as_person(gu), form)
        clock.shift(timedelta(hours=5))
        checking.check(row.pk)
        row.refresh_from_db()
    assert (row.status, row.reason) == ("on-hold", "no-answer")


@pytest.mark.parametrize(
    ("knows", "reason"),
    [
        ([], "no-match"),
        ([{"his_id": "a", "name": "Gu Yan"}, {"his_id": "b", "name": "Gu Yan"}], "ambiguous"),
        ([{"his_id": "a", "name": "Wang Xiulan"}], "name-differs"),
        ([{"his_id": "a", "name": "Gu Yan", "born": date(1955, 3, 9)}], "name-differs"),
        ([{"his_id": "a", "name": "Gu Yan", "number": "other"}], "no-match"),
    ],
    ids=["nobody", "two", "another name", "another birthday", "only a namesake"],
)
def test_what_is_not_sure_is_never_picked(as_person, gu, form, hospital, knows, reason):
    for facts in knows:
        hospital.knows(**facts)
    row = checked(as_person(gu), form)
    assert (row.status, row.reason) == ("on-hold", reason)
    assert not Patient.objects.filter(user=gu).exists()


def test_without_an_identity_number_a_registrar_looks(as_person, gu, form, hospital):
    row = checked(as_person(gu), form, id_number="", birth_date="1955-03-08", record_number="YH1")
    assert (row.status, row.reason) == ("on-hold", "no-number")
    assert hospital.asked == 0


def test_a_record_is_not_linked_to_two_accounts(as_person, gu, form, hospital):
    hospital.knows("gu", "Gu Yan")
    checked(as_person(gu), form)
    other = UserFactory(role="resident", organization=None)
    row = checked(as_person(other), form)
    assert (row.status, row.reason) == ("on-hold", "already-linked")
    assert Patient.objects.get(his_id="gu").user == gu


def test_a_known_patient_without_account_is_linked_not_doubled(
    as_person, gu, form, hospital, dr_li, centre
):
    known = PatientFactory(
        name="Gu Yan", his_id="gu", user=None, general_practitioner=dr_li, organization=centre
    )
    hospital.knows("gu", "Gu Yan")
    checked(as_person(gu), form)
    known.refresh_from_db()
    assert known.user == gu
    assert known.general_practitioner == dr_li


def test_the_managing_centre_is_the_patients_centre(as_person, gu, form, hospital, other_centre):
    other_centre.his_id = "songnan"
    other_centre.save()
    hospital.knows("gu", "Gu Yan", organization_id="songnan")
    checked(as_person(gu), form)
    assert Patient.objects.get(user=gu).organization == other_centre


def test_the_task_may_run_twice(as_person, gu, form, hospital):
    hospital.knows("gu", "Gu Yan")
    row = checked(as_person(gu), form)
    checking.check(row.pk)
    assert Patient.objects.filter(his_id="gu").count() == 1
    assert AuditEvent.objects.filter(action="link").count() == 1


def test_a_double_tap_asks_once(as_person, gu, form, hospital):
    browser = as_person(gu)
    say(browser, form)
    say(browser, form)
    assert Registration.objects.count() == 1


def test_the_number_and_name_are_sealed_in_the_database(as_person, gu, form, hospital):
    checked(as_person(gu), form)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registration_registration")
        stored = str(cursor.fetchall())
    assert NUMBER not in stored
    assert "Gu Yan" not in stored
    assert "1955-03-08" not in stored


def test_consent_is_its_own_unticked_box(as_person, gu, form, hospital, text):
    browser = as_person(gu)
    page = browser.get(PAGE).content.decode()
    assert "Use of health data" in page
    assert " checked" not in page.split('name="agreed"')[1][:40]
    without = {key: value for key, value in form.items() if key != "agreed"}
    assert browser.post(PAGE, without).status_code == 400
    assert not Registration.objects.exists()


def test_the_consent_that_was_read_is_kept(as_person, gu, form, hospital, text):
    hospital.knows("gu", "Gu Yan")
    checked(as_person(gu), form)
    consent = Consent.objects.get()
    assert (consent.text, consent.patient.user) == (text, gu)
    assert len(consent.digest) == 64


def test_a_child_does_not_register_alone(as_person, gu, form, hospital):
    with time_machine.travel("2026-03-08"):
        answer = say(as_person(gu), form, id_number="310113201503080024")
    assert answer.status_code == 400
    assert "cannot register alone" in answer.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "   "}, {"name": "\u200b"}, {"name": "\u202eevil"},
        {"name": "x" * 81}, {"name": "12345"}, {"name": "a\x00b"},
        {"id_number": ""}, {"id_number": "310110195503080028"}, {"id_number": "\x00"},
        {"id_number": "x" * 31}, {"birth_date": "1955-03-09"}, {"birth_date": "tomorrow"},
        {"id_number": "", "birth_date": "2999-01-01"},
        {"id_number": "", "birth_date": "1800-01-01"},
        {"organization": ""}, {"organization": "x"}, {"organization": "0" * 36},
        {"agreed": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_right_gets_a_sentence_and_changes_nothing(
    as_person, gu, form, hospital, changes
):
    answer = say(as_person(gu), form, **changes)
    assert answer.status_code == 400
    assert not Registration.objects.exists()


def test_typed_words_stand_after_a_refusal(as_person, gu, form, hospital):
    answer = say(as_person(gu), form, id_number="310110195503080028")
    assert 'value="Gu Yan"' in answer.content.decode()


def test_too_many_tries_wait(as_person, gu, form, hospital):
    browser = as_person(gu)
    with time_machine.travel("2026-03-08 08:00", tick=False):
        for _ in range(5):
            checked(browser, form)
            browser.post(f"{PAGE}again/")
        answer = say(browser, form)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3000


def test_typing_again_takes_the_question_back(as_person, gu, form, hospital):
    browser = as_person(gu)
    row = checked(browser, form)
    browser.post(f"{PAGE}again/")
    row.refresh_from_db()
    assert row.status == "cancelled"
    assert "Who are you?" in browser.get(PAGE).content.decode()


def test_the_form_survives_a_session_that_ended(client, gu, form, hospital):
    answer = client.post(PAGE, form)
    assert answer["Location"] == f"/accounts/login/?next={PAGE}"
    client.force_login(gu)
    page = client.get(PAGE).content.decode()
    assert 'value="Gu Yan"' in page
    assert f'value="{NUMBER}"' in page
    assert not Registration.objects.exists()


def test_a_kept_form_is_forgotten_after_half_an_hour(client, gu, form, hospital):
    with time_machine.travel("2026-03-08 08:00") as clock:
        client.post(PAGE, form)
        clock.shift(1801)
        client.force_login(gu)
        assert NUMBER not in client.get(PAGE).content.decode()


def test_staff_have_no_such_page(as_person, dr_li):
    assert as_person(dr_li).get(PAGE).status_code == 404
    assert as_person(dr_li).post(PAGE, {}).status_code == 404


def test_a_person_sees_only_their_own_question(as_person, gu, form, hospital, neighbour, actor):
    checked(as_person(gu), form)
    assert not Registration.objects.visible_to(actor(neighbour)).exists()
    assert not Registration.objects.visible_to(None).exists()


def test_the_journal_has_who_and_what_without_the_number(as_person, gu, form, hospital):
    hospital.knows("gu", "Gu Yan")
    checked(as_person(gu), form)
    lines = list(AuditEvent.objects.order_by("sequence").values_list("action", "after"))
    assert ("say-who", "requested") in lines
    assert ("confirm", "completed") in lines
    assert NUMBER not in str(list(AuditEvent.objects.values()))


def test_who_has_no_record_yet_is_led_here(as_person, gu):
    browser = as_person(gu)
    for path in ("/family-doctor/", "/family-doctor/teams/"):
        assert browser.get(path)["Location"] == PAGE
    assert "Say who you are" in browser.get("/home/").content.decode()


def test_a_question_taken_back_is_not_answered_late(as_person, gu, form, hospital):
    hospital.knows("gu", "Gu Yan")
    browser = as_person(gu)
    say(browser, form)
    browser.post(f"{PAGE}again/")
    row = Registration.objects.get()
    checking.check(row.pk)
    row.refresh_from_db()
    assert row.status == "cancelled"
    assert not Patient.objects.filter(user=gu).exists()
