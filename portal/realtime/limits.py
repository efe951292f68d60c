"""How much one socket may ask of the server, and how long it may be silent."""

from __future__ import annotations

FRAME_BYTES = 16 * 1024  # one frame from a client
PAGE_MESSAGES = 200  # messages in one answer
PAGE_BYTES = 250 * 1024  # messages in one answer, leaving room for its other fields in 256 KiB
MALFORMED_A_MINUTE = 20  # then 4400
COMMANDS_BURST, COMMANDS_A_SECOND = 120, 30.0  # any commands of one socket
REFUSED_BURSTS = 300  # commands refused for haste before the socket is closed (4429)
SOCKETS_A_PERSON = 12  # the oldest gives way (4409)
SILENCE_SECONDS = 90  # without a ping or a command, then 4408
SWEEP_SECONDS = 3.0  # how often rights and news are checked again
GAP_SECONDS = 0.15  # how long a missing number may still arrive by itself
OUTBOX_FRAMES = 256  # frames kept for one slow reader
OUTBOX_BYTES = 1024 * 1024
WIRE_BYTES = 512 * 1024  # bytes the server holds for one client before it waits for it
NEWS_BYTES = 64 * 1024  # larger news travel between processes as numbers only
TYPING_SECONDS = 2.0
SAY_SECONDS = 10.0  # how long a message waits for the database before it is "unavailable"


class Close:
    """Why the server ends a socket."""

    MALFORMED = 4400
    SIGNED_OUT = 4401
    WITHDRAWN = 4403
    SILENT = 4408
    REPLACED = 4409
    TOO_LARGE = 4413
    HASTE = 4429  # servers may only send 1000 and 3000–4999: 1008 is not ours to give
