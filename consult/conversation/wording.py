"""Words before they are stored: trimmed at the ends, otherwise kept as they were typed."""

from __future__ import annotations

import hmac
import unicodedata
import uuid

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.realtime.frames import is_storable
from portal.realtime.refusal import CommandRefused, malformed

LONGEST = 4000
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters that show nothing


def trimmed(text: str) -> str:
    """The text without blanks at its ends. Raises CommandRefused: empty, too_long, malformed."""
    if not is_storable(text):
        raise malformed(_("This holds a character that cannot be stored."))
    text = text.strip()
    if not any(is_visible(character) for character in text):
        raise CommandRefused("empty", _("There is nothing to send yet."))
    if len(text) > LONGEST:
        raise CommandRefused(
            "too_long",
            _("This is longer than %(longest)s characters. Please send it in parts.")
            % {"longest": LONGEST},
        )
    return text


def is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE and character not in _FILLERS


def fingerprint(sender: uuid.UUID | None, client_id: uuid.UUID, content: str) -> str:
    """Tells a message sent again from another one under its id; says nothing of its words."""
    line = f"{sender}\n{client_id}\n{content}".encode()
    return hmac.digest(settings.BLIND_INDEX_KEY.encode(), line, "sha256").hex()[:32]
