"""Refusals in a word, where many of them are compared and the page is always the same."""

from __future__ import annotations

import pytest
from django.template import engines
from django.views import defaults

REFUSALS = ("403.html", "404.html")
#: All of the page that a row could have a part in.
WORD = "no {{ request_path }}{% for one in messages %} {{ one }}{% endfor %} {{ unread }}"


@pytest.fixture
def refused_in_a_word(monkeypatch):
    """The number of an answer and its headers count here: nobody draws the page."""
    found = defaults.loader.get_template
    in_a_word = engines["django"].from_string(WORD)

    def bare(name, *args, **more):
        return in_a_word if name in REFUSALS else found(name, *args, **more)

    monkeypatch.setattr(defaults.loader, "get_template", bare)
