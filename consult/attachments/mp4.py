"""Reads an MP4 as far as it must be known: which codecs, and how long its samples play."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from consult.attachments.sound import Sound

CODEC = "mp4a"
BRANDS = frozenset(b"M4A |mp42|mp41|isom|iso2|iso4|iso5|iso6|dash".split(b"|"))
OPENED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
BLANKED = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
DEEPEST = 8


def read(data: bytes) -> Sound:
    """Raises struct.error, IndexError or ValueError for what is not a whole MP4."""
    kept = bytearray(data)
    codecs: set[str] = set()
    lengths = {"said": 0.0, "samples": 0.0, "fragments": 0.0}
    scale, usual = 1, 0
    for name, start, end in _boxes(data, 0, len(data), 0):
        if name == b"mvhd":
            lengths["said"] = _said(data, start)
        elif name == b"mdhd":
            scale = _scale(data, start)
        elif name == b"stsd":
            codecs.update(_codecs(data, start))
        elif name == b"stts":
            lengths["samples"] += _played(data, start) / scale
        elif name == b"tfhd":
            usual = _usual(data, start)
        elif name == b"trun":
            lengths["fragments"] += _run(data, start, usual) / scale
        elif name in BLANKED:
            kept[start:end] = bytes(end - start)
    return Sound(codecs, max(lengths.values()), bytes(kept))


def _boxes(data: bytes, place: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start, end) of every box, containers first and then what they hold."""
    while place < end:
        size, name = struct.unpack_from(">I4s", data, place)
        start = place + 8
        if size == 1:
            size, start = struct.unpack_from(">Q", data, start)[0], start + 8
        stop = end if size == 0 else place + size
        if stop < start or stop > end or depth > DEEPEST:
            raise ValueError("cut off")
        yield name, start, stop
        if name in OPENED:
            yield from _boxes(data, start, stop, depth + 1)
        place = stop


def _said(data: bytes, start: int) -> float:
    layout = ">QQIQ" if data[start] == 1 else ">IIII"
    _made, _changed, scale, length = struct.unpack_from(layout, data, start + 4)
    unknown = (1 << 64) - 1 if data[start] == 1 else (1 << 32) - 1
    return 0.0 if length == unknown else length / (scale or 1)


def _scale(data: bytes, start: int) -> int:
    place = start + (20 if data[start] == 1 else 12)
    return struct.unpack_from(">I", data, place)[0] or 1


def _codecs(data: bytes, start: int) -> Iterator[str]:
    count, place = struct.unpack_from(">I", data, start + 4)[0], start + 8
    for _entry in range(min(count, 16)):
        size, name = struct.unpack_from(">I4s", data, place)
        yield name.decode("ascii")
        place += max(size, 8)


def _played(data: bytes, start: int) -> int:
    count = struct.unpack_from(">I", data, start + 4)[0]
    runs = struct.iter_unpack(">II", data[start + 8 : start + 8 + 8 * count])
    return sum(samples * length for samples, length in runs)


def _usual(data: bytes, start: int) -> int:
    """How long a sample of this fragment plays unless it says so itself."""
    flags = int.from_bytes(data[start + 1 : start + 4], "big")
    if not flags & 0x8:
        return 0
    place = start + 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    return int(struct.unpack_from(">I", data, place)[0])


def _run(data: bytes, start: int, usual: int) -> int:
    flags = int.from_bytes(data[start + 1 : start + 4], "big")
    count = struct.unpack_from(">I", data, start + 4)[0]
    if not flags & 0x100:
        return int(count * usual)
    place = start + 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    width = 4 * bin(flags & 0xF00).count("1")
    if place + width * count > len(data):
        raise ValueError("cut off")
    return sum(struct.unpack_from(">I", data, place + width * n)[0] for n in range(count))
