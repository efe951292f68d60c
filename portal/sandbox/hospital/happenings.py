"""What can happen on the hospital's side while the portal looks away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.sandbox import chart
from portal.sandbox.ailments import TESTS
from portal.sandbox.hospital.parameters import local, walk
from portal.sandbox.hospital.refusal import Refused, not_known
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.orders import OFTEN
from portal.sandbox.vocabulary import (
    ATC,
    CHINA,
    LOINC,
    Resource,
    coded,
    quantity,
    reference,
    status_of,
)

HOSPITAL = "hospital"
Given = dict[str, str]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something the hospital does: which words it needs, which it may have."""

    deed: Callable[[Store, Given], Row]
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


def happen(store: Store, name: str, given: Given) -> Row:
    """Let it happen, whole or not at all; what changed comes back."""
    happening = HAPPENINGS.get(name)
    if happening is None:
        raise Refused(404, "not-found", "There is no such command.")
    missing = [word for word in happening.needs if not given.get(word, "").strip()]
    if missing or not set(given) <= {*happening.needs, *happening.may}:
        needed = ", ".join(happening.needs)
        raise Refused(422, "required", f"{name} needs {needed}.")
    with store.writing():
        return happening.deed(store, {word: value.strip() for word, value in given.items()})


def cancel_slot(store: Store, given: Given) -> Row:
    """The clinic closes a time; whoever had booked it is cancelled."""
    slot = _row(store, "Slot", given["slot"])
    held = store.connection.execute(
        "SELECT appointment FROM booking WHERE slot=?", (slot.reference,)
    ).fetchone()
    store.connection.execute("DELETE FROM booking WHERE slot=?", (slot.reference,))
    if held:
        appointment = _row(store, "Appointment", held[0].split("/")[1])
        reason = {"text": "Cancelled by the clinic 门诊取消"}
        cancelled = {"status": "cancelled", "cancelationReason": reason}
        store.put(appointment.body | cancelled, HOSPITAL)
    return store.put(slot.body | {"status": "busy-unavailable"}, HOSPITAL)


def add_allergy(store: Store, given: Given) -> Row:
    """A new allergy is found; "none known" no longer stands."""
    patient = _row(store, "Patient", given["patient"])
    severity = given.get("severity") or "moderate"
    kind = given.get("type") or "allergy"
    if severity not in ("mild", "moderate", "severe") or kind not in ("allergy", "intolerance"):
        raise Refused(422, "code-invalid", "Severity is mild, moderate or severe.")
    for row in _belonging(store, "AllergyIntolerance", patient):
        if "716186003" in walk(row.body, "code.coding.code"):
            gone = status_of("allergyintolerance-clinical", "inactive")
            store.put(row.body | {"clinicalStatus": gone}, HOSPITAL)
    code = coded(ATC, given["code"], given["text"])
    found = chart.allergy(patient.id, _new(), code, _now())
    found |= {"type": kind, "criticality": "high" if severity == "severe" else "low"}
    if given.get("reaction"):
        shown = {"manifestation": [{"text": given["reaction"]}], "severity": severity}
        found["reaction"] = [shown]
    return store.put(found, HOSPITAL)


def report_result(store: Store, given: Given) -> Row:
    """A result arrives from the laboratory, with its report."""
    patient = _row(store, "Patient", given["patient"])
    test = TESTS.get(given["test"])
    if test is None:
        raise Refused(422, "code-invalid", f"The test is one of {', '.join(TESTS)}.")
    value = quantity(_number(given["value"]), test.unit, test.ucum)
    observation = _from_the_laboratory("Observation", patient) | {
        "category": [status_of("observation-category", "laboratory")],
        "code": coded(LOINC, test.loinc, test.name),
        "valueQuantity": value,
    }
    report = _from_the_laboratory("DiagnosticReport", patient) | {
        "category": [status_of("v2-0074", "LAB")],
        "code": coded(LOINC, "11502-2", "Laboratory report 检验报告"),
        "result": [reference("Observation", observation["id"])],
    }
    store.put(report, HOSPITAL)
    return store.put(observation, HOSPITAL)


def _from_the_laboratory(kind: str, patient: Row) -> Resource:
    return {
        "resourceType": kind,
        "id": _new(),
        "status": "final",
        "subject": reference("Patient", patient.id),
        "effectiveDateTime": _now(),
        "issued": _now(),
    }


