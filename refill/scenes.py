"""The situations of a refill, built through the same deeds as the pages; fresh on every call."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.his import snapshot
from portal.his.connecting import connect
from portal.his.port import SECTIONS, Dispense, PrescriptionLine, PrescriptionOrder
from portal.record import prescribing, signing
from portal.record.facts import Coding
from portal.record.models import AlertOverride, Patient, Practitioner, Prescription
from portal.sandbox.cast import PASSWORD
from portal.sandbox.scenes.registry import Ids, scene
from portal.terminology.models import Frequency
from portal.workflow import Refused
from refill import coming, deciding, handing, listing, picturing, requesting, supply
from refill import furnishing as furnishing  # the shelves and the scenes of the counter
from refill.deciding import Renewal
from refill.models import MedicationDispense, PrescriptionReview, RefillRequest
from refill.picturing import Picture
from refill.rules import Answers
from refill.triaging import Readings

HOSPITALS_OWN = uuid.UUID("6f1d7c1e-3a53-4a55-9d0c-5b7f0a6f4c11")  # atorvastatin of the hospital
ATORVASTATIN = "Atorvastatin 20 mg tablet 阿托伐他汀钙片"
MOST_LEFT = 5  # orders of one medicine that earlier scenes left on their way
WHY = "Stable for years, long-term medicine. 长期用药,病情稳定。"


@scene("refill-due", needs_hospital=True)
def refill_due() -> Ids:
    """Chen: amlodipine and metformin run out in three days, atorvastatin lasts three weeks."""
    chen = _chen()
    _end_open(chen)
    # What earlier scenes gave her is forgotten: one after the other it would last for months.
    fills = MedicationDispense.objects.filter(patient=chen, status="completed")
    fills.update(when_handed_over=timezone.now() - supply.REMEMBERED)
    _hospital_hands_out(chen)
    for section in SECTIONS:
        snapshot.refresh(chen.pk, section)
    marks = {row.supply.key: row.supply.mark for row in listing.to_choose(chen)}
    return {"patient": str(chen.pk), **marks}


@scene("refill-asked", needs_hospital=True)
def refill_asked() -> Ids:
    """She has asked for two; her blood sugar is high, so one of them needs a talk."""
    marks = refill_due()
    chen = _chen()
    chosen = [marks[key] for key in ("amlodipine", "metformin")]
    readings = Readings(systolic=132, diastolic=80, glucose=Decimal("14.2"))
    basket = requesting.ask(Actor.of(_user("chen")), chen, chosen, Answers(), readings)
    asked = {row.medicine_key: str(row.pk) for row in basket.requests}
    return {"patient": str(chen.pk), "basket": str(basket.id), **asked}


@scene("to-review", needs_hospital=True)
def to_review() -> Ids:
    """Dr Li has signed the renewal of amlodipine: it waits for the pharmacist."""
    ids = refill_asked()
    row = RefillRequest.objects.get(pk=ids["amlodipine"])
    doctor = Practitioner.objects.get(user__username="dr_li")
    session = import_module(settings.SESSION_ENGINE).SessionStore(open_session(doctor.user))
    key = signing.open_for(session, doctor, PASSWORD)
    (picture,) = picturing.pictures([row], doctor)
    signed = deciding.approve(Actor.of(doctor.user, key.session_key), row, key, _renewal(picture))
    review = PrescriptionReview.objects.get(prescription=signed.prescription)
    more = {"request": str(row.pk), "prescription": str(review.prescription_id)}
    return {**ids, **more, "review": str(review.pk)}


def _renewal(picture: Picture) -> Renewal:
    how = picture.proposal
    asked = [alert.key for alert in picture.alerts if alert.wants_a_reason]
    confirmed = (picture.as_of or timezone.now()) if picture.needs_confirmation else None
    return Renewal(
        medication=how.medication,
        dose=how.dose,
        dose_unit=how.dose_unit,
        frequency=how.frequency or Frequency.objects.get(code="qd"),
        days=picture.request.days,
        diagnoses=how.diagnoses or ("I10",),
        reason=WHY,
        seen=picture.seen,
        confirmed_as_of=confirmed,
        overrides=dict.fromkeys(asked, (AlertOverride.Reason.CONTINUED, WHY)),
    )


def _end_open(chen: Patient) -> None:
    """Finish with what an earlier scene or play left open."""
    for row in RefillRequest.objects.filter(patient=chen).open().select_related("prescription"):
        form = row.prescription
        if row.is_undecided:
            requesting.cancel(Actor.of(_user("chen")), row)
        elif form is not None:
            _end(form)
    for _left in range(MOST_LEFT):
        for one in coming.of_many([chen]).values():
            _end(one.line.prescription)


def _end(form: Prescription) -> None:
    try:
        prescribing.cancel(Actor.of(form.practitioner.user), form, "another scene begins")
    except Refused:
        _give_back(form)


def _give_back(form: Prescription) -> None:
    """What is packed already goes back to the shelf's quarantine."""
    fills = MedicationDispense.objects.filter(prescription=form)
    for fill in fills.filter(status__in=("preparation", "in-progress")):
        handing.decline(SYSTEM, fill, "another scene begins")


def _hospital_hands_out(chen: Patient) -> None:
    """The hospital's pharmacy gave her a third medicine five days ago; told once."""
    his = connect(chen.organization)
    now = timezone.now()
    (ref,) = his.write_prescription(_order(now - timedelta(days=33)), HOSPITALS_OWN, again=True)
    handed = Dispense(
        prescription=ref,
        patient_id="chen",
        text=ATORVASTATIN,
        codings=_codes(),
        quantity=28,
        unit="tablet",
        when_handed_over=now - timedelta(days=5),
        days_supply=28,
    )
    his.write_dispense(handed, uuid.uuid5(HOSPITALS_OWN, "fill"), again=True)


def _order(authored_on: datetime) -> PrescriptionOrder:
    line = PrescriptionLine(
        key=uuid.uuid5(HOSPITALS_OWN, "line"),
        text=ATORVASTATIN,
        codings=_codes(),
        dosage="1 tablet (20 mg), once a day, in the evening",
        days=28,
        quantity=28,
        unit="tablet",
        dose=1,
        dose_unit="tablet",
        times_a_day=1,
        route="by mouth",
        continuous=True,
    )
    return PrescriptionOrder("chen", "dr-li", authored_on, (line,))


def _codes() -> tuple[Coding, ...]:
    return (Coding("http://www.whocc.no/atc", "C10AA05", ATORVASTATIN),)


def _chen() -> Patient:
    related = ("organization", "general_practitioner__user", "user")
    return Patient.objects.select_related(*related).get(his_id="chen")


def _user(name: str) -> User:
    return User.objects.get(username=name)
