"""A cashier of our own on a free port, and the official library pointed at it."""

from __future__ import annotations

import json
import threading
import urllib.request

import pytest

from portal.payment.stripe_gateway import StripeGateway
from portal.sandbox.cashier.server import Cashier

SECRET = "whsec_for_the_tests"


class Till:
    """The cashier as a person and a prankster use it."""

    def __init__(self, server: Cashier) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{server.port}"

    def press(self, url: str, act: str = "pay") -> None:
        request = urllib.request.Request(url, f"act={act}".encode())
        opener = urllib.request.build_opener(NoRedirect)
        opener.open(request).close()

    def trouble(self, **switches: object) -> None:
        body = json.dumps(switches).encode()
        urllib.request.urlopen(f"{self.url}/_sandbox/trouble", body).close()

    def events(self) -> list[dict]:
        """Oldest first."""
        return self.server.store.newest("event")[::-1]


class NoRedirect(urllib.request.HTTPErrorProcessor):
    def http_response(self, request, response):
        return response


@pytest.fixture
def till(tmp_path, settings):
    server = Cashier(0, tmp_path, "http://127.0.0.1:9/", SECRET)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.port}"
    settings.STRIPE_API_KEY = "sk_test_sandbox"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_older", SECRET]
    yield Till(server)
    server.shutdown()
    thread.join()
    server.server_close()
    server.store.connection.close()


@pytest.fixture
def gateway(till):
    return StripeGateway("sk_test_sandbox", till.url, (SECRET,))
