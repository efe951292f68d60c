"""`/live/`: one socket a person and tab.

A plain ASGI application on purpose: Channels' consumer would hop to another thread for every
frame and listen to a channel layer that this socket does not need.
"""

from __future__ import annotations

import logging
import time
import traceback
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.realtime import frames, limits, reading
from portal.realtime.frames import Frame
from portal.realtime.refusal import CommandRefused, malformed, rate_limited, unavailable
from portal.realtime.registry import COMMANDS, Answer, Command, Reply, command
from portal.realtime.running import running
from portal.realtime.signing_in import sign_in
from portal.realtime.socket import Socket
from portal.realtime.switchboard import switchboard

logger = logging.getLogger(__name__)


async def live(scope: Any, receive: Any, send: Any) -> None:
    """Refuse strangers before anything is said, then answer until the socket ends."""
    await receive()
    try:
        person = await reading.run(sign_in, scope["headers"])
    except (DatabaseError, InterfaceError):
        person = None
    if person is None:
        await send({"type": "websocket.close"})
        return
    actor, language = person
    translation.activate(language)
    running.start()
    await send({"type": "websocket.accept"})
    socket = Socket(actor, send, switchboard.catch_up)
    switchboard.enter(socket)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            await _hear(socket, message.get("text"))
    finally:
        switchboard.leave(socket)


async def _hear(socket: Socket, text: str | None) -> None:
    """One frame: whatever it holds, the answer is a sentence, never a broken socket."""
    if socket.closing:
        return
    socket.heard = time.monotonic()
    await socket.until_there_is_room()
    frame: Frame = {}
    try:
        frame = frames.read(text)
        answer = await _obey(socket, frame)
    except CommandRefused as refusal:
        await _refuse(socket, frame, refusal)
    except Exception as error:
        _log(frame, error)
        await _refuse(socket, frame, unavailable())
    else:
        await _answer(socket, frame, answer)


async def _answer(socket: Socket, frame: Frame, answer: Answer) -> None:
    if answer is None:
        return
    fields = answer.fields if isinstance(answer, Reply) else answer
    await socket.answer({"type": "ok", "id": frame.get("id"), **fields})
    if isinstance(answer, Reply):
        answer.then()


async def _obey(socket: Socket, frame: Frame) -> Answer:
    kind = frame.get("type")
    known: Command | None = COMMANDS.get(kind) if type(kind) is str else None
    if known is None:
        raise malformed(_("This command is not known."))
    if known.needs_id and frames.identity(frame) is None:
        raise malformed(_("A command needs an id."))
    if known.counts and (wait := socket.bucket.take()):
        raise rate_limited(wait)
    return await known.run(socket, frame)


async def _refuse(socket: Socket, frame: Frame, refusal: CommandRefused) -> None:
    close = refusal.close or _patience(socket, refusal.code)
    await socket.answer({"type": "error", "id": frames.identity(frame), **refusal.fields()})
    if close:
        switchboard.end(socket, close)


def _patience(socket: Socket, code: str) -> int:
    """The code to close with when this client was wrong or hasty too often."""
    if code == "malformed":
        now = time.monotonic()
        socket.strikes.append(now)
        if len(socket.strikes) == limits.MALFORMED_A_MINUTE and now - socket.strikes[0] < 60:
            return limits.Close.MALFORMED
    if code == "rate_limited":
        socket.refused += 1
        if socket.refused > limits.REFUSED_BURSTS:
            return limits.Close.HASTE
    return 0


def _log(frame: Frame, error: Exception) -> None:
    """What failed and where, without what was said."""
    where = "".join(traceback.format_tb(error.__traceback__)[-3:])
    logger.error("%s failed: %s\n%s", frame.get("type"), type(error).__name__, where)


@command("ping")
async def ping(socket: Socket) -> dict[str, Any]:
    return {"type": "pong"}
