"""The portal's sentences and their translations, kept with Babel so that gettext is not needed."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from portal import env

LOCALE = env.ROOT / "locale"
DOMAIN = "django"
FLOORS = ("portal", "family_doctor", "consult", "refill", "delivery")
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "_": None,
    "_lazy": None,
}


def sentences() -> Catalog:
    """Every sentence marked for translation, in code and in templates."""
    found = Catalog()
    for name, text in _sources():
        for line, message, comments, context in extract(
            "python", io.BytesIO(text.encode()), keywords=KEYWORDS, comment_tags=["Translators:"]
        ):
            found.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return found


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/" + DOMAIN + ".po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, domain=DOMAIN)


def missing(path: Path) -> list[str]:
    """The sentences that this catalogue does not say yet, or is not sure of."""
    known = read(path)
    return [
        _key(message.id)
        for message in sentences()
        if message.id and not _is_said(known.get(_key(message.id), message.context))
    ]


def compile_all() -> None:
    """Write the binary catalogues that Django reads, where they are older than their text."""
    for path in catalogues():
        binary = path.with_suffix(".mo")
        if binary.exists() and binary.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        fresh = binary.with_suffix(f".{os.getpid()}.new.mo")  # another process may be at it too
        with fresh.open("wb") as file:
            write_mo(file, read(path))
        fresh.replace(binary)


def update_all() -> None:
    """Bring new sentences into every catalogue; those no longer used are dropped."""
    found = sentences()
    for path in catalogues():
        known = read(path)
        known.update(found, no_fuzzy_matching=True)
        known.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, known, width=96, omit_header=False, sort_output=True)


def _key(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _is_said(message: object) -> bool:
    if message is None or getattr(message, "fuzzy", True):
        return False
    said = getattr(message, "string", "")
    return all(said) if isinstance(said, (tuple, list)) else bool(said)


def _sources() -> Iterator[tuple[str, str]]:
    for floor in FLOORS:
        for path in sorted((env.ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield _name(path), path.read_text(encoding="utf-8")
    for path in _templates():
        # Left edges are levelled: blanked-out markup would look like stray indentation.
        code = templatize(path.read_text(encoding="utf-8"), origin=_name(path))
        yield _name(path), "\n".join(line.lstrip() for line in code.split("\n"))


def _templates() -> list[Path]:
    kept = {".html", ".txt", ".svg", ".js"}
    places = [env.ROOT / "templates", *(env.ROOT / floor for floor in FLOORS)]
    found = [path for place in places for path in place.rglob("*") if path.suffix in kept]
    return sorted(path for path in found if "templates" in path.parts)


def _name(path: Path) -> str:
    return path.relative_to(env.ROOT).as_posix()
