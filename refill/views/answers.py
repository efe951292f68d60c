"""How a page of the counter answers a form: done, not whole (422), or not now (409)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpResponse

from portal.accounts.actor import ActorRequest
from portal.workflow import Refused


def tried(
    request: ActorRequest, form: forms.Form, deed: Callable[[], HttpResponse]
) -> HttpResponse | int:
    """The answer of the deed, or the status of the page that is shown again."""
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 422
    try:
        return deed()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return 409
