"""What this hospital can do, as a CapabilityStatement."""

from __future__ import annotations

from portal.sandbox.hospital.parameters import PARAMETERS
from portal.sandbox.vocabulary import Resource

INTERACTIONS = ("read", "vread", "update", "delete", "history-instance", "create", "search-type")
VERSION = "1.0.0"


def statement(base: str) -> Resource:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-01",
        "kind": "instance",
        "software": {"name": "Sandbox HIS, invented patients", "version": VERSION},
        "implementation": {"description": "Sandbox, invented patients", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "resource": [_resource(kind) for kind in PARAMETERS],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(kind: str) -> Resource:
    known = PARAMETERS[kind].values()
    common = [{"name": "_id", "type": "token"}, {"name": "_lastUpdated", "type": "date"}]
    resource: Resource = {
        "type": kind,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalUpdate": False,
        "searchInclude": [f"{kind}:{p.name}" for p in known if p.type == "reference"],
        "searchParam": common + [{"name": p.name, "type": p.type} for p in known],
    }
    if kind == "Patient":
        definition = "http://hl7.org/fhir/OperationDefinition/Patient-match"
        resource["operation"] = [{"name": "match", "definition": definition}]
    return resource
