"""What the pages of the hospital side show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.sandbox.ailments import TESTS
from portal.sandbox.hospital import moments, telling
from portal.sandbox.hospital.opening import Hospital, today
from portal.sandbox.hospital.parameters import KINDS, walk
from portal.sandbox.hospital.receiving import titled
from portal.sandbox.hospital.refusal import not_known
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.hospital.trouble import DOWN, TAKEN, Switchboard, Trouble
from portal.sandbox.vocabulary import CHINA

CHART = {
    "AllergyIntolerance": _("Allergies"),
    "Condition": _("Diagnoses"),
    "MedicationRequest": _("Ordered medicines"),
    "Appointment": _("Appointments"),
    "Observation": _("Measurements"),
    "DiagnosticReport": _("Reports"),
    "DocumentReference": _("Documents"),
    "Encounter": _("Visits"),
    "MedicationDispense": _("Dispensed medicines"),
    "EpisodeOfCare": _("Contracts"),
    "Immunization": _("Vaccinations"),
}
MOST_SHOWN = 20
LABELS = {
    "latency_ms": _("Milliseconds before every answer"),
    "error_rate": _("Share of requests that fail with an error (0 to 1)"),
    "down": _("Closed: answers 503, or hangs up"),
    "retry_after_s": _("Seconds until it asks to be tried again"),
    "lose_answer": _("Stores what was sent, then hangs up without an answer"),
    "trickle_ms": _("Milliseconds over which the answer drips"),
    "empty_body": _("Answers 200 with nothing in it"),
    "login_page": _("Answers 200 with a sign-in page"),
    "whole_seconds": _("Its clock knows whole seconds only"),
    "uuid_versions": _("Its versions are no numbers"),
    "ignore_if_match": _("Does not look at If-Match"),
    "ignore_if_none_exist": _("Does not look at If-None-Exist"),
    "taken_status": _("Status for a time that is taken"),
    "require_token": _("Demands this bearer token"),
    "only": _("Only for these types (all when empty)"),
}
CHOICES = {"down": DOWN, "taken_status": TAKEN}


def home(hospital: Hospital) -> dict[str, Any]:
    """How much is here, what has come in lately, what is wrong."""
    counts = hospital.store.connection.execute(
        "SELECT kind, COUNT(*) FROM resource WHERE deleted=0 GROUP BY kind ORDER BY kind"
    ).fetchall()
    shelves = titled(hospital.store)
    changed = hospital.trouble.state != Trouble()
    return {"counts": counts, "shelves": shelves, "in_trouble": changed}


def patients(store: Store) -> list[dict[str, Any]]:
    rows = store.select("WHERE r.kind='Patient' AND r.deleted=0 ORDER BY r.id", [])
    return [
        {
            "id": row.id,
            "name": telling.name_of(row.body),
            "birth_date": row.body.get("birthDate", ""),
            "active": row.body.get("active", True),
        }
        for row in rows
    ]


def patient(store: Store, key: str) -> dict[str, Any]:
    """One record, section by section, with what can be done to it."""
    row = existing(store, "Patient", key)
    charts = {kind: _lines(store, kind, row) for kind in CHART}
    doctors = store.select("WHERE r.kind='Practitioner' AND r.deleted=0 ORDER BY r.id", [])
    return {
        "patient": row,
        "name": telling.name_of(row.body),
        "identifiers": list(walk(row.body, "identifier.value")),
        "sections": [(CHART[kind], lines) for kind, lines in charts.items() if lines],
        "orders": [line for line in charts["MedicationRequest"] if line["active"]],
        "doctors": [(d.id, telling.name_of(d.body)) for d in doctors[:100]],
        "tests": [(name, f"{test.name} ({test.unit})") for name, test in TESTS.items()],
    }


def calendar(store: Store, wanted: str) -> dict[str, Any]:
    """The coming times of one schedule, each with who has booked it."""
    schedules = store.select("WHERE r.kind='Schedule' AND r.deleted=0 ORDER BY r.id", [])
    chosen = wanted or (schedules[0].id if schedules else "")
    start = moments.span(today().isoformat())[0]
    slots = store.select(
        "JOIN term t ON t.kind='Slot' AND t.id=r.id AND t.name='start' WHERE r.kind='Slot'"
        " AND r.deleted=0 AND t.low>=? AND r.id IN (SELECT id FROM term WHERE kind='Slot'"
        " AND name='schedule' AND extra=?) ORDER BY t.low LIMIT 300",
        [start, chosen],
    )
    held = dict(store.connection.execute("SELECT slot, appointment FROM booking"))
    return {
        "schedules": [(row.id, _owner(store, row)) for row in schedules],
        "chosen": chosen,
        "slots": [_slot(store, slot, held.get(slot.reference)) for slot in slots],
    }


def _owner(store: Store, schedule: Row) -> str:
    """Whose calendar it is, by name where the hospital knows one."""
    for reference in walk(schedule.body, "actor.reference"):
        kind, _slash, key = str(reference).partition("/")
        row = store.get(kind, key)
        if row is not None and not row.deleted:
            return telling.name_of(row.body)
    return schedule.id


def switches(trouble: Switchboard) -> list[dict[str, Any]]:
    """Each switch with its kind and position."""
    return [
        {
            "name": name,
            "label": LABELS[name],
            "value": value,
            "is_switch": isinstance(value, bool),
            "choices": CHOICES.get(name, ()),
        }
        for name, value in trouble.shown().items()
    ]


def existing(store: Store, kind: str, key: str) -> Row:
    row = store.get(kind, key) if kind in KINDS else None
    if row is None or row.deleted:
        raise not_known(kind[:40], key[:64])
    return row


def _lines(store: Store, kind: str, patient: Row) -> list[dict[str, Any]]:
    rows = store.select(
        "WHERE r.kind=? AND r.deleted=0 AND r.id IN (SELECT id FROM term WHERE kind=? AND"
        " name='patient' AND value=?)",
        [kind, kind, patient.reference],
    )
    lines = [_line(row) for row in rows]
    return sorted(lines, key=lambda line: str(line["when"]), reverse=True)[:MOST_SHOWN]


def _line(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "reference": row.reference,
        "title": telling.title(row.body),
        "detail": telling.detail(row.body),
        "status": telling.status(row.body),
        "active": telling.status(row.body) == "active",
        "when": telling.when(row.body),
    }


def _slot(store: Store, slot: Row, appointment: str | None) -> dict[str, Any]:
    booked = store.get("Appointment", appointment.split("/")[1]) if appointment else None
    owner = telling.patient_of(booked.body).removeprefix("Patient/") if booked else ""
    low = moments.span(slot.body["start"])[0]
    return {
        "id": slot.id,
        "start": moments.instant(low).astimezone(CHINA),
        "status": slot.body["status"],
        "patient": owner,
        "can_cancel": slot.body["status"] in ("free", "busy"),
    }
