"""P1–P5, P15: the conversation over the socket."""

from __future__ import annotations

from contextlib import ExitStack

from tests.bench.ground import Ground, Server
from tests.bench.registry import Result, in_turns, measure, result_of

LIVE, ECHO, TUTORIAL = (
    "portal.asgi:application",
    "tests.bench.echo:application",
    "tests.bench.tutorial:application",
)
SECONDS = 2
ROOMS = 50
COMINGS = 3  # every socket so often, for P15
MISSED = 10  # messages since one was last there


@measure("P1", "durable chat messages/s ÷ stock Channels echo, same sockets", at_least=1.0)
def against_echo(ground: Ground) -> Result:
    spent: dict[str, list[float]] = {"chat": [], "echo": []}

    def rate(mode: str, server: Server) -> float:
        seen = ground.load(mode=mode, sockets=ground.sockets(ROOMS, server), seconds=SECONDS)
        spent[mode].append(round(seen["cpu_us"]))
        return seen["per_second"]

    with ground.server(LIVE) as live, ground.server(ECHO) as echo:
        mine, theirs = in_turns(lambda: rate("chat", live), lambda: rate("echo", echo))
    return result_of(mine, theirs, "messages/s", ("chat", "echo"), server_cpu_us_a_message=spent)


@measure("P2", "the same ÷ the tutorial stack (Redis layer, ORM a message)", at_least=40)
def against_tutorial(ground: Ground) -> Result:
    with ground.server(LIVE) as live, ground.server(TUTORIAL, BENCH_CONN_MAX_AGE="0") as tutorial:
        mine, theirs = in_turns(
            lambda: _rate(ground, "chat", ground.sockets(ROOMS, live)),
            lambda: _rate(ground, "chat", ground.sockets(ROOMS, tutorial), at_once=10),
        )
    return result_of(mine, theirs, "messages/s", ("chat", "tutorial"))


@measure("P3", "delivery p99 at 200/s with 2,000 idle sockets ÷ without", at_most=1.3)
def beside_idle(ground: Ground) -> Result:
    with ground.server(LIVE) as busy, ground.server(LIVE) as quiet:
        idle = [
            {"port": busy.port, "path": "/live/", "origin": "http://127.0.0.1:8000", "cookie": key}
            for key in ground.idle
            for _tab in range(10)
        ]
        with ground.held_open(idle):
            mine, theirs = in_turns(
                lambda: _delay(ground, ground.sockets(ROOMS, busy)),
                lambda: _delay(ground, ground.sockets(ROOMS, quiet)),
            )
    return result_of(mine, theirs, "ms p99", ("beside 2,000", "alone"))


@measure("P4", "memory of an idle signed-in socket ÷ a bare Channels socket", at_most=1.5)
def memory(ground: Ground) -> Result:
    mine, theirs = in_turns(lambda: _weight(ground, LIVE), lambda: _weight(ground, ECHO))
    return result_of(mine, theirs, "KB", ("ours", "bare"))


@measure("P5", "chat messages/s, two processes ÷ one", at_least=1.5)
def two_processes(ground: Ground) -> Result:
    with ExitStack() as stack:
        one, left, right = (stack.enter_context(ground.server(LIVE)) for _ in range(3))
        mine, theirs = in_turns(
            lambda: _rate(ground, "chat", ground.sockets(ROOMS, left, right)),
            lambda: _rate(ground, "chat", ground.sockets(ROOMS, one)),
        )
    return result_of(mine, theirs, "messages/s", ("two", "one"))


@measure("P15", "signed-in reconnects with catch-up ÷ anonymous connects", at_least=0.5)
def reconnects(ground: Ground) -> Result:
    with ground.server(LIVE) as live, ground.server(ECHO) as echo:
        _rate(ground, "chat", ground.sockets(ROOMS, live))  # something to catch up with
        newest = ground.newest()
        behind = [
            {**one, "after": max(0, newest[one["room"]] - MISSED)}
            for one in ground.sockets(ROOMS, live)
        ]
        mine, theirs = in_turns(
            lambda: _comings(ground, "connect and catch up", behind),
            lambda: _comings(ground, "connect", ground.sockets(ROOMS, echo)),
        )
    return result_of(mine, theirs, "connects/s", ("signed in", "anonymous"))


def _comings(ground: Ground, mode: str, sockets: list) -> float:
    return ground.load(mode=mode, sockets=sockets * COMINGS)["per_second"]


def _rate(ground: Ground, mode: str, sockets: list, **more: int) -> float:
    return ground.load(mode=mode, sockets=sockets, seconds=SECONDS, **more)["per_second"]


def _delay(ground: Ground, sockets: list) -> float:
    return ground.load(mode="chat", sockets=sockets, seconds=SECONDS, rate=200)["p99"] * 1000


def _weight(ground: Ground, application: str) -> float:
    with ground.server(application) as server:
        plan = {"port": server.port, "path": "/live/", "origin": "http://127.0.0.1:8000"}
        warm = [{**plan, "cookie": key} for key in ground.idle[:20]]
        many = [{**plan, "cookie": key} for key in ground.idle for _tab in range(5)]
        with ground.held_open(warm):
            before = server.memory()
            with ground.held_open(many):
                return (server.memory() - before) / len(many) / 1024
