"""The answers that every door of this room gives: too many tries, and only local ways back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.limits import TooMany


def local(request: HttpRequest, default: str = "") -> str:
    """The `next` of the request, if it stays on this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if target.startswith("/") and url_has_allowed_host_and_scheme(
        target, hosts, require_https=request.is_secure()
    ):
        return target
    return default


def too_many(request: HttpRequest, template: str, context: dict[str, Any], reason: TooMany) -> Any:
    """429 on the same page, with the sentence and the time to wait (R109)."""
    context = {**context, "refusal": too_many_sentence(reason.retry_after)}
    answer = render(request, template, context, status=429)
    answer["Retry-After"] = str(reason.retry_after)
    return answer


def too_many_sentence(seconds: int) -> str:
    """How long to wait, in words."""
    if seconds < 90:
        return ngettext(
            "Please wait %(count)s second, then try again.",
            "Please wait %(count)s seconds, then try again.",
            seconds,
        ) % {"count": seconds}
    minutes = -(-seconds // 60)
    return _(
        "That was tried too often. Please try again in %(minutes)s minutes, or call your centre."
    ) % {"minutes": minutes}


def refused(
    request: HttpRequest, template: str, context: dict[str, Any], sentence: str
) -> HttpResponse:
    """400 on the same page with one clear sentence."""
    return render(request, template, {**context, "refusal": sentence}, status=400)
