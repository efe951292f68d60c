"""What a phone reports: by script or by form, now or later, once; and what it is answered."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from delivery import dispatch
from delivery.models import CodeTry, DeliveryAttempt, Proof, SupplyDelivery, TemperatureReading
from portal.audit.models import AuditEvent
from tests.factories.pictures import photo

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def at_work(as_person, wu, carrier):
    return as_person(wu)


@pytest.fixture
def report(at_work):
    """Post a deed as the script of the page does."""

    def send(row, deed, client=at_work, **said):
        said.setdefault("client_id", str(uuid.uuid4()))
        return client.post(reverse(f"delivery:{deed}", args=[row.pk]), said, **JSON)

    return send


def at_the_door(row, **said):
    return {"seal": "whole", "name_checked": "on", "code": row.code, **said}


def wrong(row):
    return f"{(int(row.code) + 1) % 10**6:06d}"


def stage(row):
    return SupplyDelivery.objects.get(pk=row.pk).stage


def test_claimed_collected_and_handed_over_by_plain_forms(at_work, parcel):
    def send(deed, **said):
        url = reverse(f"delivery:{deed}", args=[parcel.pk])
        return at_work.post(url, said, follow=True)

    assert "It is yours" in send("claim").content.decode()
    assert stage(parcel) == "assigned"
    send("start", number=f" {parcel.number.lower()} ")
    assert stage(parcel) == "out-for-delivery"
    answer = send("hand_over", **at_the_door(parcel))
    assert stage(parcel) == "delivered" and "Handed over." in answer.content.decode()


def test_the_same_report_twice_is_one_proof_and_one_answer(report, out):
    said = at_the_door(out, client_id=str(uuid.uuid4()))
    first, second = report(out, "hand_over", **said), report(out, "hand_over", **said)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["sentence"] == second.json()["sentence"] == "Handed over."
    assert Proof.objects.count() == 1


def test_handed_over_already_is_said_and_its_page_is_gone(report, at_work, out):
    report(out, "hand_over", **at_the_door(out))
    again = report(out, "hand_over", **at_the_door(out))
    assert again.status_code == 409 and "already" in again.json()["sentence"]
    assert at_work.get(reverse("delivery:courier_parcel", args=[out.pk])).status_code == 404


def test_a_parcel_given_to_another_is_no_longer_yours(
    report, actor, wu, gao, other_courier, parcel
):
    dispatch.claim(actor(wu), parcel)
    dispatch.reassign(actor(gao), parcel, other_courier)
    assert report(parcel, "start", number=parcel.number).status_code == 404
    assert stage(parcel) == "assigned"


def test_the_wrong_parcel_is_not_collected(report, actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    answer = report(parcel, "start", number="WRONG123")
    assert answer.status_code == 409 and "another parcel" in answer.json()["sentence"]
    assert stage(parcel) == "assigned"


def test_three_wrong_codes_stop_and_each_is_counted_once(report, out):
    first = str(uuid.uuid4())
    for client_id in (first, first, str(uuid.uuid4())):
        answer = report(out, "hand_over", **at_the_door(out, code=wrong(out), client_id=client_id))
        assert answer.status_code == 409
    assert CodeTry.objects.count() == 2 and stage(out) == "out-for-delivery"
    last = report(out, "hand_over", **at_the_door(out, code=wrong(out)))
    assert last.status_code == 409 and "three times" in last.json()["sentence"]
    assert stage(out) == "returning"
    right = report(out, "hand_over", **at_the_door(out))
    assert right.status_code == 409 and not Proof.objects.exists()


def test_a_broken_seal_goes_back_without_a_code(report, out):
    answer = report(out, "hand_over", seal="broken")
    assert answer.status_code == 200 and "seal is broken" in answer.json()["sentence"]
    assert stage(out) == "returning" and not Proof.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"seal": "whole"},
        {"seal": "whole", "code": "12345", "name_checked": "on"},
        {"seal": "whole", "code": "12345a", "name_checked": "on"},
        {"seal": "whole", "code": "123456"},
        {"seal": "maybe", "code": "123456", "name_checked": "on"},
        {"seal": "whole", "receiver_name": "", "photo": ""},
        {"client_id": "x", "seal": "whole", "code": "123456", "name_checked": "on"},
    ],
)
def test_what_is_missing_is_said_and_changes_nothing(report, at_work, out, said):
    answer = report(out, "hand_over", **said)
    assert answer.status_code == 422 and answer.json()["sentence"]
    page = at_work.post(reverse("delivery:hand_over", args=[out.pk]), said)
    assert page.status_code == 422
    assert stage(out) == "out-for-delivery" and not CodeTry.objects.exists()


def test_full_width_digits_are_digits(report, out):
    wide = out.code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert report(out, "hand_over", **at_the_door(out, code=wide)).status_code == 200


def test_the_named_neighbour_signs(report, set_out, named):
    row = set_out(named)
    said = {"seal": "whole", "receiver_name": "许美芳", "signature": photo("signature.png")}
    assert report(row, "hand_over", **said).status_code == 200
    proof = Proof.objects.get()
    assert (proof.method, proof.receiver_name) == ("signature", "许美芳")


def test_somebody_nobody_named_does_not_get_it(report, set_out, named):
    row = set_out(named)
    said = {"seal": "whole", "receiver_name": "Zhao Liu", "photo": photo()}
    assert report(row, "hand_over", **said).status_code == 409
    assert stage(row) == "out-for-delivery"


def test_a_file_that_is_no_picture_is_refused(report, set_out, named):
    row = set_out(named)
    note = photo("x.jpg")
    note.file.seek(0)
    note.file.write(b"<html>")
    answer = report(row, "hand_over", seal="whole", receiver_name="许美芳", photo=note)
    assert answer.status_code in {409, 422} and stage(row) == "out-for-delivery"


@pytest.mark.parametrize(
    ("reason", "then"),
    [
        ("no-answer", "rescheduled"),
        ("not-home", "rescheduled"),
        ("refused", "returning"),
        ("wrong-address", "returning"),
        ("damaged", "returning"),
    ],
)
def test_each_problem_has_its_path(report, out, reason, then):
    client_id = str(uuid.uuid4())
    first = report(out, "not_handed_over", reason=reason, client_id=client_id)
    second = report(out, "not_handed_over", reason=reason, client_id=client_id)
    assert (first.status_code, second.status_code) == (200, 200)
    assert stage(out) == then and DeliveryAttempt.objects.count() == 1


def test_a_reason_of_one_s_own_is_refused(report, out):
    assert report(out, "not_handed_over", reason="tired").status_code == 422
    assert stage(out) == "out-for-delivery"


def test_a_lost_parcel_opens_its_case_and_is_gone(report, at_work, out):
    assert report(out, "lost").status_code == 422
    assert report(out, "lost", sure="on").status_code == 200
    assert stage(out) == "lost" and SupplyDelivery.objects.get(pk=out.pk).case
    assert "already" in report(out, "lost", sure="on").json()["sentence"]


def test_a_cold_parcel_is_read_before_it_is_carried_and_given(report, actor, wu, carrier, parcel):
    carrier.carries_cold = True
    carrier.save()
    SupplyDelivery.objects.filter(pk=parcel.pk).update(is_cold=True)
    parcel.refresh_from_db()
    dispatch.claim(actor(wu), parcel)
    assert report(parcel, "start", number=parcel.number).status_code == 409
    assert report(parcel, "start", number=parcel.number, celsius="5.0").status_code == 200
    assert report(parcel, "temperature", celsius="warm").status_code == 422
    assert report(parcel, "temperature", celsius="").status_code == 422
    told = report(parcel, "temperature", celsius="9.0")
    assert told.status_code == 200 and "may not be handed over" in told.json()["sentence"]
    assert TemperatureReading.objects.count() == 2
    answer = report(parcel, "hand_over", **at_the_door(parcel, celsius="5.0"))
    assert answer.status_code == 409 and stage(parcel) == "returning"


@pytest.mark.parametrize(("said", "is_believed"), [(-60, True), (-60 * 30, False), (60, False)])
def test_the_moment_at_the_door_is_the_phone_s_unless_its_clock_is_wrong(
    report, out, said, is_believed
):
    SupplyDelivery.objects.update(out_at=timezone.now() - timedelta(hours=30))
    moment = timezone.now() + timedelta(minutes=said)
    report(out, "hand_over", **at_the_door(out, done_at=moment.isoformat()))
    proof = Proof.objects.get()
    assert (abs(proof.at - moment) < timedelta(seconds=1)) == is_believed
    assert abs(proof.received - timezone.now()) < timedelta(minutes=1)


def test_given_back_before_it_was_collected_it_is_free(at_work, actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    url = reverse("delivery:give_back", args=[parcel.pk])
    assert at_work.post(url).status_code == 302 and stage(parcel) == "packed"
    assert at_work.post(url).status_code == 302  # the second tap


def test_whatever_the_courier_does_is_in_the_journal(report, wu, parcel):
    report(parcel, "claim")
    report(parcel, "start", number=parcel.number)
    report(parcel, "hand_over", **at_the_door(parcel, code=wrong(parcel)))
    report(parcel, "hand_over", **at_the_door(parcel))
    lines = AuditEvent.objects.filter(agent=wu, entity_id=str(parcel.pk)).order_by("sequence")
    assert list(lines.values_list("action", flat=True)) == [
        "assign", "start", "wrong-code", "deliver"
    ]  # fmt: skip


def test_a_pharmacist_and_a_resident_do_not_deliver(as_person, sun, chen, report, out):
    for person in (sun, chen):
        assert report(out, "hand_over", as_person(person), **at_the_door(out)).status_code == 403
    assert stage(out) == "out-for-delivery"
