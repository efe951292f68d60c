"""Whom a connection to the outside trusts."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def authorities() -> ssl.SSLContext:
    """The system's certificate authorities, read once a process: reading them takes 40 ms."""
    return ssl.create_default_context()
