"""What bringing costs in the demo, and Chen's parcel: on its way, handed over."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone

from consult.scenes import signed
from delivery import choosing, dispatch, handover, returning, settling
from delivery.models import (
    Address,
    DeliveryChoice,
    SupplyDelivery,
    Zone,
)
from delivery.models.parcel import ABANDONED, ENDED
from delivery.scenes.courier_day import licence_of_sun
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.payment import invoicing
from portal.payment.models import Invoice
from portal.record.models import MedicationRequest, Patient
from portal.sandbox import paying
from portal.sandbox.scenes.registry import Ids, furniture, scene
from refill import dispensing, reviewing, stocking
from refill.dispensing import CHECKS, Packing
from refill.models import MedicationDispense, PrescriptionReview, ReviewFinding

ZONES = {
    "yanghang": (
        ("Yanghang 杨行", 600, "31.374300", "121.434100"),
        ("Youyi Road 友谊路", 800, "31.404800", "121.478900"),
        ("Gucun 顾村", 1000, "31.349600", "121.389500"),
    ),
    "songnan": (
        ("Songnan 淞南", 600, "31.341000", "121.486800"),
        ("Gaojing 高境", 800, "31.323700", "121.476400"),
    ),
}
COLD_EXTRA, FREE_FROM = 500, 20_000
HOMES = {
    "chen": ("home 家里", "Shuichan Road 568, Building 12, Room 301 水产路568弄12号301室"),
    "xu": ("home 家里", "Shuichan Road 568, Building 12, Room 302 水产路568弄12号302室"),
}


@furniture
def streets() -> None:
    """Neighbourhoods with their fees, and the homes of Chen and Xu."""
    for his_id, zones in ZONES.items():
        centre = Organization.objects.filter(his_id=his_id).first()
        if centre is not None:
            _streets_of(centre, zones)
    for his_id, (label, line) in HOMES.items():
        patient = Patient.objects.filter(his_id=his_id, user__isnull=False).first()
        if patient is not None:
            _home_of(patient, label, line)


def _streets_of(centre: Organization, zones: tuple[tuple[str, int, str, str], ...]) -> None:
    for name, fee, latitude, longitude in zones:
        Zone.objects.get_or_create(
            organization=centre,
            name=name,
            defaults={
                "fee_minor": fee, "cold_extra_minor": COLD_EXTRA, "free_from_minor": FREE_FROM,
                "latitude": latitude, "longitude": longitude,
            },
        )  # fmt: skip


def _home_of(patient: Patient, label: str, line: str) -> None:
    if Address.objects.filter(patient=patient).exists() or patient.user is None:
        return
    zone = (
        Zone.objects.filter(organization_id=patient.organization_id).order_by("fee_minor").first()
    )
    Address.objects.create(
        organization_id=patient.organization_id, patient=patient, label=label, line=line,
        phone=patient.user.phone, zone=zone,
    )  # fmt: skip


@scene("parcel-out", needs_hospital=True)
def parcel_out() -> Ids:
    """Chen's medicine is packed, and Wu is on the way to her with the parcel."""
    _end_open()
    ids = signed()
    line = MedicationRequest.objects.get(prescription_id=ids["prescription"])
    choice = _ordered(line)
    _pack(line)
    parcel = SupplyDelivery.objects.get(choice=choice)
    wu = _actor("wu")
    parcel = handover.start(wu, dispatch.claim(wu, parcel), scanned=parcel.number)
    more = {"parcel": str(parcel.pk), "order": str(choice.pk), "number": parcel.number}
    return {**ids, **more, "code": parcel.code, "seal": parcel.seal_numbers[0]}


@scene("delivered", needs_hospital=True)
def delivered() -> Ids:
    """Wu has handed the parcel over; Chen said her code."""
    ids = parcel_out()
    parcel = SupplyDelivery.objects.get(pk=ids["parcel"])
    handover.confirm(
        _actor("wu"), parcel, seal_intact=True, code=parcel.code, client_id=uuid.uuid4()
    )
    return ids


def _ordered(line: MedicationRequest) -> DeliveryChoice:
    """Reviewed by Sun, brought by courier as Chen chose, and paid at the cashier."""
    licence_of_sun(line.organization)
    sun, chen, gao = _actor("sun"), _actor("chen"), _actor("gao")
    boxes, lasts = stocking.boxes_for(line), timezone.localdate() + timedelta(days=500)
    stocking.receive(sun, line.medication, f"DEMO-{uuid.uuid4().hex[:8]}", lasts, boxes)
    review = PrescriptionReview.objects.get(prescription=line.prescription, status="pending")
    good = [reviewing.Finding(block, True) for block in ReviewFinding.Block.values]
    reviewing.pass_(sun, review, good)
    bill = invoicing.open_for(line.patient)
    address = Address.objects.filter(patient=line.patient, zone__isnull=False).first()
    window = choosing.windows(bill.organization)[0]
    choice = choosing.choose(chen, bill, "courier", address=address, window=window)
    if not paying.pay(chen, bill):
        _waive(gao, bill)
    return choice


def _waive(gao: Actor, bill: Invoice) -> None:
    """Where no cashier runs the centre pays."""
    for charge in bill.lines.filter(withdrawn_at=None, cash_minor__gt=0):
        invoicing.waive(gao, charge, charge.cash_minor, "Paid by the centre 由中心支付")
    bill.refresh_from_db()
    if bill.status == Invoice.Status.ISSUED:
        invoicing.balance(bill)


def _pack(line: MedicationRequest) -> None:
    fill = MedicationDispense.objects.get(line=line)
    codes = tuple(f"81{uuid.uuid4().int % 10**18:018d}" for _box in range(fill.boxes))
    seal = f"S-{uuid.uuid4().hex[:6].upper()}"
    dispensing.pack(_actor("sun"), fill, Packing(tuple(CHECKS), codes, seal))


def _end_open() -> None:
    """What an earlier scene left on its way is noted as lost and paid back."""
    gao = _actor("gao")
    rows = SupplyDelivery.objects.filter(patient__his_id="chen").exclude(stage__in=ENDED)
    for parcel in rows:
        row = parcel if parcel.stage in ABANDONED else returning.lose(gao, parcel)
        settling.refund(gao, settling.open_case(row), "another scene begins")


def _actor(username: str) -> Actor:
    return Actor.of(User.objects.get(username=username))
