"""A resident's orders and what the pharmacy has handed out on them so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal.sandbox.ailments import AILMENTS, MEDICINES, Medicine
from portal.sandbox.population import Resident
from portal.sandbox.vocabulary import (
    ATC,
    FORM_SYSTEM,
    PRESCRIPTION_SYSTEM,
    UCUM,
    Resource,
    coded,
    moment,
    quantity,
    reference,
    status_of,
)

REPEATS = 2
OFTEN = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "up to four times a day"}


def order(resident: Resident, name: str, ailment: str, day: date) -> Resource:
    """The order of that day, with a supply and the repeats left on it."""
    medicine = MEDICINES[name]
    key = _order_id(resident, name)
    found = AILMENTS[ailment].icd10.lower()
    course = "acute" if medicine.is_acute else "continuous"
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "identifier": [{"system": PRESCRIPTION_SYSTEM, "value": key}],
        "groupIdentifier": {"system": FORM_SYSTEM, "value": f"F-{resident.record_number}"},
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": coded(ATC, medicine.atc, medicine.text),
        "subject": reference("Patient", resident.his_id),
        "encounter": reference("Encounter", f"{resident.his_id}-visit-1"),
        "authoredOn": moment(day, 9, 22),
        "requester": reference("Practitioner", resident.doctor_id),
        "reasonReference": [reference("Condition", f"{resident.his_id}-{found}")],
        "courseOfTherapyType": status_of("medicationrequest-course-of-therapy", course),
        "dosageInstruction": [_dosage(medicine)],
        "dispenseRequest": _supply(medicine, day),
        "substitution": {"allowedBoolean": True},
    }


def _supply(medicine: Medicine, day: date) -> Resource:
    end = day + timedelta(days=3 if medicine.is_acute else 180)
    return {
        "validityPeriod": {"start": day.isoformat(), "end": end.isoformat()},
        "numberOfRepeatsAllowed": 0 if medicine.is_acute else REPEATS,
        "quantity": {"value": medicine.pack, "unit": medicine.unit},
        "expectedSupplyDuration": quantity(medicine.days, "d", "d"),
    }


def dispenses(resident: Resident, name: str, day: date, today: date) -> Iterator[Resource]:
    """The fills handed out since: the first on the day, the repeats as each pack ran out."""
    medicine = MEDICINES[name]
    fills = 1 if medicine.is_acute else 1 + REPEATS
    for fill in range(fills):
        handed = day + timedelta(days=fill * medicine.days)
        if handed <= today - timedelta(days=2):
            yield _fill(resident, name, fill + 1, handed)


def _order_id(resident: Resident, name: str) -> str:
    return f"{resident.his_id}-rx-{name}"


def _dosage(medicine: Medicine) -> Resource:
    each = f"{medicine.dose:g} {medicine.unit} ({medicine.strength})"
    return {
        "text": f"{each}, {OFTEN[medicine.times_a_day]}, {medicine.timing}",
        "timing": {"repeat": {"frequency": medicine.times_a_day, "period": 1, "periodUnit": "d"}},
        "asNeededBoolean": "when" in medicine.timing,
        "route": {"text": "inhaled" if medicine.form == "inhaler" else "by mouth"},
        "doseAndRate": [
            {
                "doseQuantity": {
                    "value": medicine.dose,
                    "unit": medicine.unit,
                    "system": UCUM,
                    "code": "1",
                }
            }
        ],
    }


def _fill(resident: Resident, name: str, place: int, day: date) -> Resource:
    medicine = MEDICINES[name]
    return {
        "resourceType": "MedicationDispense",
        "id": f"{_order_id(resident, name)}-fill-{place}",
        "status": "completed",
        "medicationCodeableConcept": coded(ATC, medicine.atc, medicine.text),
        "subject": reference("Patient", resident.his_id),
        "authorizingPrescription": [reference("MedicationRequest", _order_id(resident, name))],
        "quantity": {"value": medicine.pack, "unit": medicine.unit},
        "daysSupply": quantity(medicine.days, "d", "d"),
        "whenHandedOver": moment(day, 10, 5),
    }
