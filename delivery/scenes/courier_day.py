"""The situations of a parcel, built through the same deeds as the pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, time, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from delivery import choosing, dispatch, handover, returning
from delivery.models import (
    Address,
    CarrierAgreement,
    Courier,
    DeliveryChoice,
    DeliveryWindow,
    SupplyDelivery,
    Zone,
)
from delivery.models.parcel import CARRIED
from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.his import snapshot
from portal.his.port import SECTIONS
from portal.organization.models import Organization
from portal.payment import invoicing
from portal.record import prescribing, signing, summary
from portal.record.facts import MedicineFact
from portal.record.models import AlertOverride, Patient, Practitioner, Prescription, RecordSection
from portal.sandbox.cast import PASSWORD
from portal.sandbox.scenes.registry import Ids, furniture, scene
from portal.terminology.models import Frequency, Medication
from portal.workflow import Refused
from refill import dispensing, reviewing, stocking
from refill.dispensing import CHECKS, Packing
from refill.models import MedicationDispense, PrescriptionReview, ReviewFinding

A_DAY = 12  # parcels
CARRIES = 24  # a demo is played more than once a day
HOURS = ((8, 11), (11, 14), (14, 17), (17, 20), (20, 23))
ZONES = (
    ("Yanghang North 杨行北", "31.384", "121.434"),
    ("Yanghang South 杨行南", "31.365", "121.441"),
)
STREETS = ("Shuichan Road 水产路", "Mudanjiang Road 牡丹江路", "Youyi Road 友谊路")
TAKEN_WHOLE = ("tablet", "coated", "prolonged", "capsule")
WHY = "Stable for years, long-term medicine."


@furniture
def area_and_couriers() -> None:
    """Where the centre delivers, when, and who carries for it."""
    for user in User.objects.filter(role=User.Role.COURIER, is_active=True):
        centre = user.organization
        if centre is None or Courier.objects.filter(user=user).exists():
            continue
        for name, latitude, longitude in ZONES:
            place = {"latitude": latitude, "longitude": longitude}
            Zone.objects.get_or_create(organization=centre, name=name, defaults=place)
        for start, end in HOURS:
            span = {"end": time(end), "capacity": 200}
            DeliveryWindow.objects.get_or_create(
                organization=centre, start=time(start), defaults=span
            )
        agreement, _new = CarrierAgreement.objects.get_or_create(
            organization=centre, number="YH-2026-1",
            defaults={"carrier": "Neighbourhood Couriers 邻里配送",
                      "valid_from": date(2026, 1, 1), "valid_until": date(2099, 12, 31)},
        )  # fmt: skip
        Courier.objects.create(
            user=user, organization=centre, agreement=agreement, most_parcels=CARRIES,
            carries_cold=True, phone=f"+861390000800{Courier.objects.count() + 1}",
        )  # fmt: skip


@scene("courier-day", needs_hospital=True)
def courier_day() -> Ids:
    """Twelve parcels: two are free, four wait at the counter, six are with Wu."""
    wu = _actor("wu")
    _clear(wu)
    parcels: list[SupplyDelivery] = []
    for patient, fact in _takers():
        receiver = choosing.Receiver("Xu Meifang 许美芳", "+8613800001002")
        is_named = len(parcels) == A_DAY - 1
        parcel = _packed(patient, fact, len(parcels), receiver if is_named else None)
        if parcel is not None:
            parcels.append(parcel)
        if len(parcels) == A_DAY:
            break
    for place, parcel in enumerate(parcels[2:]):
        dispatch.claim(wu, parcel)
        if place >= 4:
            handover.start(wu, parcel, scanned=parcel.number)
    found = {f"parcel_{place}": str(row.pk) for place, row in enumerate(parcels)}
    codes = {f"code_{place}": row.code for place, row in enumerate(parcels)}
    numbers = {f"number_{place}": row.number for place, row in enumerate(parcels)}
    return {**found, **codes, **numbers}


def _clear(wu: Actor) -> None:
    """What an earlier day left with the courier is over."""
    for parcel in SupplyDelivery.objects.filter(courier_id=wu.user_id, stage__in=CARRIED):
        returning.lose(_actor("gao"), parcel)
    for parcel in SupplyDelivery.objects.free(wu):
        returning.lose(_actor("gao"), parcel)


def _takers() -> Iterator[tuple[Patient, MedicineFact]]:
    """Residents of the centre and what each takes; who has nothing of ours is left out."""
    doctors = Practitioner.objects.filter(user__username__in=("dr_li", "dr_wang"))
    busy = Prescription.objects.filter(patient=OuterRef("pk"))
    residents = Patient.objects.filter(general_practitioner__in=doctors)
    residents = residents.annotate(is_busy=Exists(busy)).order_by("is_busy", "his_id")
    for patient in residents.select_related("organization", "user"):
        _read_record(patient)
        for fact in summary.read(patient).medicines.entries or ():
            if fact.status == "active" and _shelf_of(fact) is not None:
                yield patient, fact


def _packed(
    patient: Patient, fact: MedicineFact, place: int, receiver: choosing.Receiver | None
) -> SupplyDelivery | None:
    """Signed, passed, chosen, paid and packed; None where a rule stops it on the way."""
    try:
        with transaction.atomic():
            prescription = _sign(patient, fact)
            if prescription is None:
                return None
            _pass(prescription)
            choice = _choose(patient, place, receiver)
            for fill in MedicationDispense.objects.to_pack().filter(prescription=prescription):
                codes = tuple(uuid.uuid4().hex[:20] for _box in range(fill.boxes))
                packing = Packing(tuple(CHECKS), codes, f"S-{uuid.uuid4().hex[:8].upper()}")
                dispensing.pack(_actor("sun"), fill, packing)
            return choice.parcels.get()
    except Refused:
        return None


def _sign(patient: Patient, fact: MedicineFact) -> Prescription | None:
    doctor = patient.general_practitioner
    medication = _shelf_of(fact)
    if doctor is None or medication is None:
        return None
    key = _key(doctor)
    actor = Actor.of(doctor.user, key.session_key)
    record = summary.read(patient)
    ailments = [row.icd10 for row in record.conditions.entries or () if row.icd10]
    draft = prescribing.draft(actor, patient, None, ailments[:1])
    prescribing.add_line(
        actor, draft, medication, 1, Frequency.objects.get(code="qd"), 28,
        continues=fact.reference, days_reason=WHY,
    )  # fmt: skip
    for alert in prescribing.unanswered(draft, prescribing.alerts(draft)):
        prescribing.override(actor, draft, alert.key, AlertOverride.Reason.CONTINUED, WHY)
    confirmed = summary.as_of(record) or timezone.now()
    return prescribing.sign(actor, draft, key, confirmed_as_of=confirmed)


def _pass(prescription: Prescription) -> None:
    review = PrescriptionReview.objects.get(prescription=prescription)
    blocks = ReviewFinding.Block.values
    licence_of_sun(prescription.organization)
    lasts = timezone.localdate() + timedelta(days=400)
    for line in prescription.lines.select_related("medication"):
        stocking.receive(_actor("sun"), line.medication, "DEMO-1", lasts, 40)
    reviewing.pass_(_actor("sun"), review, [reviewing.Finding(block, True) for block in blocks])


def _choose(patient: Patient, place: int, receiver: choosing.Receiver | None) -> DeliveryChoice:
    centre, user = patient.organization, patient.user
    if user is None:
        raise Refused("a demo's resident signs in")
    zones = Zone.objects.filter(organization=centre, fee_minor=0)
    zone = zones[place % len(zones)]
    address, _new = Address.objects.get_or_create(
        organization=centre, patient=patient, label="home",
        defaults={"line": f"{STREETS[place % 3]} {10 + 7 * place}, Room {place + 1}01",
                  "phone": user.phone, "zone": zone,
                  "latitude": f"{31.36 + place / 500:.4f}", "longitude": "121.4380"},
    )  # fmt: skip
    bill = invoicing.open_for(patient)
    for line in bill.lines.filter(withdrawn_at=None):
        invoicing.waive(SYSTEM, line, line.cash_minor, "demo")
    return choosing.choose(
        Actor.of(user), bill, "receiver" if receiver else "courier",
        address=address, receiver=receiver, window=choosing.windows(centre)[place // 4],
    )  # fmt: skip


def _shelf_of(fact: MedicineFact) -> Medication | None:
    """The tablet or capsule of the catalogue that fits what the hospital ordered."""
    rows = Medication.objects.filter(
        atc=fact.atc, is_active=True, control=Medication.Control.NONE,
        form__in=TAKEN_WHOLE, storage=Medication.Storage.ROOM,
    )  # fmt: skip
    return rows.first() if fact.atc else None


def licence_of_sun(centre: Organization) -> None:
    """Sun Li's licence, without which nobody reviews."""
    sun = User.objects.get(username="sun")
    Practitioner.objects.get_or_create(
        user=sun,
        defaults={
            "organization": centre, "name": sun.full_name, "gender": "female",
            "title": Practitioner.Title.PHARMACIST, "department": "Pharmacy 药房",
            "licence_number": "310110000200099", "licence_until": date(2099, 12, 31),
            "independent_since": date(2010, 7, 1), "institution_consents": True,
        },
    )  # fmt: skip


def _read_record(patient: Patient) -> None:
    """Read the hospital's record as the worker does, unless it is fresh."""
    since = timezone.now() - snapshot.FRESH
    fresh = RecordSection.objects.filter(patient=patient, as_of__gte=since, error="")
    for section in set(SECTIONS) - set(fresh.values_list("section", flat=True)):
        snapshot.refresh(patient.pk, section)


def _key(doctor: Practitioner) -> signing.SigningKey:
    """The doctor signs in with the password of the demo, as only the doctor can."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(open_session(doctor.user))
    return signing.open_for(session, doctor, PASSWORD)


def _actor(username: str) -> Actor:
    return Actor.of(User.objects.get(username=username))
