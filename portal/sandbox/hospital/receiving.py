"""What this hospital has received over its interface, for the eyes of people and of tests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.sandbox.hospital import telling
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.hospital.writing import API

SHELVES = {
    "documents": ("DocumentReference", "Composition"),
    "prescriptions": ("MedicationRequest",),
    "dispenses": ("MedicationDispense",),
    "appointments": ("Appointment", "Encounter"),
    "patients": ("Patient", "RelatedPerson", "EpisodeOfCare"),
    "observations": ("Observation",),
}
TITLES = {
    "documents": _("Documents"),
    "prescriptions": _("Prescriptions"),
    "dispenses": _("Dispensed medicines"),
    "appointments": _("Appointments and visits"),
    "patients": _("People and contracts"),
    "observations": _("Measurements"),
}
MOST = 200


def received(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything written through the interface, the latest first, one shelf a sort."""
    found = store.connection.execute(
        "SELECT kind, id FROM history WHERE origin=? AND kind<>'Slot'"
        " GROUP BY kind, id ORDER BY MAX(updated) DESC LIMIT ?",
        (API, MOST),
    )
    shelves: dict[str, list[dict[str, Any]]] = {name: [] for name in SHELVES}
    for kind, key in found.fetchall():
        row = store.get(kind, key)
        shelf = next((name for name, kinds in SHELVES.items() if kind in kinds), None)
        if row is not None and not row.deleted and shelf:
            shelves[shelf].append(told(store, row))
    return shelves


def titled(store: Store) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The same for a page: each shelf under its title."""
    return [(TITLES[name], lines) for name, lines in received(store).items()]


def told(store: Store, row: Row) -> dict[str, Any]:
    """One resource for a list: what, whose, how it stands, since when."""
    patient = telling.patient_of(row.body)
    owner = store.get("Patient", patient.removeprefix("Patient/")) if patient else None
    return {
        "reference": row.reference,
        "version": row.version,
        "received": store.time_of(row),
        "patient": patient,
        "patient_name": telling.name_of(owner.body) if owner else "",
        "title": telling.title(row.body),
        "status": telling.status(row.body),
        "when": telling.when(row.body),
        "detail": telling.detail(row.body),
    }
