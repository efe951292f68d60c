"""Show the second factor: to finish signing in, before a risky act, or to unlock a desk."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginStage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts import idle, proving, second_factor
from portal.accounts.actor import guarded_by, to_sign_in
from portal.accounts.answers import local, refused, too_many
from portal.accounts.forms import FactorForm
from portal.accounts.limits import TooMany
from portal.accounts.models import User

PAGE = "account/second_factor.html"


@require_http_methods(["GET", "POST"])
@login_stage_required(stage="mfa_authenticate", redirect_urlname="staff_sign_in")
def at_sign_in(request: HttpRequest) -> HttpResponse:
    """The password was right; now the second factor."""
    stage: LoginStage = request._login_stage  # type: ignore[attr-defined]
    answer = _shown(request, stage.login.user, {"signing_in": True})
    return stage.exit() if answer is None else answer


def _person(request: HttpRequest) -> Any:
    """Who sits here, at a locked desk too."""
    return getattr(request, "locked_user", request.user)


def _somebody(request: HttpRequest) -> HttpResponse | None:
    return None if isinstance(_person(request), User) else to_sign_in(request)


@never_cache
@require_http_methods(["GET", "POST"])
@guarded_by(_somebody)
def again(request: HttpRequest) -> HttpResponse:
    """Somebody signed in shows that it is still them, and goes back to where they were (R7)."""
    user = _person(request)
    if not second_factor.is_enrolled(user):
        return redirect("security")
    back = local(request, "/home/")
    locked = hasattr(request, "locked_user")
    answer = _shown(request, user, {"next": back, "locked": locked})
    return redirect(back) if answer is None else answer


@never_cache
@require_http_methods(["GET", "POST"])
def still_here(request: HttpRequest) -> HttpResponse:
    """POST: a key was pressed, the desk stays open. GET only asks for the seconds left."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    if not request.user.is_employee:
        raise Http404
    if "lock" in request.POST:
        idle.lock(request.session)
    return HttpResponse(str(idle.seconds_left(request.session)), content_type="text/plain")


def _shown(request: HttpRequest, user: User, context: dict[str, Any]) -> HttpResponse | None:
    """The page, or None when the factor was proved."""
    form = FactorForm(request.POST or None)
    context = {**context, "form": form, "person": user}
    if request.method == "GET":
        return render(request, PAGE, {**context, "challenge": proving.challenge(user)})
    if not form.is_valid():
        context["challenge"] = proving.challenge(user)
        return render(request, PAGE, context, status=400)
    try:
        proving.prove(request, user, **form.cleaned_data)
    except TooMany as reason:
        return too_many(request, PAGE, context, reason)
    except proving.NotProved:
        context["challenge"] = proving.challenge(user)
        return refused(request, PAGE, context, _not_proved())
    return None


def _not_proved() -> str:
    return _("This code is wrong or was used before. Wait for the next one in the app.")
