"""A socket's way from one browser to the server, which breaks when a play says so."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """The way between one browser and the server, which can break at a chosen moment."""

    def __init__(self, page: Page) -> None:
        self.stands = True
        self.loses = ""  # "words": the next say never arrives; "promise": its answer never does
        self.holds = False  # what is said stays on the way until it is let go
        self.held: list[tuple[WebSocketRoute, str]] = []
        self.open: list[WebSocketRoute] = []
        page.context.route_web_socket(re.compile(r"/live/$"), self._connect)

    def cut(self) -> None:
        """Nothing passes any more; a new socket opens into silence, as in a lift."""
        self.stands, self.loses = False, ""
        self._close()

    def mend(self) -> None:
        self.stands = True
        self._close()

    def let_go(self) -> None:
        """What was held on the way arrives now."""
        self.holds = False
        for far, frame in self.held:
            far.send(frame)
        self.held = []

    def _close(self) -> None:
        ends, self.open = self.open, []
        for end in ends:
            end.close(code=3000)

    def _connect(self, near: WebSocketRoute) -> None:
        self.open.append(near)
        if not self.stands:
            near.on_message(lambda frame: None)
            return
        far = near.connect_to_server()
        self.open.append(far)
        near.on_message(lambda frame: self._there(far, frame))
        far.on_message(lambda frame: self._back(near, frame))

    def _there(self, far: WebSocketRoute, frame: str) -> None:
        says = json.loads(frame)["type"] == "consult.say"
        if self.loses == "words" and says:
            self.cut()
        elif self.holds and says:
            self.held.append((far, frame))
        elif self.stands:
            far.send(frame)

    def _back(self, near: WebSocketRoute, frame: str) -> None:
        told = json.loads(frame)
        if self.loses == "promise" and told["type"] == "ok" and "client_id" in told:
            self.cut()
        elif self.stands:
            near.send(frame)
