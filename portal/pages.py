"""Pages that belong to no service: the landing page, home, preferences, errors."""

from __future__ import annotations

import hashlib
from copy import copy
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from portal import publishing, worklist
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User

YEAR_S = 60 * 60 * 24 * 365
RETRY_AFTER_S = 60
SIZES = [
    ("18", gettext_lazy("standard")),
    ("23", gettext_lazy("large")),
    ("30", gettext_lazy("largest")),
]
PROFILE = ("text_size", "language", "read_aloud")  # what a person keeps on every device
NEVER_REPEATED = ("password", "code", "otp", "token", "secret")  # parts of field names


class PreferencesForm(forms.Form):
    """How a person wants to read: each answer alone or all together."""

    text_size = forms.ChoiceField(choices=SIZES, required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    read_aloud = forms.ChoiceField(
        choices=[("on", gettext_lazy("Show the button")), ("off", gettext_lazy("Hide the button"))],
        required=False,
    )


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """The front door, with the facts every visitor may see (R132)."""
    return render(request, "landing.html", {"facts": publishing.public_facts()})


@require_GET
@role_required(*User.Role.values)
def home(request: ActorRequest) -> HttpResponse:
    """Residents see what comes next; staff go to the page of their work."""
    actor = request.actor
    if url := _start_of(actor.role):
        return redirect(url)
    cards = worklist.cards(actor)
    page = "home/resident.html" if actor.role == User.Role.RESIDENT else "home/staff.html"
    return render(
        request,
        page,
        {
            "under_way": [card for card in cards if card.when],
            "tiles": [card for card in cards if not card.when],
            "parts": worklist.parts("home", actor),
        },
    )


def _start_of(role: str) -> str | None:
    name = worklist.start_page_of(role)
    try:
        return reverse(name) if name else None
    except NoReverseMatch:
        return None


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Text size, language, reading aloud: kept on this device and in the profile."""
    if request.method == "GET":
        return render(request, "preferences.html", _choices(request))
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return render(
            request, "preferences.html", _choices(request) | {"refused": True}, status=422
        )
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    response = redirect(_back(request))
    _remember(request, response, chosen)
    return response


def _choices(request: HttpRequest) -> dict[str, object]:
    return {"sizes": SIZES, "next": _local(request, request.GET.get("next", ""))}


def _remember(request: HttpRequest, response: HttpResponse, chosen: dict[str, str]) -> None:
    cookies = {"language": settings.LANGUAGE_COOKIE_NAME}
    for name, value in chosen.items():
        response.set_cookie(
            cookies.get(name, name),
            value,
            max_age=YEAR_S,
            httponly=True,
            secure=settings.SECURE,
            samesite="Lax",
        )
    actor = getattr(request, "actor", None)
    profile = {name: chosen[name] for name in PROFILE if name in chosen}
    if actor is not None and profile:
        User.objects.filter(pk=actor.user_id).update(**profile)


def _back(request: HttpRequest) -> str:
    return _local(request, request.POST.get("next", "")) or reverse("preferences")


def _local(request: HttpRequest, url: str) -> str:
    """The address when it is one of ours, else nothing (no redirect to a stranger)."""
    ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if ours else ""


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """How to do things, and people to call (R144)."""
    return render(request, "help.html", {"facts": publishing.public_facts()})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a resident, why, and their rights."""
    return render(request, "privacy.html", {"facts": publishing.public_facts()})


@require_GET
@cache_control(private=True, max_age=0)
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows without a network: the telephone and 120, nothing of a person."""
    return HttpResponse(render_to_string("offline.html", _bare(request)))


@require_GET
@cache_control(private=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """How the portal looks on a phone's home screen."""
    icons = [
        {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
        {
            "src": static("img/mark-maskable.svg"),
            "sizes": "any",
            "type": "image/svg+xml",
            "purpose": "maskable",
        },
    ]
    facts = {
        "name": _("Community internet hospital"),
        "short_name": _("My doctor"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf8f3",
        "theme_color": "#018942",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_GET
@cache_control(max_age=0)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Keeps the offline page on the phone; a new look of that page is a new version."""
    page = render_to_string("offline.html", _bare(request))
    version = hashlib.sha256(page.encode()).hexdigest()[:12]
    facts = {"version": version, "shift_seconds": settings.STAFF_SESSION_AGE}
    script = render_to_string("service_worker.js", facts)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


def refused(
    request: HttpRequest,
    sentence: str,
    *,
    status: int = 409,
    url: str = "",
    label: str = "",
    words: str = "",
) -> HttpResponse:
    """A whole page for a deed that cannot be done now: the sentence, and where to go next.

    `words` are what the person wrote and would lose: they are shown to be copied.
    """
    facts = {"sentence": sentence, "url": url, "label": label, "words": words}
    return render(request, "409.html", facts, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    """The page of somebody who tried too often; a while later the door is open again (429)."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


@require_GET
def too_large(request: HttpRequest) -> HttpResponse:
    """What somebody sees who sends more than a page takes (413); a script is told in JSON."""
    sentence = _("What you sent is too large. Nothing was changed. Please send less at once.")
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": "too_large", "message": sentence}, status=413)
    return render(request, "413.html", {"sentence": sentence}, status=413)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of a request that makes no sense: nothing of it is read again (400)."""
    return HttpResponse(render_to_string("400.html", _bare(request)), status=400)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The page of our own fault: it needs neither a database nor a session."""
    return HttpResponse(render_to_string("500.html", _bare(request)), status=500)


def _bare(request: HttpRequest) -> dict[str, object]:
    """What the frame of a page needs when nobody may be asked who reads it."""
    return {
        "actor": None,
        "sandbox": settings.SANDBOX,
        "text_size": request.COOKIES.get("text_size", ""),
        "help_telecom": settings.HELP_TELECOM,
        "emergency_telecom": settings.EMERGENCY_TELECOM,
        "read_aloud": "off",
        "zone": settings.TIME_ZONE,
        "bare": True,
    }


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page a form lands on when its token is old: one tap sends the same words again (403).

    The words are offered only to a form of ours: a stranger's page is not helped to try again.
    A page that has no such method says so (405), whatever the token.
    """
    without = _page_without(request)
    if without is not None:
        return without
    kept = _typed(request) if request.method == "POST" and _came_from_us(request) else []
    return render(request, "403_stale.html", {"kept": kept}, status=403)


def _page_without(request: HttpRequest) -> HttpResponse | None:
    """The page's own refusal of a method that it does not have: it names those that it has."""
    page = request.resolver_match
    if page is None:
        return None
    asked = copy(request)
    asked.method = "OPTIONS"
    told: HttpResponse = page.func(asked, *page.args, **page.kwargs)
    return None if request.method in told.headers.get("Allow", "POST").split(", ") else told


def _came_from_us(request: HttpRequest) -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(source).netloc == request.get_host()


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not any(part in name for part in NEVER_REPEATED)
        for value in map(str, values)
    ]
