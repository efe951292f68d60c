"""The one door of the sandbox HIS: FHIR for programs, pages for people, and the trouble between."""

from __future__ import annotations

import random
import time
from pathlib import Path

from portal.sandbox.hospital import pages, rest
from portal.sandbox.hospital.opening import Hospital
from portal.sandbox.hospital.refusal import outcome
from portal.sandbox.hospital.trouble import Trouble
from portal.sandbox.serving import Answer, Request, Server

WRITES = ("POST", "PUT", "DELETE")
LOGIN = b"<!doctype html><title>Sign in</title><form method=post><input name=user></form>"


def open_door(port: int, data: Path, bundles: Path | None = None, empty: bool = False) -> Server:
    """A filled hospital behind a listening port."""
    hospital = Hospital(data, bundles, empty)

    def respond(request: Request) -> Answer:
        hospital.wake()
        if request.path.startswith(f"{rest.ROOT}/") or request.path == rest.ROOT:
            return troubled(hospital, request)
        return pages.respond(hospital, request)

    server = Server(port, respond, refuse, hospital.store.close)
    hospital.open()
    return server


def refuse(status: int, sentence: str) -> Answer:
    return rest.fhir(status, outcome("processing", sentence))


def troubled(hospital: Hospital, request: Request) -> Answer:
    """The answer, with all that is wrong with the hospital today."""
    trouble = hospital.trouble.state
    if not _concerns(trouble, request):
        return rest.respond(hospital, request)
    time.sleep(trouble.latency_ms / 1000)
    refused = _before(trouble, request)
    if refused:
        return refused
    answer = rest.respond(hospital, request)
    return _after(trouble, request, answer)


def _concerns(trouble: Trouble, request: Request) -> bool:
    """`only` names the types that are in trouble; without it, all are."""
    chosen = trouble.only.replace(",", " ").split()
    return not chosen or any(word in request.path.split("/") for word in chosen)


def _before(trouble: Trouble, request: Request) -> Answer | None:
    """Trouble that strikes before anything is stored."""
    if trouble.down == "closed":
        return Answer(503, cut=True)
    wait = {"Retry-After": str(trouble.retry_after_s)} if trouble.retry_after_s else {}
    if trouble.down:
        answer = refuse(503, "The hospital is closed for maintenance.")
    elif random.random() < trouble.error_rate:
        answer = refuse(500, "Something went wrong.")
    elif trouble.require_token and _token(request) != trouble.require_token:
        return rest.fhir(401, outcome("login", "Sign in."), WWW_Authenticate="Bearer")
    elif trouble.login_page:
        answer = Answer(200, LOGIN, "text/html; charset=utf-8")
    else:
        return None
    answer.headers |= wait
    return answer


def _after(trouble: Trouble, request: Request, answer: Answer) -> Answer:
    """Trouble that strikes on the way back, when it is already stored."""
    reading = request.path.endswith(("/_search", "/$match"))
    if trouble.lose_answer and request.method in WRITES and not reading:
        answer.cut = True
    if trouble.empty_body:
        answer.body = b""
    answer.trickle_s = trouble.trickle_ms / 1000
    return answer


def _token(request: Request) -> str:
    return request.header("authorization").removeprefix("Bearer ")
