"""Staff look after their own keys: authenticator app, passkeys, recovery codes, password."""

from __future__ import annotations

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.stagekit import stash_login
from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import enrolling, granting, second_factor, sessions
from portal.accounts.actor import ActorRequest, employee_required
from portal.accounts.answers import refused, too_many
from portal.accounts.forms import FactorForm, NewPasswordForm
from portal.accounts.limits import TooMany
from portal.accounts.models import User
from portal.accounts.proving import NotProved

SET_UP = "account/set_up.html"


@never_cache
@require_http_methods(["GET", "POST"])
@login_stage_required(stage="second_factor_setup", redirect_urlname="staff_sign_in")
def at_sign_in(request: HttpRequest) -> HttpResponse:
    """The first sign-in of a member of staff: no page opens before the app shows its code."""
    stage: LoginStage = request._login_stage  # type: ignore[attr-defined]
    secret = enrolling.secret_of(stage.state)
    stash_login(request, stage.login)
    answer = _app(request, stage.login.user, secret)
    if answer is not None:
        return answer
    stage.login.redirect_url = reverse("recovery_codes")
    return stage.exit()


@never_cache
@require_GET
@employee_required
def keys(request: ActorRequest) -> HttpResponse:
    """Which keys open this account."""
    factors = Authenticator.objects.filter(user=request.user).order_by("created_at")
    return render(request, "account/security.html", {"factors": factors})


@never_cache
@require_http_methods(["GET", "POST"])
@employee_required
@second_factor.required
def new_app(request: ActorRequest) -> HttpResponse:
    """Another telephone: its app replaces the old one once it shows a right code."""
    secret = enrolling.secret_of(request.session)
    answer = _app(request, request.user, secret)
    if answer is not None:
        return answer
    del request.session[enrolling.KEY]
    return redirect("security")


@never_cache
@require_http_methods(["GET", "POST"])
@employee_required
@second_factor.required
def new_passkey(request: ActorRequest) -> HttpResponse:
    """A passkey of this device, or a security key."""
    page = "account/new_passkey.html"
    if request.method == "GET":
        return render(request, page, {"options": enrolling.passkey_options(request.user)})
    form = FactorForm(request.POST)
    try:
        enrolling.add_passkey(request.user, form.data.get("credential", ""))
    except NotProved:
        options = enrolling.passkey_options(request.user)
        return refused(request, page, {"options": options}, _("The passkey did not answer."))
    return redirect("security")


@require_POST
@employee_required
@second_factor.required
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    """Take one key away; the last one stays."""
    factor = get_object_or_404(Authenticator, user=request.user, pk=pk)
    if not enrolling.remove(factor):
        return HttpResponse(_("The last second factor stays."), status=409)
    return redirect("security")


@never_cache
@require_http_methods(["GET", "POST"])
@employee_required
@second_factor.required
def recovery_codes(request: ActorRequest) -> HttpResponse:
    """Ten codes on paper for a lost telephone, shown once; POST makes new ones."""
    if not second_factor.is_enrolled(request.user):
        raise Http404
    if request.method == "POST":
        enrolling.new_spares(request.user)
        return redirect("recovery_codes")
    codes = enrolling.unseen_spares(request.user)
    return render(request, "account/recovery_codes.html", {"codes": codes})


@never_cache
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
@employee_required
@second_factor.required
def password(request: ActorRequest) -> HttpResponse:
    """A new password; every other session of the person ends."""
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return render(request, "account/password.html", {"form": form}, status=status)
    user = request.user
    user.set_password(form.cleaned_data["new"])
    user.save(update_fields=["password"])
    granting.changed(user, ["password"])
    sessions.renew(request, user)
    return redirect("security")


def _app(request: HttpRequest, user: User, secret: str) -> HttpResponse | None:
    """The page with the secret, or None once the app has shown a right code."""
    form = FactorForm(request.POST or None)
    context = {"form": form, **enrolling.shown(user, secret)}
    if request.method == "GET":
        return render(request, SET_UP, context)
    try:
        enrolling.confirm_app(request, user, secret, str(form.data.get("code", "")))
    except TooMany as reason:
        return too_many(request, SET_UP, context, reason)
    except NotProved:
        return refused(request, SET_UP, context, _("The app shows another code. Try the next."))
    return None
