"""Real, untidy records: an allergy written by another system stops the medicine it names."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.conf import settings

from portal.his.wire.medicines import medicine
from portal.his.wire.sections import READERS
from portal.record.facts import Section, Summary
from portal.record.rules import STOP, judge
from portal.terminology import substances
from tests.portal.record.rules.conftest import SHIPPED, case, line

PLACES = [Path(settings.BASE_DIR).parent, Path(settings.BASE_DIR).parent.parent]
SAMPLE = next(
    (p for p in (place / "shared/data/his-sample" for place in PLACES) if p.is_dir()), None
)
pytestmark = pytest.mark.skipif(
    SAMPLE is None, reason="the sample records are not beside the project"
)


def resources(kind, patient_id):
    overlay = json.loads((SAMPLE / "overlay.json").read_text("utf-8"))
    rows = [entry["resource"] for entry in overlay["entry"]]
    whose = f"Patient/{patient_id}"
    return [
        row
        for row in rows
        if row["resourceType"] == kind
        and whose in (row.get("patient", row.get("subject", {})).get("reference"),)
    ]


def record(patient_id):
    _kind, read_allergy = READERS["allergies"]
    allergies = [read_allergy(row) for row in resources("AllergyIntolerance", patient_id)]
    medicines = [medicine(row) for row in resources("MedicationRequest", patient_id)]
    return Summary(
        allergies=Section(tuple(filter(None, allergies))),
        medicines=Section(tuple(filter(None, medicines))),
    )


def rows():
    with (SAMPLE / "index.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def person(mrn):
    return next(row for row in rows() if row["mrn"] == mrn)["patient_id"]


def stopped(summary, name):
    drug = next(m for m in SHIPPED if m.name_en.lower().startswith(name))
    alerts = judge(case(line(drug), summary=summary))
    return [alert for alert in alerts if alert.rule == "R74" and alert.severity == STOP]


def test_her_allergy_stops_the_simvastatin_of_mrn00039():
    (alert,) = stopped(record(person("MRN00039")), "simvastatin")
    assert "simvastatin" in alert.text.lower()


def test_each_conflict_of_the_sample_is_stopped():
    conflicts = [row for row in rows() if row["conflict_with"]]
    assert conflicts
    for row in conflicts:
        (name,) = substances.of_text(row["conflict_with"]) or substances.of_atc(
            row["conflict_with"]
        )
        assert stopped(record(row["patient_id"]), name), row


def test_every_medicine_of_the_sample_is_understood():
    for row in rows():
        for fact in record(row["patient_id"]).medicines.entries:
            assert substances.of_atc(fact.atc) or substances.of_text(fact.text), fact.text
