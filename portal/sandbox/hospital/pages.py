"""The hospital side to play with: pages for people, the same commands as JSON for programs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

from portal.sandbox import showing
from portal.sandbox.hospital import reading, telling
from portal.sandbox.hospital.happenings import HAPPENINGS, happen
from portal.sandbox.hospital.opening import Hospital
from portal.sandbox.hospital.receiving import received, titled, told
from portal.sandbox.hospital.refusal import Refused
from portal.sandbox.hospital.trouble import TYPES
from portal.sandbox.serving import Answer, Request, said
from portal.sandbox.serving import told as as_json

COMMANDS = "/_sandbox/"


def respond(hospital: Hospital, request: Request) -> Answer:
    """A page, or a command."""
    try:
        if request.path.startswith(COMMANDS):
            return _command(hospital, request, request.path[len(COMMANDS) :])
        if request.method not in ("GET", "HEAD"):
            raise Refused(405, "not-supported", "Pages are read with GET.")
        return _page(hospital, request)
    except Refused as refused:
        if request.path.startswith(COMMANDS) and not request.is_form:
            return as_json(refused.status, {"error": refused.text})
        return showing.page(request, "refused", refused.status, sentence=refused.text)


def _page(hospital: Hospital, request: Request) -> Answer:
    store = hospital.store
    match [unquote(part) for part in request.path.split("/") if part]:
        case []:
            return showing.page(request, "home", **reading.home(hospital))
        case ["sandbox.css"]:
            return showing.style()
        case ["healthz"]:
            return said(200, "ok")
        case ["patients"]:
            return showing.page(request, "patients", patients=reading.patients(store))
        case ["patients", key]:
            return showing.page(request, "patient", **reading.patient(store, key))
        case ["calendar"]:
            wanted = showing.fields(request.query).get("schedule", "")
            return showing.page(request, "calendar", **reading.calendar(store, wanted))
        case ["received"]:
            return showing.page(request, "received", shelves=titled(store))
        case ["trouble"]:
            return showing.page(request, "trouble", switches=reading.switches(hospital.trouble))
        case ["resource", kind, key]:
            return _resource(hospital, request, kind, key)
    raise Refused(404, "not-found", _("There is no such page."))


def _resource(hospital: Hospital, request: Request, kind: str, key: str) -> Answer:
    row = reading.existing(hospital.store, kind, key)
    text = json.dumps(hospital.store.shown(row), ensure_ascii=False, indent=2)
    return showing.page(request, "resource", title=telling.title(row.body), text=text)


def _command(hospital: Hospital, request: Request, name: str) -> Answer:
    if request.method == "GET":
        return _asked(hospital, name)
    if name == "trouble" and request.method == "DELETE":
        return as_json(200, _healed(hospital))
    if request.method != "POST":
        raise Refused(405, "not-supported", "Commands are sent with POST.")
    given = _given(request)
    answer = _carry_out(hospital, name, request.is_form, given)
    return showing.back(request, given) if request.is_form else as_json(200, answer)


def _asked(hospital: Hospital, name: str) -> Answer:
    if name == "trouble":
        return as_json(200, hospital.trouble.shown())
    if name == "received":
        return as_json(200, received(hospital.store))
    if name == "commands":
        known = {n: {"needs": h.needs, "may": h.may} for n, h in HAPPENINGS.items()}
        return as_json(200, known)
    raise Refused(404, "not-found", "There is no such command.")


def _carry_out(hospital: Hospital, name: str, is_form: bool, given: dict[str, Any]) -> Any:
    if name == "reset":
        hospital.reset()
        return {"reset": True}
    if name == "heal":
        return _healed(hospital)
    if name == "trouble":
        return _thrown(hospital, _typed(given) if is_form else given)
    words = {word: str(value) for word, value in given.items() if word != "back"}
    return told(hospital.store, happen(hospital.store, name, words))


def _healed(hospital: Hospital) -> dict[str, Any]:
    hospital.trouble.heal()
    return hospital.trouble.shown()


def _thrown(hospital: Hospital, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        hospital.trouble.throw(wanted)
    except ValueError as error:
        raise Refused(422, "value", str(error)) from error
    return hospital.trouble.shown()


def _typed(form: dict[str, str]) -> dict[str, Any]:
    """The whole form of switches: an unticked box is sent by being absent."""
    wanted: dict[str, Any] = {}
    for name, kind in TYPES.items():
        try:
            wanted[name] = name in form if kind is bool else kind(form.get(name, kind()))
        except ValueError as error:
            raise Refused(422, "value", f"{name} must be a number.") from error
    return wanted


def _given(request: Request) -> dict[str, Any]:
    try:
        if request.is_form:
            return showing.fields(request.body.decode("ascii"))
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused(400, "invalid", "The body cannot be read.") from error
    if not isinstance(given, dict):
        raise Refused(400, "invalid", "The body must be a JSON object.")
    return given
