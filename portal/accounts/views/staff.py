"""Staff enter: name and password, then always a second factor (R111)."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts import idle, limits, signals
from portal.accounts.answers import local, refused, too_many
from portal.accounts.forms import PasswordForm
from portal.accounts.models import User

PAGE = "account/staff_sign_in.html"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; a wrong name and a wrong password read the same."""
    if request.user.is_authenticated:
        return redirect(local(request, "/home/"))
    if idle.is_locked(request.session):
        return redirect(idle.unlock_page(request))
    form = PasswordForm(request.POST or None)
    context = {"form": form, "next": local(request)}
    if request.method == "GET":
        return render(request, PAGE, context)
    if not form.is_valid():
        return render(request, PAGE, context, status=400)
    try:
        user = _authenticated(request, **form.cleaned_data)
    except limits.TooMany as reason:
        return too_many(request, PAGE, context, reason)
    if user is None:
        return refused(request, PAGE, context, _("User name and password do not match."))
    return _go_on(request, user)


@require_GET
def inactive(request: HttpRequest) -> HttpResponse:
    """The account is closed: whom to ask."""
    return render(request, "account/inactive.html", status=403)


def _authenticated(request: HttpRequest, username: str, password: str) -> User | None:
    limits.spend("password-address", get_adapter().get_client_ip(request))
    limits.spend("password-wrong", username)
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User) and user.is_employee:
        limits.forget("password-wrong", username)
        return user
    if known := User.objects.filter(username=username).first():
        signals.noted.send(User, user=known, action="password-wrong", detail={})
    return None


def _go_on(request: HttpRequest, user: User) -> HttpResponse:
    clear_login(request)
    login = Login(user=user, redirect_url=local(request) or None)
    return perform_password_login(request, {"username": user.username}, login)
