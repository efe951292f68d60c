"""What the portal's own record tells the hospital."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from portal.his import sending
from portal.his.models import RegistrarTask
from portal.outbox.models import OutboxMessage
from portal.outbox.putting import put
from portal.outbox.relaying import relay_due
from tests.factories.counter import LineFactory, PrescriptionFactory
from tests.portal.his.scripted import Reply, bundle, hang_up, outcome


def stored(asked):
    """A hospital that takes what it is sent."""
    row = asked.body
    name = f"{len(row['identifier'])}-{row['identifier'][0]['value'][-6:]}"
    row = row | {"id": name, "meta": {"versionId": "1"}}
    return Reply(201, row, headers={"ETag": 'W/"1"'})


@pytest.fixture
def prescription(chen):
    form = PrescriptionFactory(patient=chen, status="draft", signed_at=None, valid_until=None)
    LineFactory(prescription=form, position=1, dose=Decimal("0.500"))
    LineFactory(prescription=form, position=2)
    now = timezone.now()
    row = type(form).objects.filter(pk=form.pk)
    row.update(status="signed", signed_at=now, valid_until=now + timedelta(days=1))
    return row.get()


def send(form, **more):
    return put(
        "his.prescription",
        form.organization,
        lane=str(form.patient_id),
        payload={"prescription": str(form.pk), **more},
    )


def test_a_signed_prescription_arrives_line_by_line(prescription, own_his):
    own_his.on("POST", "/MedicationRequest", stored)
    message = send(prescription)
    relay_due()
    message.refresh_from_db()
    assert message.state == "done"
    assert message.remote_ref.count("MedicationRequest/") == 2
    first = own_his.asked_for("POST", "/MedicationRequest")[0]
    assert first.body["subject"]["reference"] == "Patient/chen"
    assert first.body["requester"]["reference"] == "Practitioner/dr-li"
    assert first.body["dosageInstruction"][0]["text"].startswith("0.5 tablet, once a day")
    assert first.body["medicationCodeableConcept"]["coding"][0]["code"] == "C08CA01"
    assert first.body["authoredOn"].endswith("+08:00")  # the day is the centre's day
    line = uuid.uuid5(message.key, str(prescription.lines.first().pk))
    assert first.headers["if-none-exist"] == f"identifier=urn:ietf:rfc:3986|urn:uuid:{line}"


@pytest.mark.parametrize(("status", "state"), [(401, "pending"), (403, "dead")])
def test_a_key_that_is_not_accepted_kills_no_message_and_a_right_not_given_does(
    prescription, own_his, status, state
):
    own_his.on("POST", "/MedicationRequest", Reply(status, b""))
    message = send(prescription)
    relay_due()
    message.refresh_from_db()
    assert (message.state, f"HTTP {status}" in message.last_error) == (state, True)
    if state == "pending":
        own_his.on("POST", "/MedicationRequest", stored)
        OutboxMessage.objects.update(next_at=Now())
        relay_due()
        message.refresh_from_db()
        assert message.state == "done"


def test_no_name_and_no_drug_stands_in_the_message(prescription):
    message = send(prescription)
    assert set(message.payload) == {"prescription"}


def test_a_cancelled_prescription_is_taken_back_where_it_is(prescription, own_his):
    own_his.on("POST", "/MedicationRequest", stored)
    send(prescription)
    relay_due()
    held = {}

    def kept(asked):
        name = asked.path.rsplit("/", 1)[1]
        if asked.method == "PUT":
            held[name] = asked.body["status"]
        row = {"resourceType": "MedicationRequest", "id": name, "status": "active"}
        return Reply(200, row, headers={"ETag": 'W/"7"'})

    own_his.on("GET", "/MedicationRequest/", kept)
    own_his.on("PUT", "/MedicationRequest/", kept)
    send(prescription, status="cancelled")
    relay_due()
    assert set(held.values()) == {"cancelled"} and len(held) == 2
    assert own_his.asked_for("PUT", "/MedicationRequest")[0].headers["if-match"] == 'W/"7"'


def test_a_form_signed_anew_is_written_anew(prescription, own_his):
    own_his.on("POST", "/MedicationRequest", stored)
    send(prescription)
    send(prescription)
    relay_due()
    sent = [one.headers["if-none-exist"] for one in own_his.asked_for("POST", "/Medication")]
    assert len(set(sent)) == 4


def test_a_prescription_taken_back_before_it_was_sent_is_never_sent(prescription, own_his):
    type(prescription).objects.filter(pk=prescription.pk).update(
        status="cancelled", status_reason="own wish"
    )
    message = send(prescription)
    relay_due()
    message.refresh_from_db()
    assert message.state == "done" and own_his.asked == []


def test_a_resident_without_a_record_is_a_person_s_matter(prescription, own_his):
    type(prescription.patient).objects.update(his_id="")
    message = send(prescription)
    relay_due()
    message.refresh_from_db()
    assert message.state == "dead" and "not linked" in message.last_error


def test_an_answer_that_is_cut_stores_nothing_twice(prescription, own_his):
    rows = {}

    def keep_and_hang_up(asked):
        stored_row = stored(asked).body
        rows[stored_row["identifier"][0]["value"]] = stored_row
        return hang_up()

    def search(asked):
        value = asked.one("identifier").partition("|")[2]
        return bundle(*([rows[value]] if value in rows else []))

    own_his.on("POST", "/MedicationRequest", keep_and_hang_up, keep_and_hang_up, stored)
    own_his.on("GET", "/MedicationRequest", search)
    message = send(prescription)
    for _turn in range(4):
        OutboxMessage.objects.filter(state="unknown").update(next_at="2000-01-01T00:00Z")
        relay_due()
    message.refresh_from_db()
    assert message.state == "done"
    posted = [one.headers["if-none-exist"] for one in own_his.asked_for("POST", "/Medication")]
    assert len(posted) == len(set(posted)) == 2


@pytest.fixture
def newcomer(chen):
    chen.his_id = ""
    chen.id_number = "31011019550308022X"
    chen.save()
    return chen


def register(patient):
    return put(
        "his.register",
        patient.organization,
        lane=str(patient.pk),
        payload={"patient": str(patient.pk)},
    )


def test_a_new_person_is_registered_and_linked(newcomer, own_his):
    own_his.on("POST", "/Patient", lambda asked: Reply(201, asked.body | {"id": "p-77"}))
    register(newcomer)
    relay_due()
    newcomer.refresh_from_db()
    assert newcomer.his_id == "p-77"
    sent = own_his.asked_for("POST", "/Patient")[0].body
    assert sent["birthDate"] == newcomer.birth_date.isoformat()
    assert {"system": "urn:oid:2.16.156.10011.1.3", "value": "31011019550308022X"} in sent[
        "identifier"
    ]


def test_a_hospital_that_lets_nobody_in_asks_a_registrar(newcomer, own_his):
    own_his.on("POST", "/Patient", Reply(405, outcome("not-supported")))
    message = register(newcomer)
    relay_due()
    message.refresh_from_db()
    assert message.state == "rejected"
    assert RegistrarTask.objects.get().patient == newcomer


@pytest.mark.parametrize(
    ("amount", "text"), [("0.500", "0.5"), ("10.000", "10"), ("1.000", "1"), ("2.250", "2.25")]
)
def test_a_dose_has_no_trailing_zero(amount, text):
    assert sending.plain(Decimal(amount)) == text


def test_the_last_day_is_the_centre_s_own(prescription):
    order = sending.order_of(prescription, uuid.uuid4())
    assert isinstance(order.valid_until, date)
    assert order.diagnoses[0].code == "I10"
