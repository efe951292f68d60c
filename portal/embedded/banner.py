"""What the person who typed `make run` reads."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings

from portal.sandbox import cast

OUTSIDE = (
    ("Hospital", "SANDBOX_HIS_PORT", "HIS_BASE_URL", "a sandbox, with trouble switches"),
    ("Telephone", "SANDBOX_TELEPHONE_PORT", "SMS_GATEWAY_URL", "every SMS the portal sends"),
    ("Cashier", "SANDBOX_CASHIER_PORT", "STRIPE_API_BASE", "no real money"),
)


def text() -> str:
    return "\n".join([*_places(), *_people(), ""])


def _places() -> Iterator[str]:
    yield "\n  Community internet hospital — simulated, not for patients\n"
    yield f"  {'Portal':<12}{settings.BASE_URL}/"
    for name, port, setting, about in OUTSIDE:
        if place := os.environ.get(port):
            yield f"  {name:<12}http://127.0.0.1:{place}/  ({about})"
        elif elsewhere := os.environ.get(setting):
            yield f"  {name:<12}{elsewhere}"


def _people() -> Iterator[str]:
    yield "\n  Residents sign in with the phone number; the code is on the telephone page:"
    yield from (f"    {r.phone}  {r.name}, {r.about}" for r in cast.residents())
    yield f"\n  Staff sign in with the name, the password {cast.PASSWORD}"
    yield "  and a code from an authenticator app with this key (or the code shown now):"
    for person in cast.STAFF:
        words = f"{person.name}, {person.about}"
        yield f"    {person.username:<10}{person.secret}  {cast.code_now(person)}  {words}"
    yield f"\n  Data in {settings.DATA_DIR}. Ctrl-C stops everything."
