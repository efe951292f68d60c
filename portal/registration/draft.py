"""What was typed when the session had ended: kept in this browser's session for half an hour."""

from __future__ import annotations

import json
import time
from typing import Any

from django.http import HttpRequest

from portal.accounts.models import User
from portal.organization.models import Organization
from portal.secrecy import seal, unseal

KEY = "real_name_draft"
SECONDS = 1800
FIELDS = ("name", "id_number", "birth_date", "record_number", "organization")


def keep(request: HttpRequest) -> None:
    """Keep the typed words, sealed, until the person has signed in again."""
    typed = {field: request.POST.get(field, "")[:100] for field in FIELDS}
    request.session[KEY] = {"at": time.time(), "typed": seal(json.dumps(typed))}


def typed(request: HttpRequest) -> dict[str, str]:
    """The kept words; nothing after half an hour."""
    kept = request.session.get(KEY)
    if not kept or time.time() - kept["at"] > SECONDS:
        return {}
    words: dict[str, str] = json.loads(unseal(kept["typed"]))
    return words


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def initial(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the form starts with: the person's centre (or the only one), and kept words."""
    centres = list(Organization.objects.values_list("pk", flat=True)[:2])
    only = centres[0] if len(centres) == 1 else None
    return {"organization": user.organization_id or only, **typed(request)}
