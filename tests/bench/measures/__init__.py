"""One module a family of measures; importing them registers the measures."""

from tests.bench.measures import chat, journal, pages, refill

__all__ = ["chat", "journal", "pages", "refill"]
