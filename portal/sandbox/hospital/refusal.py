"""A request the hospital does not carry out, said as FHIR says it."""

from __future__ import annotations

from portal.sandbox.vocabulary import Resource


class Refused(Exception):
    """The request is not carried out; nothing has changed."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


def outcome(code: str, text: str, severity: str = "error") -> Resource:
    """An OperationOutcome with one issue."""
    issue = {"severity": severity, "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def not_known(kind: str, key: str) -> Refused:
    return Refused(404, "not-found", f"{kind}/{key} is not known here.")
