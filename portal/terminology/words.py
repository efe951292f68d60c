"""Known words found in a free text, the longest first: "aspirin" in "Aspirin 100 mg tablets"."""

from __future__ import annotations

from collections.abc import Iterable

Meaning = tuple[str, ...]


class Vocabulary:
    """Words with what they mean. Latin words must stand alone; Chinese ones may touch others."""

    def __init__(self) -> None:
        self._meanings: dict[str, Meaning] = {}
        self._starts: dict[str, list[str]] = {}

    def add(self, words: Iterable[str], meaning: Meaning) -> None:
        """Teach words; the first meaning of a word stays."""
        for word in (word.strip().lower() for word in words):
            if len(word) > 1 and word not in self._meanings:
                self._meanings[word] = meaning
                same_start = self._starts.setdefault(word[:2], [])
                same_start.append(word)
                same_start.sort(key=len, reverse=True)

    def find(self, text: str) -> frozenset[str]:
        """Everything meant by the words of the text."""
        plain = " ".join(text.lower().split())
        found: set[str] = set()
        at = 0
        while at < len(plain) - 1:
            word = self._word_at(plain, at)
            found.update(self._meanings.get(word, ()))
            at += len(word) or 1
        return frozenset(found)

    def _word_at(self, text: str, at: int) -> str:
        for word in self._starts.get(text[at : at + 2], ()):
            if text.startswith(word, at) and _stands_alone(text, at, at + len(word)):
                return word
        return ""


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_touches(text, start - 1, start) or _touches(text, end - 1, end))


def _touches(text: str, left: int, right: int) -> bool:
    """Whether a Latin word goes on over this border ("iron" in "spironolactone")."""
    if left < 0 or right >= len(text):
        return False
    return _is_latin(text[left]) and _is_latin(text[right])


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()
