"""The bag's label and the advice beside it, in words a person of 80 reads without glasses (R87)."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.urls import reverse

from portal.record import directions
from refill.models import MedicationDispense


def label(dispense: MedicationDispense) -> dict[str, Any]:
    """How to take it, in whole sentences, and the square code that opens the advice page."""
    return {
        "usage": directions.say(dispense.line),
        "square": square(settings.BASE_URL + reverse("refill:advice", args=[dispense.pk])),
    }


def square(text: str) -> str:
    """A QR code as a picture that stands in the page itself."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4)