def merge(store: Store, given: Given) -> Row:
    """Two records were one person: the first points to the second, which gets everything."""
    gone, kept = _row(store, "Patient", given["gone"]), _row(store, "Patient", given["kept"])
    if gone.id == kept.id or not kept.body.get("active", True):
        raise Refused(422, "invariant", "Merge one record into another that is active.")
    for kind, key in _pointing_to(store, gone):
        row = _row(store, kind, key)
        if kind != "Patient":
            store.put(_pointed(row.body, gone.reference, kept.reference), HOSPITAL)
    link = {"other": reference("Patient", kept.id), "type": "replaced-by"}
    store.put(gone.body | {"active": False, "link": [link]}, HOSPITAL)
    back = {"other": reference("Patient", gone.id), "type": "replaces"}
    return store.put(kept.body | {"link": [*kept.body.get("link", ()), back]}, HOSPITAL)


def change_dose(store: Store, given: Given) -> Row:
    """The hospital's doctor changes how much of a medicine is taken."""
    order = _row(store, "MedicationRequest", given["order"])
    dose, times = _number(given["dose"]), _number(given["times_a_day"])
    if times not in OFTEN or not 0 < dose <= 1000:
        raise Refused(422, "value", "A dose above zero, one to four times a day.")
    unit = next(walk(order.body, "dosageInstruction.doseAndRate.doseQuantity.unit"), "tablet")
    dosage = {
        "text": f"{dose:g} {unit}, {OFTEN[int(times)]}",
        "timing": {"repeat": {"frequency": int(times), "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": dose, "unit": unit}}],
    }
    return store.put(order.body | {"dosageInstruction": [dosage]}, HOSPITAL)


def move_patient(store: Store, given: Given) -> Row:
    """The resident now belongs to another doctor, and to the doctor's centre."""
    patient = _row(store, "Patient", given["patient"])
    doctor = _row(store, "Practitioner", given["doctor"])
    told = {"generalPractitioner": [reference("Practitioner", doctor.id)]}
    centre = next(_centres_of(store, doctor), None)
    there = {"managingOrganization": centre} if centre else {}
    for row in _belonging(store, "EpisodeOfCare", patient):
        contract = row.body | {"careManager": reference("Practitioner", doctor.id)} | there
        store.put(contract, HOSPITAL)
    return store.put(patient.body | told | there, HOSPITAL)


HAPPENINGS = {
    "cancel-slot": Happening(cancel_slot, ("slot",)),
    "add-allergy": Happening(
        add_allergy, ("patient", "code", "text"), ("reaction", "severity", "type")
    ),
    "report-result": Happening(report_result, ("patient", "test", "value")),
    "merge": Happening(merge, ("gone", "kept")),
    "change-dose": Happening(change_dose, ("order", "dose", "times_a_day")),
    "move-patient": Happening(move_patient, ("patient", "doctor")),
}


def _row(store: Store, kind: str, key: str) -> Row:
    row = store.get(kind, key.removeprefix(f"{kind}/"))
    if row is None or row.deleted:
        raise not_known(kind, key[:64])
    return row


def _belonging(store: Store, kind: str, patient: Row) -> list[Row]:
    tail = (
        "WHERE r.kind=? AND r.deleted=0 AND r.id IN"
        " (SELECT id FROM term WHERE kind=? AND name='patient' AND value=?) ORDER BY r.id"
    )
    return store.select(tail, [kind, kind, patient.reference])


def _pointing_to(store: Store, row: Row) -> list[tuple[str, str]]:
    found = store.connection.execute(
        "SELECT DISTINCT kind, id FROM term WHERE value=?", (row.reference,)
    )
    return [(kind, key) for kind, key in found]


def _pointed(node: Any, old: str, new: str) -> Any:
    if isinstance(node, list):
        return [_pointed(child, old, new) for child in node]
    if not isinstance(node, dict):
        return node
    found = {name: _pointed(child, old, new) for name, child in node.items()}
    if isinstance(node.get("reference"), str) and local(node["reference"]) == old:
        found["reference"] = new
    return found


def _centres_of(store: Store, doctor: Row) -> Iterator[Resource]:
    roles = store.select("WHERE r.kind='PractitionerRole' AND r.deleted=0 ORDER BY r.id", [])
    for role in roles:
        if doctor.reference in walk(role.body, "practitioner.reference"):
            yield from walk(role.body, "organization")


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise Refused(422, "value", f"{text[:20]!r} is not a number.") from error
    if not abs(value) < 1_000_000:
        raise Refused(422, "value", "The number is too large.")
    return int(value) if value.is_integer() else value


def _new() -> str:
    return uuid.uuid4().hex[:20]


def _now() -> str:
    return datetime.now(CHINA).isoformat(timespec="seconds")
