"""From packed to the right hands: one custodian, every step, one proof."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from delivery import dispatch, handover, parcelling
from delivery.models import Custody, DeliveryStep, Proof, SupplyDelivery
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.workflow import Refused
from refill.models import MedicationDispense
from tests.factories.pictures import photo


def holders(parcel):
    return list(parcel.custodies.values_list("holder", flat=True))


def test_packed_there_is_one_parcel_at_the_counter(parcel):
    assert (parcel.stage, parcel.status, parcel.holder) == ("packed", "in-progress", "counter")
    assert parcel.seal_numbers == ["SEAL-1"]
    assert set(parcel.steps.values_list("name", flat=True)) == {
        "picked", "checked", "packed", "sealed"
    }  # fmt: skip
    assert parcelling.when_all_packed(parcel.choice) is None


def test_collected_at_the_centre_makes_no_parcel(choose, pack):
    choose("pick-up")
    pack()
    assert SupplyDelivery.objects.count() == 0


def test_one_courier_claims_it(actor, wu, other_courier, parcel):
    taken = dispatch.claim(actor(wu), parcel)
    assert (taken.stage, taken.courier, taken.holder) == ("assigned", wu, "counter")
    with pytest.raises(Refused):
        dispatch.claim(actor(other_courier), parcel)
    assert dispatch.claim(actor(wu), parcel).courier == wu  # the second tap


def test_released_it_is_free_again(actor, wu, other_courier, parcel):
    dispatch.claim(actor(wu), parcel)
    with pytest.raises(Refused):
        dispatch.release(actor(other_courier), parcel)
    assert dispatch.release(actor(wu), parcel).courier is None
    assert dispatch.claim(actor(other_courier), parcel).courier == other_courier


def test_the_manager_assigns_it(actor, gao, wu, parcel):
    assert dispatch.assign(actor(gao), parcel, wu).courier == wu


@pytest.mark.parametrize(
    "change",
    [
        {"agreement__valid_until": "2020-02-01"},
        {"agreement__ended_at": timezone.now()},
        {"most_parcels": 0},
    ],
)
def test_without_agreement_or_room_nothing_is_carried(actor, wu, carrier, parcel, change):
    for field, value in change.items():
        row = carrier.agreement if "__" in field else carrier
        type(row).objects.filter(pk=row.pk).update(**{field.split("__")[-1]: value})
    with pytest.raises(Refused):
        dispatch.claim(actor(wu), parcel)


def test_a_cold_parcel_needs_a_cold_box(actor, wu, carrier, parcel):
    SupplyDelivery.objects.update(is_cold=True)
    with pytest.raises(Refused, match="cold"):
        dispatch.claim(actor(wu), parcel)


def test_another_neighbourhood_is_not_on_the_round(actor, wu, carrier, parcel, centre):
    from tests.factories.parcels import ZoneFactory

    carrier.zones.add(ZoneFactory(organization=centre))
    with pytest.raises(Refused, match="round"):
        dispatch.claim(actor(wu), parcel)
    assert list(dispatch.pool(actor(wu))) == []


def test_the_courier_is_never_the_receiver(actor, wu, parcel, choose):
    wu.phone = parcel.choice.phone
    wu.save()
    with pytest.raises(Refused, match="themselves"):
        dispatch.claim(actor(wu), parcel)


def test_only_the_right_parcel_can_be_taken_along(actor, wu, parcel):
    row = dispatch.claim(actor(wu), parcel)
    with pytest.raises(Refused, match="another parcel"):
        handover.start(actor(wu), row, scanned="WRONG")
    out = handover.start(actor(wu), row, scanned="seal-1")
    assert (out.stage, out.holder) == ("out-for-delivery", "courier")
    assert holders(out) == ["counter", "courier"]


def test_the_code_goes_to_the_receiver_and_to_nobody_else(out, telephone_said):
    [message] = OutboxMessage.objects.filter(kind="delivery.code")
    assert out.code not in str(message.payload)
    [(to, text)] = telephone_said(message)
    assert to == out.choice.phone
    assert text.endswith(out.code)
    assert "Amlodipine" not in text


def test_with_the_code_it_is_handed_over(out, confirm):
    done = confirm(out, code=out.code)
    assert (done.stage, done.status, done.holder) == ("delivered", "completed", "receiver")
    assert Proof.objects.get().method == "code"
    assert MedicationDispense.objects.get().status == "completed"
    assert OutboxMessage.objects.filter(kind="his.dispense").count() == 1
    assert holders(done) == ["counter", "courier", "receiver"]


def test_sent_twice_it_is_handed_over_once(out, confirm):
    client_id = uuid.uuid4()
    first = confirm(out, code=out.code, client_id=client_id)
    again = confirm(out, code="000000", client_id=client_id)
    assert (again.pk, again.stage, Proof.objects.count()) == (first.pk, "delivered", 1)


def test_without_a_code_it_is_not_handed_over(out, confirm):
    with pytest.raises(Refused, match="code"):
        confirm(out)
    with pytest.raises(Refused, match="code"):
        confirm(out, name="Chen Guilan", photo=photo())


def test_three_wrong_codes_send_it_back(out, confirm):
    wrong = f"{(int(out.code) + 1) % 10**6:06d}"
    for left in (2, 1):
        with pytest.raises(handover.WrongCode) as refusal:
            confirm(out, code=wrong)
        assert refusal.value.tries_left == left
    assert confirm(out, code=wrong).stage == "returning"
    with pytest.raises(Refused):
        confirm(out, code=out.code)
    assert Notification.objects.filter(kind="parcel-coming-back").count() == 1


def test_a_wrong_code_sent_twice_counts_once(out, confirm):
    client_id = uuid.uuid4()
    for _time in range(5):
        with pytest.raises(handover.WrongCode):
            confirm(out, code="nonsense", client_id=client_id)
    out.refresh_from_db()
    assert out.wrong_codes == 1


def test_a_broken_seal_goes_back(out, confirm):
    assert confirm(out, seal_intact=False, code=out.code).stage == "returning"
    assert Proof.objects.count() == 0


def test_a_named_neighbour_signs(named, set_out, confirm, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    row = set_out(named)
    with pytest.raises(Refused, match="name"):
        confirm(row, name="Chen Guilan", signature=photo())
    with pytest.raises(Refused, match="signature"):
        confirm(row, name="许美芳")
    done = confirm(row, name="许美芳", signature=photo())
    assert (done.stage, done.proof.method) == ("delivered", "signature")
    assert done.proof.receiver_name == "许美芳"


def test_a_proof_that_is_no_picture_is_refused(named, set_out, confirm):
    from django.core.files.uploadedfile import SimpleUploadedFile

    row = set_out(named)
    bad = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    with pytest.raises(Refused, match="picture"):
        confirm(row, name="许美芳", photo=bad)


def test_a_missing_step_stops_the_hand_over(out, confirm):
    DeliveryStep.objects.filter(name="sealed").delete()
    with pytest.raises(Refused, match="missing"):
        confirm(out, code=out.code)
    assert Proof.objects.count() == 0


def test_another_courier_hands_nothing_over(actor, other_courier, out):
    with pytest.raises(Refused):
        handover.confirm(
            actor(other_courier), out, seal_intact=True, code=out.code, client_id=uuid.uuid4()
        )


def test_before_setting_out_nothing_is_handed_over(actor, wu, parcel, confirm):
    row = dispatch.claim(actor(wu), parcel)
    with pytest.raises(Refused):
        confirm(row, code=row.code)


@pytest.mark.parametrize(
    "change",
    [
        {"holder": "courier"},
        {"stage": "out-for-delivery"},
        {"stage": "delivered", "holder": "receiver"},
        {"stage": "destroyed", "holder": "nobody"},
        {"stage": "assigned"},
    ],
)
def test_the_database_knows_one_custodian_and_two_names(parcel, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplyDelivery.objects.filter(pk=parcel.pk).update(**change)


def test_the_database_has_no_two_custodians_at_once(parcel):
    with pytest.raises(IntegrityError), transaction.atomic():
        Custody.objects.create(parcel=parcel, holder="counter", since=timezone.now())


def test_there_is_no_way_to_leave_it_unattended():
    from delivery.models.parcel import Stage

    assert not [stage for stage in Stage.values if "safe" in stage or "left" in stage]
