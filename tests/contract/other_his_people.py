"""Who is in the second hospital: the cast, written as untidily as R4 allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NUMBER = "urn:oid:2.16.156.10011.1.3"
ATC, LOCAL = "http://www.whocc.no/atc", "urn:oid:1.2.3.4.99"
HL7 = "http://terminology.hl7.org/CodeSystem/"


def fill(his):
    """Names of the cast to the numbers they have here."""
    who = _people(his) | _doctors(his)
    _record(his, who["chen"])
    return {"nobody": "999999", "no-such": "999999"} | who


def _coded(*codes, text=None):
    concept = {"coding": [{"system": system, "code": code} for system, code in codes]}
    return concept | ({"text": text} if text else {})


def _people(his):
    chen = his.add(
        "Patient",
        extension=[{"url": "urn:vendor:x", "valueReference": {"reference": "Group/1"}}],
        identifier=[
            {"system": NUMBER, "value": "31011019550308022X", "_value": {"extension": []}},
            {"value": "MR-1"},
        ],
        name=[{"text": "陈桂兰"}, {"use": "old", "family": "Guilan", "given": ["Chen", None],
                                   "_given": [None, {"extension": []}]}],
        telecom=[{"value": "+8613800000001"}],
        birthDate="1955-03-08",
        _birthDate={"extension": [{"url": "urn:vendor:time", "valueDateTime": "1955-03-08"}]},
        gender="female",
    )  # fmt: skip
    xu = his.add("Patient", name=[{"text": "许美芳"}], birthDate="1958-01-01", gender="female")
    sun = {"name": [{"text": "孙福生"}], "birthDate": "1953-01-20", "gender": "male"}
    left = his.add("Patient", identifier=[{"system": NUMBER, "value": "310110195301200430"}], **sun)
    link = {"other": {"reference": f"{his.base}/Patient/{left}"}, "type": "replaced-by"}
    old = his.add("Patient", active=False, link=[link], **sun)
    return {"chen": chen, "xu": xu, "sun-fusheng": left, "sun-fusheng-old": old}


def _doctors(his):
    his.add("Organization", name="Clinic")
    who = {}
    first = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    for name in ("dr-li", "dr-wang", "dr-zhao"):
        who[name] = his.add("Practitioner", name=[{"text": name}])
        doctor = {"reference": f"Practitioner/{who[name]}"}
        his.add("PractitionerRole", practitioner=doctor)
        places = [{"identifier": {"value": "room-3"}}, doctor]
        calendar = who[f"schedule-{name}"] = his.add("Schedule", actor=places)
        for turn in range(12):
            start = (first + timedelta(days=1, minutes=15 * turn)).astimezone()
            his.add(
                "Slot",
                schedule={"reference": f"Schedule/{calendar}"},
                status="free",
                start=start.isoformat(),
                end=(start + timedelta(minutes=15)).isoformat(),
            )
    return who


def _record(his, chen):
    absolute = {"reference": f"{his.base}/Patient/{chen}/_history/1"}
    named = {"identifier": {"system": NUMBER, "value": "31011019550308022X"}}
    his.add(
        "AllergyIntolerance", chen,
        patient=absolute, recordedDate="2019",
        clinicalStatus=_coded((LOCAL, "A"), (HL7 + "allergyintolerance-clinical", "active")),
        code=_coded((LOCAL, "77"), (ATC, "J01E"), text="磺胺类"),
    )  # fmt: skip
    for code, text in (("I10", "高血压"), ("E11.9", None)):
        his.add(
            "Condition", chen,
            subject=named, onsetDateTime="2011-05", recordedDate="2012",
            clinicalStatus=_coded((LOCAL, "01"), (HL7 + "condition-clinical", "active")),
            code=_coded((LOCAL, "x"), ("http://hl7.org/fhir/sid/icd-10-cm", code), text=text),
        )  # fmt: skip
    inside = {
        "resourceType": "Medication",
        "id": "m",
        "code": _coded((ATC, "C08CA01"), text="氨氯地平"),
    }
    metformin = his.add("Medication", code=_coded((ATC, "A10BA02"), text="二甲双胍"))
    order = {"status": "active", "intent": "order", "subject": {"reference": "urn:uuid:0"}}
    his.add("MedicationRequest", chen, contained=[inside],
            medicationReference={"reference": "#m"}, authoredOn="2026-01-02T08:30+08:00",
            **order)  # fmt: skip
    his.add("MedicationRequest", chen,
            medicationReference={"reference": f"Medication/{metformin}"}, authoredOn="2026",
            **order)  # fmt: skip
    his.add("Observation", chen, subject=absolute, status="final", code={"text": "K"},
            effectiveDateTime="2026-02", valueQuantity={"value": 4.1})  # fmt: skip
