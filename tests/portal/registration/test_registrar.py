"""The registrar decides with the card in hand; everybody else finds nothing here."""

from uuid import uuid4

import pytest
import time_machine

from portal.his.errors import Unavailable
from portal.notification.models import Notification
from portal.record.models import Patient
from portal.registration import checking
from portal.registration.models import Registration
from tests.factories.people import UserFactory
from tests.portal.registration.conftest import NUMBER

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(as_person, gu, form, hospital):
    """Gu's number is in no record."""
    as_person(gu).post("/accounts/real-name/", form)
    row = Registration.objects.get()
    checking.check(row.pk)
    return row


def url(row, deed=""):
    return f"/registrar/{row.pk}/{deed}"


def test_the_list_shows_who_waits(as_person, qian, question):
    page = as_person(qian).get("/registrar/").content.decode()
    assert "Gu Yan" in page
    assert "no record has this number" in page
    assert NUMBER not in page


def test_the_number_is_masked(as_person, qian, question):
    page = as_person(qian).get(url(question)).content.decode()
    assert "3101**********0027" in page
    assert NUMBER not in page


def test_the_registrar_looks_and_links(as_person, qian, question, gu, hospital):
    hospital.knows("gu", "Gu Yan", number="mistyped at the counter")
    browser = as_person(qian)
    page = browser.post(url(question), {"record_number": "MR-gu"}).content.decode()
    assert "They are the same person" in page
    answer = browser.post(url(question, "confirm/"), {"record_number": "MR-gu"})
    assert answer["Location"] == "/registrar/"
    assert Patient.objects.get(user=gu).his_id == "gu"
    assert Notification.objects.get(user=gu).kind == "identity-checked"


def test_an_unknown_record_number_is_said(as_person, qian, question, hospital):
    browser = as_person(qian)
    for deed in ("", "confirm/"):
        answer = browser.post(url(question, deed), {"record_number": "MR-nobody"})
        assert answer.status_code == 409
        assert "No record has this number" in answer.content.decode()


def test_a_namesake_is_no_answer_to_a_record_number(as_person, qian, question, hospital):
    hospital.knows("other", "Gu Yan", number="other")
    answer = as_person(qian).post(url(question), {"record_number": "MR-nobody"})
    assert answer.status_code == 409


def test_a_hospital_system_that_is_away_is_said(as_person, qian, question, hospital):
    hospital.error = Unavailable("away")
    answer = as_person(qian).post(url(question, "confirm/"), {"record_number": "MR-gu"})
    assert answer.status_code == 409
    assert "does not answer" in answer.content.decode()


def test_a_record_moves_only_on_purpose(as_person, qian, question, gu, hospital):
    hospital.knows("gu", "Gu Yan", number="other")
    stranger = UserFactory(role="resident", organization=question.organization)
    Patient.objects.create(
        organization=question.organization,
        his_id="gu",
        name="Gu Yan",
        birth_date=question.birth_date,
        user=stranger,
    )
    theirs = as_person(stranger)
    browser = as_person(qian)
    assert (
        "Another account"
        in browser.post(url(question), {"record_number": "MR-gu"}).content.decode()
    )
    data = {"record_number": "MR-gu"}
    assert browser.post(url(question, "confirm/"), data).status_code == 409
    assert Patient.objects.get(his_id="gu").user == stranger
    assert browser.post(url(question, "confirm/"), data | {"move": "on"}).status_code == 302
    assert Patient.objects.get(his_id="gu").user == gu
    assert theirs.get("/notices/").status_code == 302


def test_a_refusal_says_why(as_person, qian, question, gu):
    browser = as_person(qian)
    assert browser.post(url(question, "reject/"), {"note": " "}).status_code == 400
    answer = browser.post(url(question, "reject/"), {"note": "Please bring your card."})
    assert answer.status_code == 302
    page = as_person(gu).get("/accounts/real-name/").content.decode()
    assert "Please bring your card." in page
    notice = Notification.objects.get(user=gu)
    assert notice.kind == "identity-not-found"
    assert "card" not in str(notice.context)


def test_a_decision_needs_a_fresh_second_factor(as_person, qian, question, hospital):
    hospital.knows("gu", "Gu Yan", number="other")
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(qian)
        clock.shift(400)
        answer = browser.post(url(question, "confirm/"), {"record_number": "MR-gu"})
    assert answer["Location"].startswith("/accounts/second-factor/")
    assert not Patient.objects.exists()


def test_a_question_is_decided_once(as_person, qian, question):
    browser = as_person(qian)
    browser.post(url(question, "reject/"), {"note": "No."})
    answer = browser.post(url(question, "confirm/"), {"record_number": "MR-gu"})
    assert answer.status_code == 409


@pytest.mark.parametrize("number", ["", " ", "x" * 41, "\x00"])
def test_a_bad_record_number_is_refused(as_person, qian, question, number):
    browser = as_person(qian)
    for deed in ("", "confirm/"):
        assert browser.post(url(question, deed), {"record_number": number}).status_code == 400


def test_others_find_nothing_here(
    as_person, question, gu, chen, dr_li, sun, wu, gao, other_centre, client
):
    stranger = UserFactory(role="registrar", organization=other_centre)
    for person in (gu, chen, dr_li, sun, wu, gao):
        assert as_person(person).get("/registrar/").status_code == 404
        assert as_person(person).get(url(question)).status_code == 404
    assert "Gu Yan" not in as_person(stranger).get("/registrar/").content.decode()
    for deed in ("", "confirm/", "reject/"):
        data = {"record_number": "MR-gu", "note": "x"}
        assert as_person(stranger).post(url(question, deed), data).status_code == 404
    assert client.get("/registrar/").status_code == 302
    question.refresh_from_db()
    assert question.status == "on-hold"


def test_an_invented_question_is_not_there(as_person, qian):
    assert as_person(qian).get(f"/registrar/{uuid4()}/").status_code == 404


def test_the_start_page_counts_who_waits(as_person, qian, question):
    assert "1 person waits for you" in as_person(qian).get("/home/").content.decode()
