"""One module a family of measures; importing them registers the measures."""

from tests.bench.measures import chat, journal, pages

__all__ = ["chat", "journal", "pages"]
