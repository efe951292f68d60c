"""P6: sixty residents tap on one time, beside sixty who forget to choose one."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from tests.bench.ground import ORIGIN, Ground, Server
from tests.bench.registry import Result, in_turns, measure, result_of

TIMES = "/consult/book/times/"
AT_ONCE = 16
TOKEN = "t" * 32
TAKEN, REFUSED = {302: 1, 409: 59}, {422: 60}


@measure("P6", "booking one hot time by its view ÷ the same view refusing the form", at_least=0.7)
def hot_time(ground: Ground) -> Result:
    """Both answer with the same page of free times; one of the sixty gets the time."""
    laid = json.loads(ground.run("tests.bench.booking").splitlines()[-1])
    slots = iter(laid["slots"])
    with ground.server("portal.asgi:application") as server:
        mine, theirs = in_turns(
            lambda: _a_second(server, laid["cookies"], next(slots), TAKEN),
            lambda: _a_second(server, laid["cookies"], "", REFUSED),
        )
    return result_of(mine, theirs, "attempts/s", ("one hot time", "no time chosen"))


def _a_second(server: Server, cookies: list[str], slot: str, expected: dict[int, int]) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = Counter(people.map(lambda cookie: _tap(server, cookie, slot), cookies))
    took = time.perf_counter() - began
    if dict(answers) != expected:
        raise RuntimeError(f"answers {dict(answers)}")
    return len(cookies) / took


def _tap(server: Server, cookie: str, slot: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {
        "Cookie": f"sessionid={cookie}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Origin": ORIGIN,
        "Host": "127.0.0.1:8000",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", TIMES, urlencode({"slot": slot}), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
