"""One module a family of measures; importing them registers the measures."""

from tests.bench.measures import chat, hospital, journal, pages, refill

__all__ = ["chat", "hospital", "journal", "pages", "refill"]
