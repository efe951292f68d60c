"""P9, P10: the resident's first page beside a bare one; a refill decided among many medicines."""

from __future__ import annotations

import http.client
import json
import time
from statistics import median

from tests.bench.ground import Ground, Server
from tests.bench.registry import Result, in_turns, measure, result_of

HOME = "/home/"
PAGES = 40


@measure("P9", "resident home page, pages/s ÷ a bare page with as many questions", at_least=0.6)
def home_page(ground: Ground) -> Result:
    prepared = json.loads(ground.run("tests.bench.refilling", "home").splitlines()[-1])
    bare = {
        "DJANGO_SETTINGS_MODULE": "tests.bench.bare",
        "BARE_QUESTIONS": str(prepared["questions"]),
    }
    with (
        ground.server("portal.asgi:application") as ours,
        ground.server("tests.bench.bare_application:application", **bare) as other,
    ):
        mine, theirs = in_turns(
            lambda: _pages_a_second(ours, HOME, prepared["cookie"]),
            lambda: _pages_a_second(other, "/", prepared["cookie"]),
        )
    return result_of(mine, theirs, "pages/s", ("home", "bare"), questions=prepared["questions"])


@measure("P10", "refill decision with 12 medicines ÷ with 1", at_most=3)
def decision(ground: Ground) -> Result:
    seen = json.loads(ground.run("tests.bench.refilling", "decide").splitlines()[-1])
    return result_of(seen["twelve"], seen["one"], "ms", ("12 medicines", "1 medicine"))


def _pages_a_second(server: Server, path: str, cookie: str) -> float:
    took = []
    for _ in range(PAGES):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Cookie": f"sessionid={cookie}", "Host": "127.0.0.1"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
    return 1 / median(took)
