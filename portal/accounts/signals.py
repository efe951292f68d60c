"""What the rooms above must hear of: ended sessions, changed rights, codes to send, deeds."""

from __future__ import annotations

from django.dispatch import Signal

session_ended = Signal()  # session_key: str, user_id: UUID
rights_changed = Signal()  # user_id: UUID; every open socket of the person must close
code_asked = Signal()  # phone: sealed text, code: sealed text, language: str
noted = Signal()  # user: User, action: str, detail: dict of codes; the journal writes it
