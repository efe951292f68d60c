"""Load the shipped catalogue, frequency terms and limits into the database, as often as wanted."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from portal.terminology import substances
from portal.terminology.models import Frequency, Medication, RuleParameter

DATA = Path(__file__).parent / "data"
BASE_PROFILE = "CN-SH"
SHIPPED_FROM = date(2020, 1, 1)
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Shipped:
    """One limit as shipped."""

    profile: str
    key: str
    value: Any
    source: str
    valid_from: date


@lru_cache(maxsize=1)
def parameter_rows() -> tuple[Shipped, ...]:
    """The limits of the base profile, and what another profile says otherwise."""
    rows = json.loads((DATA / "parameters.json").read_text("utf-8"))
    return tuple(
        Shipped(
            row.get("profile", BASE_PROFILE), row["key"], row["value"], row["source"], SHIPPED_FROM
        )
        for row in rows
    )


@transaction.atomic
def load() -> dict[str, int]:
    """Bring the tables to what is shipped; rows of other origin stay. Counts by table."""
    return {
        "medications": _upsert(Medication, ["code"], _medications()),
        "frequencies": _upsert(Frequency, ["code"], _frequencies()),
        "parameters": _upsert(RuleParameter, ["profile", "key", "valid_from"], _parameters()),
    }


def _upsert(model: type[Row], unique: list[str], rows: list[Row]) -> int:
    fields = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in unique
    ]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=fields
    )
    return len(rows)


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _medications() -> list[Medication]:
    return [medication(row) for row in _table("medications.csv")]


def medication(row: dict[str, str]) -> Medication:
    """One line of the data file as a catalogue row."""
    return Medication(
        code=row["code"],
        name_en=row["en"],
        name_zh=row["zh"],
        brand=row["brand"],
        form=row["form"],
        unit=row["unit"],
        pack_size=Decimal(row["pack"]),
        route=row["route"],
        atc=row["atc"],
        control=row["control"] or "none",
        is_prescription_only=row["rx"] != "otc",
        storage=row["storage"] or "room",
        label_en=row["label_en"],
        label_zh=row["label_zh"],
        **_parts(row),
        **_cautions(row),
        **_price(row),
    )


def _parts(row: dict[str, str]) -> dict[str, Any]:
    """What is in it, and what follows from that."""
    parts = [_ingredient(text) for text in row["ingredients"].split(";")]
    known = [substances.named(part["substance"]) for part in parts]
    return {
        "ingredients": parts,
        "allergens": [substance.name for substance in known],
        "allergen_classes": sorted({word for part in known for word in part.classes}),
        "interaction_tags": sorted({word for part in known for word in part.tags}),
    }


def _cautions(row: dict[str, str]) -> dict[str, Any]:
    return {
        "is_antimicrobial": row["antimicrobial"] == "1",
        "long_prescription_days": int(row["long_days"] or 0),
        "monitoring": [_monitoring(text) for text in row["monitoring"].split(";") if text],
        "pregnancy": _risk(row["pregnancy"]),
        "lactation": _risk(row["lactation"]),
        "egfr_caution_below": _number(row["egfr_caution"]),
        "egfr_stop_below": _number(row["egfr_stop"]),
        "age_from": int(row["age_from"] or 0),
        "is_cautious_in_old_age": row["elder"] == "1",
    }


def _price(row: dict[str, str]) -> dict[str, Any]:
    return {
        "price_minor": int(row["price"]),
        "insurance": {"A": "A", "B": "B"}.get(row["insurance"], "self-pay"),
        "own_pay_percent": {"A": 0, "B": 10}.get(row["insurance"], 100),
    }


def _ingredient(text: str) -> dict[str, str]:
    """`valsartan:80 mg:160:320`: substance, strength of one unit, most at once, most a day."""
    name, strength, single, daily = text.split(":")
    value, unit = strength.split(" ")
    return {
        "substance": name,
        "value": value,
        "unit": unit,
        "max_single": single,
        "max_daily": daily,
    }


def _monitoring(text: str) -> dict[str, Any]:
    """`renal/365/required`."""
    test, days, level = text.split("/")
    return {"test": test, "days": int(days), "required": level == "required"}


def _risk(letter: str) -> str:
    return {"S": "safe", "C": "caution", "X": "contraindicated"}[letter]


def _number(text: str) -> int | None:
    return int(text) if text else None


def _frequencies() -> list[Frequency]:
    return [
        Frequency(
            code=row["code"],
            name_en=row["en"],
            name_zh=row["zh"],
            explanation_en=row["explanation_en"],
            explanation_zh=row["explanation_zh"],
            doses_per_day=Decimal(row["doses_per_day"]),
            times=row["times"].split(),
            is_as_needed=row["as_needed"] == "1",
            position=position,
        )
        for position, row in enumerate(_table("frequencies.csv"))
    ]


def _parameters() -> list[RuleParameter]:
    return [
        RuleParameter(
            profile=row.profile,
            key=row.key,
            value=row.value,
            source=row.source,
            valid_from=row.valid_from,
        )
        for row in parameter_rows()
    ]
