"""Two at the same moment: one of them, and the other is told."""

from __future__ import annotations

import uuid

import pytest

from delivery import choosing, dispatch, handover, invariants
from delivery.models import DeliveryChoice, DeliveryWindow, Proof, SupplyDelivery
from delivery.models.parcel import CARRIED
from portal.payment import invoicing
from portal.workflow import Refused
from refill import dispensing
from refill.dispensing import CHECKS, Packing
from refill.models import MedicationDispense
from tests.factories.parcels import AddressFactory
from tests.racing import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def refused(answers):
    return [answer for answer in answers if isinstance(answer, Refused)]


def test_two_couriers_claim_and_one_carries(actor, wu, other_courier, parcel):
    for _round in range(5):
        answers = at_once(
            lambda: dispatch.claim(actor(wu), parcel),
            lambda: dispatch.claim(actor(other_courier), parcel),
        )
        assert len(refused(answers)) == 1
        parcel.refresh_from_db()
        assert invariants.parcels_without_one_custodian() == 0
        dispatch.release(actor(parcel.courier), parcel)


def test_a_courier_who_claims_everywhere_at_once_is_never_overloaded(
    actor, wu, carrier, parcel, centre
):
    carrier.most_parcels = 1
    carrier.save()
    second = SupplyDelivery.objects.get(pk=parcel.pk)
    second.pk, second.number, second.replaces = uuid.uuid4(), "SECOND22", parcel
    second._state.adding = True
    second.save()
    answers = at_once(
        lambda: dispatch.claim(actor(wu), parcel), lambda: dispatch.claim(actor(wu), second)
    )
    assert len(refused(answers)) == 1
    assert SupplyDelivery.objects.filter(stage__in=CARRIED).count() == 1


def test_handed_over_and_not_handed_over_at_once_is_one_of_them(actor, wu, out, confirm, fail):
    answers = at_once(
        lambda: confirm(out, code=out.code), lambda: fail(out, "no-answer"),
        lambda: confirm(out, code=out.code),
    )  # fmt: skip
    out.refresh_from_db()
    assert out.stage in ("delivered", "rescheduled")
    assert Proof.objects.count() == (out.stage == "delivered")
    assert refused(answers)
    assert invariants.parcels_without_their_proof() == 0


def test_the_same_hand_over_from_two_tabs_is_one(out, confirm):
    client_id = uuid.uuid4()
    answers = at_once(
        *[lambda: confirm(out, code=out.code, client_id=client_id) for _tab in range(4)]
    )
    assert [answer.stage for answer in answers] == ["delivered"] * 4
    assert Proof.objects.count() == 1


def test_wrong_codes_at_once_are_all_counted(out, confirm):
    at_once(*[lambda: confirm(out, code="x") for _try in range(3)])
    out.refresh_from_db()
    assert (out.wrong_codes, out.stage) == (3, "returning")


def test_lost_and_handed_over_at_once_is_one_of_them(actor, gao, out, confirm):
    from delivery import returning

    at_once(
        lambda: confirm(out, code=out.code), lambda: returning.lose(actor(gao), out)
    )  # fmt: skip
    out.refresh_from_db()
    assert out.stage in ("delivered", "lost")
    completed = MedicationDispense.objects.filter(status="completed").count()
    assert completed == (out.stage == "delivered")


def test_the_last_place_of_a_time_is_promised_once(actor, bill, chen, address, spans, centre):
    DeliveryWindow.objects.update(capacity=1)
    from tests.factories.counter import LineFactory, PrescriptionFactory
    from tests.factories.people import PatientFactory

    other = PatientFactory(general_practitioner=chen.general_practitioner)
    line = LineFactory(
        prescription=PrescriptionFactory(patient=other), medication=bill_medicine(bill)
    )
    second = invoicing.open_for(other)
    invoicing.add_line(actor(other), second, "medicine", line, 1000)
    there = AddressFactory(patient=other, zone=address.zone)
    answers = at_once(
        lambda: choosing.choose(actor(chen), bill, "courier", address=address, window=spans[0]),
        lambda: choosing.choose(actor(other), second, "courier", address=there, window=spans[0]),
    )
    assert len(refused(answers)) == 1
    assert DeliveryChoice.objects.filter(window_start=spans[0].start).count() == 1


def bill_medicine(bill):
    return choosing.medicines_of(bill)[0].medication


def test_the_last_two_medicines_packed_at_once_make_one_parcel(
    actor, pharmacist, choose, carrier, second_medicine
):
    choose()
    first, second = MedicationDispense.objects.order_by("pk")

    def pack(fill, name):
        codes = tuple(f"{name}-{place}" for place in range(fill.boxes))
        return dispensing.pack(actor(pharmacist), fill, Packing(tuple(CHECKS), codes, "SEAL-1"))

    answers = at_once(lambda: pack(first, "A"), lambda: pack(second, "B"))
    assert refused(answers) == []
    assert SupplyDelivery.objects.get().lines.count() == 2


def test_handover_of_one_by_two_couriers_is_impossible(actor, other_courier, out, confirm):
    answers = at_once(
        lambda: handover.confirm(
            actor(other_courier), out, seal_intact=True, code=out.code, client_id=uuid.uuid4()
        ),
        lambda: confirm(out, code=out.code),
    )
    assert isinstance(answers[0], Refused)
    assert answers[1].stage == "delivered"
