"""Django's sessions in the database, read by a statement that is written once."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.standing import Question

_session = Question(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), str, datetime
)


class SessionStore(db.SessionStore):
    """Every page and every socket begins with this row."""

    def _get_session_from_db(self) -> Session | None:
        found = _session.ask(self.session_key, timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None
