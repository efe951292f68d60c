"""A hospital in memory that keeps every promise of the port; for tests that need no HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from portal.his.errors import Ambiguous, Conflict, HisError, NotFound, Rejected, SlotTaken
from portal.his.matching import same_name
from portal.his.port import (
    SECTIONS,
    AppointmentChange,
    Capabilities,
    Change,
    ConsultationNote,
    Cursor,
    Dispense,
    DoctorFact,
    Found,
    HisRef,
    PatientFact,
    Person,
    PrescriptionFact,
    PrescriptionOrder,
    QueueEntry,
    Result,
    SlotFact,
    Summary,
)
from portal.record.facts import MedicineFact, Section, VisitFact

OVER = {"cancelled", "noshow", "fulfilled"}


class FakeHis:
    """Patients, a calendar and a shelf of papers, under one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.patients: dict[str, PatientFact] = {}
        self.doctors: dict[str, DoctorFact] = {}
        self.slots: dict[str, SlotFact] = {}
        self.appointments: dict[str, dict[str, Any]] = {}
        self.facts: dict[tuple[str, str], list[Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.keys: dict[uuid.UUID, Any] = {}
        self.feed: list[Change] = []
        self.trouble: HisError | None = None

    # the hospital's side

    def add_doctor(self, name: str, times: Sequence[datetime]) -> None:
        ref = HisRef("Practitioner", name, "1")
        self.doctors[name] = DoctorFact(ref, name, schedule_ids=(f"schedule-{name}",))
        for start in times:
            slot = HisRef("Slot", f"{name}-{start:%Y%m%d%H%M}", "1")
            end = start + timedelta(minutes=15)
            self.slots[slot.id] = SlotFact(start, end, name, slot)

    def add_patient(self, patient: PatientFact, **sections: Sequence[Any]) -> None:
        self.patients[patient.ref.id] = patient
        for name in SECTIONS:
            self.facts[patient.ref.id, name] = list(sections.get(name, ()))

    # the port

    def probe(self, *, self_test: bool = False) -> Capabilities:
        self._fail()
        return Capabilities("fake", "1", conditional_create=True, if_match=True, transaction=True)

    def find_patient(self, person: Person) -> Result[Found | None]:
        self._fail()
        wanted = {(item.system, item.value) for item in person.identifiers}
        for by, fits in (
            ("identifier", lambda one: wanted & {(i.system, i.value) for i in one.identifiers}),
            ("demographics", lambda one: _agrees(one, person)),
        ):
            rows = {self._living(one).ref.id for one in self.patients.values() if fits(one)}
            if len(rows) > 1:
                raise Ambiguous(len(rows))
            if rows:
                return _now(Found(self.patients[rows.pop()], by))
        return _now(None)

    def patient(self, patient_id: str) -> Result[PatientFact]:
        self._fail()
        return _now(self._living(self._known(patient_id)))

    def register_patient(self, person: Person, key: uuid.UUID, *, again: bool = False) -> HisRef:
        def add() -> HisRef:
            ref = HisRef("Patient", str(uuid.uuid4()), "1")
            self.add_patient(
                PatientFact(
                    ref, person.name, (person.name,), person.birth_date, person.gender,
                    person.identifiers,
                )
            )  # fmt: skip
            return ref

        return self._once(key, add)

    def directory(self, since: datetime | None = None) -> Result[tuple[DoctorFact, ...]]:
        self._fail()
        return _now(tuple(self.doctors.values()))

    def find_slots(
        self, doctor_id: str, start: datetime, end: datetime
    ) -> Result[tuple[SlotFact, ...]]:
        self._fail()
        return _now(tuple(one for one in self._free(doctor_id) if start <= one.start < end))

    def book(
        self, slot: SlotFact, patient_id: str, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        def add() -> HisRef:
            own = self.slots.get(slot.ref.id) if slot.ref else slot
            if own is None or own.status != "free":
                others = [one for one in self._free(slot.doctor_id) if one.start >= slot.start]
                raise SlotTaken(tuple(others[:3]))
            if slot.ref:
                self.slots[slot.ref.id] = replace(own, status="busy")
            ref = HisRef("Appointment", str(uuid.uuid4()), "1")
            row = {"slot": own, "patient": patient_id, "status": "booked", "key": key}
            self.appointments[ref.id] = row
            self._tell(ref, patient_id, "booked")
            return ref

        return self._once(key, add)

    def update_appointment(
        self, ref: HisRef, change: AppointmentChange, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        self._fail()
        with self.lock:
            row = self.appointments.get(ref.id)
            if row is None:
                raise NotFound(str(ref))
            if row["status"] != change.status:
                if row["status"] in OVER:
                    raise Conflict(current=row["status"])
                row["status"] = change.status
                own = row["slot"]
                if change.status == "cancelled" and own.ref:
                    self.slots[own.ref.id] = replace(own, status="free")
                self._tell(ref, row["patient"], change.status)
            return ref

    def doctor_queue(
        self, doctor_id: str, day: date, zone: tzinfo
    ) -> Result[tuple[QueueEntry, ...]]:
        self._fail()
        rows = [
            QueueEntry(
                HisRef("Appointment", name), row["status"], row["slot"].start, row["slot"].end,
                row["patient"], self.patients.get(row["patient"]), row["key"],
            )
            for name, row in self.appointments.items()
            if row["slot"].doctor_id == doctor_id and row["status"] not in OVER
        ]  # fmt: skip
        mine = [row for row in rows if row.start and row.start.astimezone(zone).date() == day]
        return _now(tuple(sorted(mine, key=lambda row: row.start or _moment())))

    def record_section(self, patient_id: str, section: str) -> Result[tuple[Any, ...]]:
        self._fail()
        return _now(tuple(self.facts[self._living(self._known(patient_id)).ref.id, section]))

    def record_summary(
        self, patient_id: str, sections: Sequence[str] = SECTIONS
    ) -> Result[Summary]:
        parts, failed = {}, []
        for name in sections:
            try:
                parts[name] = Section(self.record_section(patient_id, name).value, _moment())
            except HisError as error:
                failed.append(name)
                parts[name] = Section(None, None, type(error).__name__)
        return Result(Summary(**parts), _moment(), partial=tuple(failed))

    def prescriptions(self, patient_id: str) -> Result[tuple[PrescriptionFact, ...]]:
        self._fail()
        self._known(patient_id)
        rows = [one for one in self.orders.values() if one["patient"] == patient_id]
        return _now(tuple(_fills(one) for one in rows if one["status"] == "active"))

    def write_consultation(
        self, note: ConsultationNote, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        def add() -> HisRef:
            ref = HisRef("DocumentReference", str(uuid.uuid4()), "1")
            fact = VisitFact(note.title, note.signed_at.date(), "11488-4", str(ref))
            self.facts[note.patient_id, "documents"].append(fact)
            self._tell(ref, note.patient_id, "current")
            return ref

        return self._once(key, add)

    def write_prescription(
        self, order: PrescriptionOrder, key: uuid.UUID, *, again: bool = False
    ) -> tuple[HisRef, ...]:
        if not all(line.codings for line in order.lines):
            raise Rejected(("code-required: MedicationRequest.medicationCodeableConcept",))

        def add() -> tuple[HisRef, ...]:
            refs = []
            for line in order.lines:
                ref = HisRef("MedicationRequest", str(uuid.uuid4()), "1")
                self.orders[ref.id] = {
                    "ref": ref, "line": line, "patient": order.patient_id,
                    "status": "active", "fills": 0, "group": str(order.group or key),
                }  # fmt: skip
                refs.append(ref)
            return tuple(refs)

        return self._once(key, add)

    def cancel_prescription(
        self, refs: Sequence[HisRef], reason: str, key: uuid.UUID
    ) -> tuple[HisRef, ...]:
        self._fail()
        for ref in refs:
            if ref.id not in self.orders:
                raise NotFound(str(ref))
            self.orders[ref.id]["status"] = "cancelled"
        return tuple(refs)

    def write_dispense(self, dispense: Dispense, key: uuid.UUID, *, again: bool = False) -> HisRef:
        def add() -> HisRef:
            self.orders[dispense.prescription.id]["fills"] += 1
            return HisRef("MedicationDispense", str(uuid.uuid4()), "1")

        return self._once(key, add)

    def changes(self, cursor: Cursor) -> tuple[tuple[Change, ...], Cursor]:
        self._fail()
        start = int(cursor.get("fake", "0"))
        return tuple(self.feed[start:]), {"fake": str(len(self.feed))}

    # how it is kept

    def _once(self, key: uuid.UUID, add: Callable[[], Any]) -> Any:
        self._fail()
        with self.lock:
            if key not in self.keys:
                self.keys[key] = add()
            return self.keys[key]

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def _known(self, patient_id: str) -> PatientFact:
        if patient_id not in self.patients:
            raise NotFound(f"Patient/{patient_id}")
        return self.patients[patient_id]

    def _living(self, patient: PatientFact) -> PatientFact:
        while patient.replaced_by:
            patient = self.patients[patient.replaced_by]
        return patient

    def _free(self, doctor_id: str) -> list[SlotFact]:
        mine = (one for one in self.slots.values() if one.doctor_id == doctor_id)
        return sorted((one for one in mine if one.status == "free"), key=lambda one: one.start)

    def _tell(self, ref: HisRef, patient_id: str, status: str) -> None:
        version = str(len(self.feed) + 1)
        self.feed.append(Change(replace(ref, version=version), _moment(), patient_id, status))


def _agrees(patient: PatientFact, person: Person) -> bool:
    systems = {item.system for item in person.identifiers}
    return (
        patient.birth_date == person.birth_date
        and same_name(patient, person.name)
        and not any(item.system in systems for item in patient.identifiers)
    )


def _fills(row: dict[str, Any]) -> PrescriptionFact:
    line, form = row["line"], row["group"]
    taken = MedicineFact(line.text, "", line.codings, "active", line.dosage, form=form)
    return PrescriptionFact(
        medicine=taken,
        ref=row["ref"],
        repeats_allowed=line.repeats_allowed,
        fills_done=row["fills"],
        fills_left=max(0, line.repeats_allowed + 1 - row["fills"]),
    )


def _moment() -> datetime:
    return datetime.now(UTC)


def _now(value: Any) -> Result[Any]:
    return Result(value, _moment())
