"""Refusals of which only the number counts."""

from __future__ import annotations

import pytest
from django.template import engines
from django.views import defaults

REFUSALS = ("403.html", "404.html")


@pytest.fixture
def refused_in_a_word(monkeypatch):
    """Where only the number of an answer counts, nobody draws the page that goes with it."""
    found = defaults.loader.get_template

    def bare(name, *args, **more):
        return (
            engines["django"].from_string("no") if name in REFUSALS else found(name, *args, **more)
        )

    monkeypatch.setattr(defaults.loader, "get_template", bare)
