"""Frames that go straight to the transport are the ones the server itself would have written."""

from __future__ import annotations

import logging
from collections import deque
from types import SimpleNamespace

import pytest
from autobahn.websocket.protocol import TrafficStats, WebSocketProtocol

from portal.realtime import limits
from portal.realtime.wire import Wire, framed


class Transport:
    """What Twisted's transport shows of itself."""

    def __init__(self):
        self.written, self.dataBuffer, self.offset, self._tempDataLen = b"", b"", 0, 0

    def write(self, data):
        self.written += data


@pytest.fixture
def protocol(monkeypatch):
    protocol = WebSocketProtocol()
    protocol.factory = SimpleNamespace(isServer=True)
    protocol.transport, protocol.trafficStats = Transport(), TrafficStats()
    protocol.maskServerFrames = protocol.logFrames = protocol.logOctets = False
    protocol.send_queue, protocol.peer = deque(), "somebody"
    protocol.log = logging.getLogger(__name__)
    monkeypatch.setattr(protocol.log, "debug", lambda *words, **more: None)
    protocol.state = WebSocketProtocol.STATE_OPEN
    return protocol


@pytest.fixture
def wire(protocol):
    return Wire(SimpleNamespace(args=(protocol,)))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 260_000])
def test_a_frame_is_what_the_library_writes(protocol, size):
    payload = b"x" * size
    protocol.sendFrame(opcode=1, payload=payload)
    assert protocol.transport.written == framed(payload)


def test_an_open_socket_is_written_to_at_once_and_in_order(protocol, wire):
    assert wire.write("早") and wire.write("安")
    assert protocol.transport.written == framed("早".encode()) + framed("安".encode())


def test_a_socket_that_opens_or_closes_is_left_to_the_server(protocol, wire):
    for state in (WebSocketProtocol.STATE_CONNECTING, WebSocketProtocol.STATE_CLOSING):
        protocol.state = state
        assert not wire.write("news")
    assert protocol.transport.written == b""


def test_what_a_client_does_not_take_is_not_piled_up(protocol, wire):
    protocol.transport.dataBuffer = b"x" * (limits.WIRE_BYTES + 10)
    protocol.transport.offset = 5
    assert wire.held() == limits.WIRE_BYTES + 5
    assert not wire.write("news")


def test_a_transport_in_trouble_troubles_nobody_else(protocol, wire, monkeypatch):
    def broken(data):
        raise OSError("gone")

    monkeypatch.setattr(protocol.transport, "write", broken)
    assert not wire.write("news")


def test_another_server_is_asked_nothing():
    wire = Wire(SimpleNamespace())
    assert (wire.held(), wire.write("news")) == (0, False)
