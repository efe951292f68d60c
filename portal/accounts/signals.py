"""What the rooms above must hear of: ended access, codes to send, deeds."""

from __future__ import annotations

from django.dispatch import Signal

access_ended = Signal()  # user_id: UUID, session_key: str; "" for everything of the person
code_asked = Signal()  # phone: sealed text, code: sealed text, language: str
noted = Signal()  # user: User, action: str, detail: dict of codes; the journal writes it
