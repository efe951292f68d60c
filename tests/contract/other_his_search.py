"""How the second hospital system searches: the parameters of R4 that a portal asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

CLINICAL = {"patient", "identifier", "date", "status"}
PARAMETERS = {
    "Patient": {"identifier", "birthdate", "family", "name", "gender"},
    "Practitioner": {"identifier", "name"},
    "PractitionerRole": {"practitioner", "organization"},
    "Organization": {"identifier"},
    "Medication": {"code"},
    "Schedule": {"actor"},
    "Slot": {"schedule", "status", "start"},
    "Appointment": {"identifier", "actor", "patient", "date", "status"},
    "AllergyIntolerance": CLINICAL - {"status"},
    "Condition": CLINICAL - {"status", "date"},
    "MedicationRequest": CLINICAL - {"date"},
    "MedicationDispense": CLINICAL - {"date"},
    "Observation": CLINICAL,
    "DiagnosticReport": CLINICAL,
    "DocumentReference": CLINICAL,
    "Encounter": CLINICAL,
}
FREE = {"_sort", "_count", "_include", "_format"}
DATES = {
    ("Slot", "start"): "start",
    ("Appointment", "date"): "start",
    ("Patient", "birthdate"): "birthDate",
    ("Observation", "date"): "effectiveDateTime",
    ("DiagnosticReport", "date"): "effectiveDateTime",
    ("DocumentReference", "date"): "date",
    ("AllergyIntolerance", "date"): "recordedDate",
}


def matches(his, item, name, value):
    """Does the row answer to one parameter? Any of the values between commas will do."""
    return any(_one(his, item, name, word) for word in value.split(","))


def _one(his, item, name, value):
    kind = item["resourceType"]
    if name == "_id":
        return item["id"] == value
    if name == "identifier":
        return _token(item.get("identifier", ()), value)
    if name == "patient":
        return his.owners.get((kind, item["id"])) == value.split("/")[-1]
    if name in ("actor", "schedule", "practitioner", "organization"):
        return any(text.endswith(value) for text in _pointers(item))
    if name in ("family", "name"):
        return any(_begins(one, name, value) for one in item.get("name", ()))
    if name == "_lastUpdated":
        return _date(item["meta"]["lastUpdated"], value)
    if (kind, name) in DATES or name == "date":
        field = DATES.get((kind, name), "")
        return _date(item.get(field) or item.get("period", {}).get("start", ""), value)
    return item.get(name) == value  # status, gender


def _token(identifiers, value):
    system, bar, wanted = value.rpartition("|")
    return any(
        one.get("value") == wanted and (not bar or one.get("system", "") == system)
        for one in identifiers
    )


def _pointers(item):
    held = [item.get("schedule"), item.get("practitioner"), item.get("organization")]
    held += item.get("actor", ())
    held += [one.get("actor") for one in item.get("participant", ())]
    return [f"/{one['reference']}" for one in held if one and "reference" in one]


def _begins(human, name, value):
    """`family` looks at the family name alone; `name` at every part, the text too."""
    parts = [human.get("family", "")]
    if name == "name":
        parts += [human.get("text", ""), *human.get("given", ())]
    return any(part.casefold().startswith(value.casefold()) for part in parts if part)


def span(text):
    """First moment inside and first after, of a date of any precision."""
    text = text.replace("Z", "+00:00")
    if "T" in text:
        low = datetime.fromisoformat(text)
        return low, low + timedelta(milliseconds=1)
    parts = [int(part) for part in text.split("-")]
    low = datetime(*[*parts, 1, 1][:3], tzinfo=UTC)
    days = {1: 366, 2: 31, 3: 1}[len(parts)]
    return low, low + timedelta(days=days)


def _date(own, asked):
    prefix, text = (asked[:2], asked[2:]) if asked[:2].isalpha() else ("eq", asked)
    if not own:
        return False
    (low, high), (first, last) = span(own), span(text)
    return {
        "eq": first <= low and high <= last,
        "ge": high > first,
        "gt": high > last,
        "lt": low < first,
        "le": low < last,
    }[prefix]


def sort_key(item, name):
    name = name.removeprefix("-")
    if name == "_lastUpdated":
        return item["meta"]["lastUpdated"]
    return item.get(DATES.get((item["resourceType"], name), name)) or ""
