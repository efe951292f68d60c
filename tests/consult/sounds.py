"""Voice messages made for the tests, box by box, as recorders write them."""

from __future__ import annotations

import struct

OPUS_HEAD = b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"


def element(name, body, size=None):
    code = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return code + (b"\x01\xff\xff\xff\xff\xff\xff\xff" if size is None else size) + body


def sized(name, body):
    return element(name, body, (0x10000000 | len(body)).to_bytes(4, "big"))


def webm(seconds, codec=b"A_OPUS", tags=b"", said=None):
    """As Chromium records: sizes unknown, no duration, a block every 60 ms."""
    track = sized(0xAE, sized(0xD7, b"\x01") + sized(0x83, b"\x02") + sized(0x86, codec))
    info = sized(0x2AD7B1, (1_000_000).to_bytes(3, "big"))
    if said is not None:
        info += sized(0x4489, struct.pack(">d", said * 1000))
    clusters = b""
    for start in range(0, int(seconds * 1000) + 1, 30_000):
        blocks = b"".join(
            sized(0xA3, b"\x81" + struct.pack(">h", at) + b"\x80" + b"\0" * 20)
            for at in range(0, min(30_000, int(seconds * 1000) - start) + 1, 60)
        )
        clusters += element(0x1F43B675, sized(0xE7, start.to_bytes(4, "big")) + blocks)
    tagged = sized(0x1254C367, tags) if tags else b""
    head = sized(0x1A45DFA3, sized(0x4282, b"webm"))
    told = sized(0x1549A966, info) + sized(0x1654AE6B, track) + tagged
    return head + element(0x18538067, told + clusters)


def box(name, body):
    return struct.pack(">I4s", len(body) + 8, name) + body


def mp4(seconds, codec=b"mp4a", said=None, tags=b""):
    """As a telephone records: one track, its samples counted in stts."""
    said = seconds if said is None else said
    mvhd = box(b"mvhd", b"\0" * 12 + struct.pack(">II", 1000, int(said * 1000)) + b"\0" * 80)
    mdhd = box(b"mdhd", b"\0" * 12 + struct.pack(">II", 48000, int(said * 48000)) + b"\0" * 4)
    stsd = box(b"stsd", struct.pack(">II", 0, 1) + box(codec, b"\0" * 28))
    stts = box(b"stts", struct.pack(">IIII", 0, 1, int(seconds * 48000 / 1024), 1024))
    media = box(b"mdia", mdhd + box(b"minf", box(b"stbl", stsd + stts)))
    udta = box(b"udta", tags) if tags else b""
    moov = box(b"moov", mvhd + box(b"trak", media) + udta)
    return box(b"ftyp", b"M4A \0\0\0\0mp42isom") + moov + box(b"mdat", b"\0" * 200)
