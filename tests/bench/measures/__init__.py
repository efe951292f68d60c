"""One module a family of measures; importing them registers the measures."""

from tests.bench.measures import booking, chat, hospital, journal, pages, refill

__all__ = ["booking", "chat", "hospital", "journal", "pages", "refill"]
