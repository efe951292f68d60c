"""A resident says who they are (R1): one page, then a wait that asks nothing of them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import limits
from portal.accounts.actor import ActorRequest, guarded_by, only, role_required
from portal.accounts.answers import too_many
from portal.record.models import Patient
from portal.registration import agreeing, checking, draft
from portal.registration.forms import RealNameForm
from portal.registration.models import Registration
from portal.registration.workflow import IDENTITY

PAGE, STATE = "registration/real_name.html", "registration/state.html"
Status = Registration.Status


def _typing(request: ActorRequest) -> HttpResponse | None:
    """A resident; what somebody sends whose session ended is kept until they are back."""
    if request.actor is None and request.method == "POST":
        draft.keep(request)
        return redirect_to_login(reverse("real_name"))
    return only("resident")(request)


@never_cache
@sensitive_post_parameters("name", "id_number", "birth_date")
@require_http_methods(["GET", "POST"])
@guarded_by(_typing)
def real_name(request: ActorRequest) -> HttpResponse:
    """The form; typed words survive a session that ended in the middle."""
    if Patient.objects.visible_to(request.actor).exists() or _open(request) is not None:
        return _state_page(request)
    text = agreeing.current(get_language() or "")
    form = RealNameForm(request.POST or None, initial=draft.initial(request, request.user))
    context = {"form": form, "text": text, "last": _last(request)}
    if request.method == "GET":
        return render(request, PAGE, context)
    if not form.is_valid():
        return render(request, PAGE, context, status=400)
    try:
        limits.spend("real-name", str(request.user.pk))
    except limits.TooMany as reason:
        return too_many(request, PAGE, context, reason)
    checking.begin(request.actor, request.user, form.cleaned_data, text)
    draft.forget(request)
    return redirect("real_name")


@never_cache
@require_GET
@role_required("resident")
def state(request: ActorRequest) -> HttpResponse:
    """How far the check is, as a fragment; 202 while the hospital system is asked."""
    row = _open(request) or _last(request)
    checking_still = row is not None and row.status == Status.REQUESTED
    answer = render(request, STATE, _facts(request), status=202 if checking_still else 200)
    if checking_still:
        answer["Retry-After"] = "2"
    return answer


@require_POST
@role_required("resident")
def take_back(request: ActorRequest) -> HttpResponse:
    """Type it again: the open question is taken back."""
    if row := _open(request):
        IDENTITY.apply("take-back", row, actor=request.actor)
    return redirect("real_name")


def _state_page(request: ActorRequest) -> HttpResponse:
    return render(request, "registration/waiting.html", _facts(request))


def _facts(request: ActorRequest) -> dict[str, Any]:
    patient = Patient.objects.visible_to(request.actor).first()
    return {"patient": patient, "row": _open(request) or _last(request)}


def _open(request: ActorRequest) -> Registration | None:
    rows = Registration.objects.visible_to(request.actor).open()
    return rows.select_related("organization").first()


def _last(request: ActorRequest) -> Registration | None:
    rows = Registration.objects.visible_to(request.actor).select_related("organization")
    return rows.order_by("-authored_on").first()
