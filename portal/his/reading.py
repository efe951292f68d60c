"""Read a patient's record, section by section; each may fail alone (R169)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils import timezone

from portal.his.client import READ_SECONDS, Client
from portal.his.errors import BadPayload, HisError, NotFound, Unavailable
from portal.his.matching import follow
from portal.his.searching import Page, get, newest_first, search
from portal.his.terms import HisRef, PrescriptionFact, Result
from portal.his.wire import medicines
from portal.his.wire.sections import READERS, reasons
from portal.his.wire.tolerant import moment, reference, text, thing, word
from portal.record.facts import ConditionFact, Section, Summary

logger = logging.getLogger(__name__)

#: Half a list of these is dangerous: it is all of it or unknown. The others show the newest.
WHOLE = {"allergies", "conditions", "medicines"}
NEWEST, MOST = 100, 2000
INCLUDED = {"MedicationRequest": {"_include": "MedicationRequest:medication"}}
MEDICATIONS = 30
DATES = {
    "observations": ("date", "effectiveDateTime"),
    "reports": ("date", "effectiveDateTime"),
    "documents": ("date", "date"),
    "encounters": ("date", ""),
}
Resource = dict[str, Any]
Facts = TypeVar("Facts", bound=tuple[Any, ...])


def section(client: Client, patient_id: str, name: str) -> Result[tuple[Any, ...]]:
    """One part of the record as facts, the newest first."""
    return _of_the_living(client, patient_id, lambda whose: _section(client, whose, name))


def _of_the_living(
    client: Client, patient_id: str, read: Callable[[str], Result[Facts]]
) -> Result[Facts]:
    """An id that the HIS does not know, or merged away, would look like a person without facts."""
    answer = read(patient_id)
    if answer.value:
        return answer
    living = follow(client, patient_id).ref.id
    return answer if living == patient_id else read(living)


def _section(client: Client, patient_id: str, name: str) -> Result[tuple[Any, ...]]:
    until = time.monotonic() + READ_SECONDS
    kind, reader = READERS[name]
    page = (
        _whole(client, kind, patient_id)
        if name in WHOLE
        else _newest(client, kind, name, patient_id)
    )
    _refuse_strangers(page, patient_id)
    if name == "medicines":
        known = _medications(client, page, until)
        facts = [medicines.medicine(item, known) for item in page.resources]
        facts = _filled(client, patient_id, page.resources, facts)
    else:
        facts = [reader(item) for item in page.resources]
    if name == "conditions":
        facts = _seen_again(client, patient_id, page.resources, facts)
    kept = sorted((fact for fact in facts if fact is not None), key=_age)
    return Result(tuple(kept), page.at)  # fmt: skip


def _filled(client: Client, patient_id: str, orders: list[Resource], facts: list[Any]) -> list[Any]:
    """When each was last handed out (R68); without the pharmacy's rows the order's day stands."""
    try:
        page = _whole(client, "MedicationDispense", patient_id)
        _refuse_strangers(page, patient_id)
    except HisError as error:
        logger.info("medicines without their hand-overs: %s", error)
        return facts
    return [
        medicines.filled(fact, item, page.resources)
        for item, fact in zip(orders, facts, strict=True)
    ]


def _age(fact: Any) -> float:
    for name in ("taken", "day", "authored", "recorded", "last_seen"):
        when = getattr(fact, name, None)
        if isinstance(when, datetime):
            return -when.timestamp()
        if isinstance(when, date):
            return -float(when.toordinal()) * 86400
    return 0.0


def _whole(client: Client, kind: str, patient_id: str) -> Page:
    extras = {"_count": "200"} | INCLUDED.get(kind, {})
    page = search(client, kind, {"patient": f"Patient/{patient_id}"}, extras=extras, limit=MOST)
    if not page.complete:
        raise BadPayload("only a part of the list could be read")
    return page


def _newest(client: Client, kind: str, name: str, patient_id: str) -> Page:
    """The newest rows; a HIS that does not sort is read further and sorted here."""
    parameter, field = DATES[name]
    wanted = {"patient": f"Patient/{patient_id}"}
    extras = {"_sort": f"-{parameter}", "_count": str(NEWEST)}
    page = search(client, kind, wanted, extras=extras, limit=NEWEST)
    if page.complete or newest_first(page.resources, lambda item: _when(item, field)):
        return page
    return search(client, kind, wanted, extras={"_count": "200"}, limit=MOST)


def _when(resource: Resource, field: str) -> datetime | None:
    return moment(resource.get(field)) or moment(thing(resource.get("period")).get("start"))


def _refuse_strangers(page: Page, patient_id: str) -> None:
    """A HIS that ignores `patient` would put somebody else's record before the doctor."""
    for item in page.resources:
        whose = reference(item.get("patient") or item.get("subject"), "Patient")
        if whose not in ("", patient_id):
            raise BadPayload("the answer holds rows of another patient")


