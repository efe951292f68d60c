"""A wrong number in the hospital is put right by the manager, never by a guess."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from portal.audit.models import AuditEvent
from portal.his import mapping
from portal.his.errors import Unavailable
from portal.his.port import HisRef, PatientFact
from portal.outbox.models import OutboxMessage
from portal.record.models import Patient
from tests.contract.fake_his import FakeHis
from tests.factories.counter import PrescriptionFactory


@pytest.fixture
def his(monkeypatch):
    fake = FakeHis()
    for key, name, born in (
        ("right", "Chen Guilan", date(1955, 3, 8)),
        ("namesake", "Chen Guilan", date(1950, 1, 1)),
        ("other", "Xu Meifang", date(1955, 3, 8)),
    ):
        fake.add_patient(
            PatientFact(HisRef("Patient", key, "1"), name=name, names=(name,), birth_date=born)
        )
    fake.add_doctor("dr-li", [])
    fake.add_doctor("dr-li-2", [])
    monkeypatch.setattr(mapping, "connect", lambda organization: fake)
    return fake


@pytest.fixture
def stuck(chen):
    return OutboxMessage.objects.create(
        organization=chen.organization, kind="his.prescription", lane=str(chen.pk),
        state="rejected",
        payload={"prescription": str(PrescriptionFactory(patient=chen).pk)}, last_error="NotFound",
    )  # fmt: skip


@pytest.fixture
def browser(as_person, gao):
    return as_person(gao)


def url(message):
    return reverse("his:mapping", args=[message.pk])


def ids(patient="chen", doctor="dr-li"):
    return {"patient": patient, "doctor": doctor}


def test_the_page_names_both_and_their_numbers(his, browser, stuck):
    page = browser.get(url(stuck)).content.decode()
    assert "Record of Chen Guilan" in page and "Doctor Li Wei" in page and 'value="chen"' in page
    assert url(stuck) in browser.get(reverse("outbox:undelivered")).content.decode()


def test_the_right_number_is_kept_and_the_message_goes_again(his, browser, stuck, chen, dr_li):
    assert browser.post(url(stuck), ids("right", "dr-li-2")).status_code == 302
    for row in (chen, dr_li, stuck):
        row.refresh_from_db()
    assert (chen.his_id, dr_li.his_id, stuck.state) == ("right", "dr-li-2", "pending")
    line = AuditEvent.objects.get(action="edit-mapping")
    assert line.entity_id == str(stuck.pk)


@pytest.mark.parametrize("patient", ["namesake", "other", "nobody", "", "x" * 65])
def test_another_persons_record_is_never_taken(his, browser, stuck, chen, patient):
    answer = browser.post(url(stuck), ids(patient))
    assert answer.status_code == 409
    chen.refresh_from_db()
    stuck.refresh_from_db()
    assert (chen.his_id, stuck.state) == ("chen", "rejected")


def test_a_record_that_another_resident_has_is_not_shared(his, browser, stuck, chen, neighbour):
    Patient.objects.filter(pk=neighbour.pk).update(his_id="right")
    assert browser.post(url(stuck), ids("right")).status_code == 409
    chen.refresh_from_db()
    assert chen.his_id == "chen"


def test_a_doctor_whom_the_hospital_does_not_know_is_refused(his, browser, stuck, dr_li):
    assert browser.post(url(stuck), ids(doctor="dr-nobody")).status_code == 409
    dr_li.refresh_from_db()
    assert dr_li.his_id == "dr-li"


def test_a_silent_hospital_changes_nothing(his, browser, stuck, chen):
    his.trouble = Unavailable("down")
    answer = browser.post(url(stuck), ids("right"))
    assert answer.status_code == 409 and "does not answer" in answer.content.decode()
    chen.refresh_from_db()
    assert chen.his_id == "chen"


def test_a_message_on_its_way_is_left_alone(his, browser, stuck, chen):
    OutboxMessage.objects.filter(pk=stuck.pk).update(state="done")
    assert browser.post(url(stuck), ids("right")).status_code == 409
    chen.refresh_from_db()
    assert chen.his_id == "chen"


def test_a_text_message_has_no_numbers_to_edit(his, browser, chen):
    row = OutboxMessage.objects.create(
        organization=chen.organization, kind="sms.send", lane="x", state="dead"
    )
    assert browser.get(url(row)).status_code == 404
