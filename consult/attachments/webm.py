"""Reads a WebM as far as it must be known: which codecs, and when the last sound ends.

A browser's recorder writes no duration and no sizes, so the blocks themselves are followed.
"""

from __future__ import annotations

import struct

from consult.attachments.sound import Sound

CODEC = "A_OPUS"
SEGMENT, INFO, SCALE, DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
TRACKS, TRACK, CODEC_ID = 0x1654AE6B, 0xAE, 0x86
CLUSTER, CLUSTER_TIME, SIMPLE_BLOCK, GROUP, BLOCK = 0x1F43B675, 0xE7, 0xA3, 0xA0, 0xA1
TAGS, ATTACHMENTS, VOID = 0x1254C367, 0x1941A469, 0xEC
OPENED = frozenset({SEGMENT, INFO, TRACKS, TRACK, CLUSTER, GROUP})  # what is inside is read too
BLANKED = frozenset({TAGS, ATTACHMENTS, VOID})


def read(data: bytes) -> Sound:
    """Raises struct.error, IndexError or ValueError for what is not a whole WebM."""
    kept = bytearray(data)
    codecs: set[str] = set()
    scale, said, cluster, last = 1_000_000, 0.0, 0, 0
    for name, start, end in _elements(data):
        body = data[start:end]
        if name == SCALE:
            scale = int.from_bytes(body, "big") or scale
        elif name == DURATION:
            said = struct.unpack(">f" if len(body) == 4 else ">d", body)[0]
        elif name == CODEC_ID:
            codecs.add(body.rstrip(b"\0").decode("ascii"))
        elif name == CLUSTER_TIME:
            cluster = int.from_bytes(body, "big")
        elif name in (SIMPLE_BLOCK, BLOCK):
            last = max(last, cluster + _block_time(body))
        elif name in BLANKED:
            kept[start:end] = bytes(end - start)
    return Sound(codecs, max(said, float(last)) * scale / 1e9, bytes(kept))


def _elements(data: bytes):  # type: ignore[no-untyped-def]
    """(id, start, end) of every element, containers first and then what they hold."""
    place = 0
    while place < len(data):
        name, place, _open = _number(data, place, keep_marker=True)
        size, place, is_open = _number(data, place, keep_marker=False)
        end = len(data) if is_open else place + size
        if end > len(data):
            if name not in OPENED | {SIMPLE_BLOCK, BLOCK}:
                raise ValueError("cut off")
            end = len(data)
        yield name, place, end
        if name not in OPENED:
            place = end


def _number(data: bytes, place: int, keep_marker: bool) -> tuple[int, int, bool]:
    """A number of one to eight bytes; all ones means the size is not known."""
    first = data[place]
    length = 9 - first.bit_length()
    if length > 8 or place + length > len(data):
        raise ValueError("no number")
    value = int.from_bytes(data[place : place + length], "big")
    bare = value & ((1 << 7 * length) - 1)
    is_open = bare == (1 << 7 * length) - 1
    return (value if keep_marker else bare), place + length, is_open


def _block_time(body: bytes) -> int:
    _track, place, _open = _number(body, 0, keep_marker=False)
    return int(struct.unpack_from(">h", body, place)[0])
