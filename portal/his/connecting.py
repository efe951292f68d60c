"""Reach the HIS of a centre: one pooled client a base address and process."""

from __future__ import annotations

import os
import ssl
import threading
from dataclasses import asdict, fields
from typing import Any

from django.conf import settings

from portal import trusting
from portal.his import auth
from portal.his.client import Client
from portal.his.fhir import FhirHis
from portal.his.models import ProbedHis
from portal.his.port import HisPort
from portal.his.terms import Capabilities
from portal.organization.models import Organization

_ports: dict[tuple[int, str, str], FhirHis] = {}
_lock = threading.Lock()


def base_url(organization: Organization) -> str:
    """The centre's own HIS, else the one of the whole district."""
    return (organization.his_base_url or settings.HIS_BASE_URL).rstrip("/")


def connect(organization: Organization) -> HisPort:
    """The port to this centre's HIS. Cheap; nothing is asked yet."""
    return at(base_url(organization))


def at(url: str) -> HisPort:
    """The port to the HIS at an address; sockets are never shared with a forked worker."""
    name = (os.getpid(), url, settings.HIS_AUTH)
    with _lock:
        if name not in _ports:
            client = Client(url, auth.from_text(settings.HIS_AUTH), trusted())
            _ports[name] = FhirHis(client, remembered(url))
        return _ports[name]


def trusted() -> ssl.SSLContext:
    """The system's authorities, or the hospital's own; our certificate where it wants one."""
    if not (settings.HIS_CA_FILE or settings.HIS_CLIENT_CERT):
        return trusting.authorities()
    context = ssl.create_default_context(cafile=settings.HIS_CA_FILE or None)
    if settings.HIS_CLIENT_CERT:
        context.load_cert_chain(settings.HIS_CLIENT_CERT, settings.HIS_CLIENT_KEY or None)
    return context


def forget() -> None:
    """Close every connection of this process (tests, and after a new probe)."""
    with _lock:
        for port in _ports.values():
            port.client.close()
        _ports.clear()


def remembered(url: str) -> Capabilities:
    """What the last probe saw; before any probe, the most common habits are assumed."""
    row = ProbedHis.objects.filter(base_url=url).first()
    if row is None:
        return Capabilities()
    known = {item.name for item in fields(Capabilities)}
    return Capabilities(
        **{name: _value(value) for name, value in row.seen.items() if name in known}
    )


def remember(url: str, seen: Capabilities) -> None:
    """Keep what a probe saw; every process that connects afterwards uses it."""
    flat = {name: _flat(value) for name, value in asdict(seen).items()}
    ProbedHis.objects.update_or_create(base_url=url, defaults={"seen": flat})
    forget()


def _flat(value: Any) -> Any:
    return (
        sorted(value)
        if isinstance(value, frozenset)
        else list(value)
        if isinstance(value, tuple)
        else value
    )


def _value(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value
