"""A stage for the scripts of the pages: real templates and static files, a server played in Python.

Nothing listens on a port: the browser's requests and its socket are answered here, so that a cut
line, a lost answer or a slow server is a line of a test.
"""

from __future__ import annotations

import json
import mimetypes
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page, Request, Route, WebSocketRoute

ADDRESS = "http://portal.test"  # no secure context, like a name on a local network
ME, DOCTOR = str(uuid.uuid4()), str(uuid.uuid4())
ENCOUNTER = str(uuid.uuid4())
SAY, MESSAGES = (
    f"/consult/encounters/{ENCOUNTER}/say/",
    f"/consult/encounters/{ENCOUNTER}/messages/",
)

ROOM = """{% extends "resident.html" %}
{% block html_attributes %} data-person="{{ me }}"{% endblock %}
{% block content %}<h1>Dr Li</h1><p data-connection role="status" hidden></p>
<div role="log" aria-live="polite" aria-label="Conversation">
<ol class="messages" data-messages></ol></div><p data-typing></p>
<form class="dock" method="post" enctype="multipart/form-data" action="{{ say }}"
 data-conversation data-encounter="{{ encounter }}" data-me="{{ me }}" data-last-seq="0"
 data-messages-url="{{ messages_url }}">{% csrf_token %}<input type="hidden" name="client_id">
{% include "components/dock.html" %}</form>
<form method="post" action="/accounts/logout/" data-sign-out>{% csrf_token %}
<button id="leave">Out</button></form>
{% endblock %}"""

Answer = Callable[[Request], tuple[int, dict[str, str], str | bytes]]


def _nobody(path: str) -> HttpRequest:
    """A visitor's request, so that the frame of the page finds every name it asks for."""
    request = RequestFactory().get(path)
    request.user, request.actor, request.session = AnonymousUser(), None, {}
    return request


class Stage:
    """The server: pages and answers by path, and one conversation over the socket."""

    def __init__(self, context: BrowserContext) -> None:
        self.messages: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []  # every say that arrived, stored or not
        self.sockets: list[WebSocketRoute] = []
        self.commands: list[dict[str, Any]] = []
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.refusals: dict[str, dict[str, Any]] = {}  # text → error
        self.socket_stands = True
        self.loses_the_next_answer = False
        context.route("**/*", self._answer)
        context.route_web_socket(re.compile(r"/live/$"), self._connect)

    # what is shown

    def show(self, path: str, source: str, **words: Any) -> None:
        """A page from a template's source, with the frame of every page."""
        known = {"me": ME, "encounter": ENCOUNTER, "say": SAY, "messages_url": MESSAGES}
        context = {"csrf_token": "token", "text_size": "18", "read_aloud": "on", "zone": "UTC"}
        template = engines["django"].from_string(source)
        page = template.render({**context, **known, **words}, request=_nobody(path))
        self.answers[path] = lambda request: (200, {"Content-Type": "text/html"}, page)

    def open_room(self, page: Page) -> None:
        self.show("/room/", ROOM)
        self.answers[MESSAGES] = self._page_of_messages
        self.answers[SAY] = self._say_by_form
        page.goto(ADDRESS + "/room/")

    def _answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        self.asked.append(f"{request.method} {path}")
        if path.startswith("/static/"):
            file = settings.BASE_DIR / "static" / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            route.fulfill(body=file.read_bytes(), headers={"Content-Type": kind})
        elif path in self.answers:
            status, headers, body = self.answers[path](request)
            route.fulfill(status=status, headers=headers, body=body)
        else:
            route.fulfill(status=404, body="nothing")

    # the conversation

    def _connect(self, socket: WebSocketRoute) -> None:
        if not self.socket_stands:
            socket.close(code=1011)
            return
        self.sockets.append(socket)
        socket.on_message(lambda text: self._obey(socket, json.loads(text)))

    def _obey(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        self.commands.append(frame)
        answer = self._answer_to(frame)
        if answer is None or not self.socket_stands:
            return
        if self.loses_the_next_answer and frame["type"] == "consult.say":
            self.loses_the_next_answer = False
            socket.close(code=1011)
            return
        socket.send(json.dumps({"type": "ok", "id": frame["id"], **answer}))

    def _answer_to(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        match frame["type"]:
            case "consult.open":
                return self._view(frame["after"])
            case "consult.say":
                return self._take(frame)
            case "ping":
                return {"type": "pong"}
            case "consult.typing":
                return None
        return {}

    def _view(self, after: int) -> dict[str, Any]:
        later = [message for message in self.messages if message["seq"] > after]
        return {
            "messages": later[:200], "more": len(later) > 200, "last_seq": len(self.messages),
            "state": "in-progress", "members": [], "read": {},
        }  # fmt: skip

    def _take(self, frame: dict[str, Any]) -> dict[str, Any]:
        self.said.append(frame)
        if refusal := self.refusals.get(frame["text"]):
            return {"type": "error", **refusal}
        known = [one for one in self.messages if one["client_id"] == frame["client_id"]]
        message = known[0] if known else self.store(frame["text"], ME, frame["client_id"])
        return {name: message[name] for name in ("seq", "sent", "client_id")}

    def store(self, text: str, person: str = DOCTOR, client_id: str = "") -> dict[str, Any]:
        """A message is in the database; nobody was told yet."""
        seq = len(self.messages) + 1
        sent = datetime(2026, 3, 8, 9, 30, tzinfo=UTC) + timedelta(minutes=seq)
        kind = "resident" if person == ME else "doctor"
        message = {
            "seq": seq, "client_id": client_id or str(uuid.uuid4()), "sent": sent.isoformat(),
            "author": {"id": person, "name": "Li Wei", "kind": kind},
            "body": {"kind": "text", "text": text},
        }  # fmt: skip
        self.messages.append(message)
        return message

    def tell(self, event: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps({"encounter": ENCOUNTER, **event}))

    def cut(self) -> None:
        self.sockets[-1].close(code=1012)

    def _page_of_messages(self, request: Request) -> tuple[int, dict[str, str], str]:
        after = int(parse_qs(urlsplit(request.url).query).get("after", ["0"])[0])
        return 200, {"Content-Type": "application/json"}, json.dumps(self._view(after))

    def _say_by_form(self, request: Request) -> tuple[int, dict[str, str], str]:
        fields = dict(
            re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', (request.post_data or ""), re.S)
        )
        answer = self._take({"client_id": fields["client_id"], "text": fields.get("text", "")})
        return 200, {"Content-Type": "application/json"}, json.dumps(answer)
