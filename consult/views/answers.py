"""How every page of a visit answers when a deed is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consult.queueing import ProofNeeded
from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest
from portal.accounts.answers import too_many_sentence
from portal.pages import refused
from portal.realtime.bucket import Buckets
from portal.record.models import Patient
from portal.record.signing import Locked
from portal.workflow import Refused

View = Callable[..., HttpResponse]


def says_refusals(view: View) -> View:
    """A refusal becomes a page with its sentence (409); a busy row a page to try again (503)."""

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ProofNeeded:
            return second_factor.ask(request)
        except Locked as refusal:
            return _to_unlock(request, refusal)
        except Refused as refusal:
            return refusal_page(request, str(refusal))
        except OperationalError:
            response = refusal_page(
                request, _("Many people do this at the same moment. Please try again."), status=503
            )
            response["Retry-After"] = "2"
            return response

    return answered


def at_most(times: int, *, minutes: int) -> Callable[[View], View]:
    """So many sendings of a form by one person; more are asked to wait (429)."""
    buckets = Buckets(times, times / (minutes * 60))

    def wrap(view: View) -> View:
        @wraps(view)
        def counted(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wait = buckets.take(request.actor.user_id) if request.method == "POST" else 0
            if not wait:
                return view(request, *args, **kwargs)
            response = refusal_page(request, too_many_sentence(wait), status=429)
            response["Retry-After"] = str(wait)
            return response

        return counted

    return wrap


def refusal_page(
    request: HttpRequest, sentence: str, *, status: int = 409, **more: str
) -> HttpResponse:
    """The sentence: as a page with a way on (`more` as for `refused`), or alone for a script."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    way = {"url": _back(request), "label": _("Back")}
    return refused(request, sentence, status=status, **(way | more))


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form sent, also when it sent nothing; None while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def own_patient(request: ActorRequest) -> Patient | None:
    """The health record of the resident who asks; None before the real-name check."""
    patients = Patient.objects.visible_to(request.actor).select_related(
        "organization", "general_practitioner"
    )
    return patients.first()


def real_name_first(request: HttpRequest) -> HttpResponse:
    """Nobody books, talks or refills before the identity is confirmed (R1)."""
    back = urlencode({"next": request.get_full_path()})
    return redirect(f"{reverse('real_name')}?{back}")


def _back(request: HttpRequest) -> str:
    here = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    return referrer.removeprefix(here) if referrer.startswith(f"{here}/") else reverse("home")


def _to_unlock(request: HttpRequest, refusal: Locked) -> HttpResponse:
    if request.headers.get("X-Requested-With") == "fetch":
        return refusal_page(request, str(refusal))
    return redirect(f"{reverse('consult:unlock')}?{urlencode({'next': _back(request)})}")