def _medications(client: Client, orders: Page, until: float) -> dict[str, Resource]:
    """The medicines that the orders only point to and do not name; most come with the orders."""
    pointers = {
        reference(item.get("medicationReference"), "Medication")
        for item in orders.resources
        if not text(medicines.drug(item))
    }
    held = {name: orders.included.get(f"Medication/{name}") for name in pointers - {""}}
    known = {name: resource for name, resource in held.items() if resource}
    for name in sorted(held.keys() - known.keys())[:MEDICATIONS]:
        left = until - time.monotonic()
        if left <= 0:
            raise Unavailable("no time left to read every medicine")
        try:
            known[name], _etag = get(client, HisRef("Medication", name), seconds=left)
        except NotFound:
            continue  # shown as not named, with the order's other words
    return known


def _seen_again(
    client: Client, patient_id: str, conditions: list[Resource], facts: list[Any]
) -> list[Any]:
    """When a diagnosis was last the reason of a visit: the HIS keeps it with the visit (R27)."""
    try:
        page = _newest(client, "Encounter", "encounters", patient_id)
        _refuse_strangers(page, patient_id)
    except HisError as error:
        logger.info("diagnoses without their visits: %s", error)
        return facts
    visits = [reasons(item) for item in page.resources]
    return [
        _dated(fact, word(item.get("id")), visits)
        for item, fact in zip(conditions, facts, strict=True)
    ]


def _dated(
    fact: ConditionFact | None, name: str, visits: list[tuple[set[str], set[str], date | None]]
) -> ConditionFact | None:
    if fact is None:
        return None
    codes = {item.code for item in fact.codings if item.code}
    days = [day for why, ids, day in visits if day and (name in ids or codes & why)]
    return replace(fact, last_seen=max(filter(None, [fact.last_seen, *days]), default=None))


def summary(client: Client, patient_id: str, names: Sequence[str]) -> Result[Summary]:
    """The sections asked for; a failed one is named in `partial` and stays unknown."""
    started, parts, failed = timezone.now(), {}, []
    for name in names:
        try:
            answer = section(client, patient_id, name)
            parts[name] = Section(answer.value, answer.as_of)
        except HisError as error:
            failed.append(name)
            parts[name] = Section(None, None, type(error).__name__)
    return Result(Summary(**parts), started, partial=tuple(failed))


def prescriptions(client: Client, patient_id: str) -> Result[tuple[PrescriptionFact, ...]]:
    """Active and paused orders with the fills left, counted from the dispenses."""
    return _of_the_living(client, patient_id, lambda whose: _prescriptions(client, whose))


def _prescriptions(client: Client, patient_id: str) -> Result[tuple[PrescriptionFact, ...]]:
    until = time.monotonic() + READ_SECONDS
    orders = _whole(client, "MedicationRequest", patient_id)
    dispenses = _whole(client, "MedicationDispense", patient_id)
    _refuse_strangers(orders, patient_id)
    _refuse_strangers(dispenses, patient_id)
    known = _medications(client, orders, until)
    facts = [medicines.prescription(item, dispenses.resources, known) for item in orders.resources]
    living = [one for one in facts if one and one.medicine.status in {"active", "on-hold"}]
    return Result(tuple(living), orders.at)
