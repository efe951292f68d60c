"""How the pages of the delivery answer when a deed is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.actor import ActorRequest
from portal.pages import refused
from portal.workflow import Refused

View = Callable[..., HttpResponse]


def says_refusals(view: View) -> View:
    """A refusal becomes a page with its sentence (409)."""

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            return refused(request, str(refusal), status=409, url=back(request), label=_("Back"))

    return answered


def back(request: ActorRequest) -> str:
    """The page of ours that the person came from."""
    here = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    return referrer.removeprefix(here) if referrer.startswith(f"{here}/") else reverse("home")


def posted(request: ActorRequest) -> QueryDict | None:
    """What a form sent; None while the page is only looked at."""
    return request.POST if request.method == "POST" else None
