"""Pages that belong to no service: the landing page, preferences, errors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page a form lands on when its token is old: what was typed is kept (403)."""
    return render(request, "403.html", status=403)
