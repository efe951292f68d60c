"""A resident enters: telephone number, six digits; a number not seen before becomes an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import codes, idle, phones
from portal.accounts.answers import local, refused, too_many
from portal.accounts.forms import CodeForm, PhoneForm
from portal.accounts.limits import TooMany

NUMBER, CODE = "account/sign_in.html", "account/code.html"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the number and send the code; the answer is the same for every number."""
    if elsewhere := _elsewhere(request):
        return redirect(elsewhere)
    form = PhoneForm(request.POST or None)
    context = {"form": form, "next": local(request)}
    if request.method == "GET":
        return render(request, NUMBER, context)
    if not form.is_valid():
        return render(request, NUMBER, context, status=400)
    try:
        _send(request, form.cleaned_data["phone"], local(request))
    except TooMany as reason:
        return too_many(request, NUMBER, context, reason)
    return redirect("account_code")


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the six digits, and open the session."""
    try:
        context = _code_page(request, CodeForm(request.POST or None))
        if request.method == "GET":
            return render(request, CODE, context)
        if not context["form"].is_valid():
            return render(request, CODE, context, status=400)
        back, given = codes.back(request.session), context["form"].cleaned_data["code"]
        phone = codes.check(request.session, given, address=_address(request))
    except codes.Late:
        return _start_again(request)
    except codes.Wrong:
        sentence = _("These digits do not match. Please look at the newest message again.")
        return refused(request, CODE, context, sentence)
    except TooMany as reason:
        return too_many(request, CODE, context, reason)
    return _enter(request, phone, back)


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Another code to the same number, when the clock allows it."""
    try:
        context = _code_page(request, CodeForm())
        _send(request, codes.number(request.session), codes.back(request.session))
    except codes.Late:
        return _start_again(request)
    except TooMany as reason:
        return too_many(request, CODE, context, reason)
    return redirect("account_code")


def _elsewhere(request: HttpRequest) -> str:
    """The better page for somebody who is signed in, locked out of a desk, or works here."""
    if request.user.is_authenticated:
        return local(request, "/home/")
    if idle.is_locked(request.session):
        return idle.unlock_page(request)
    if "staff" in request.GET:
        return reverse("staff_sign_in", query={"next": local(request)})
    return ""


def _send(request: HttpRequest, phone: str, back: str) -> None:
    language = get_language() or ""
    codes.send(request.session, phone, address=_address(request), language=language, back=back)


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


def _code_page(request: HttpRequest, form: CodeForm) -> dict[str, Any]:
    phone = codes.number(request.session)
    return {"form": form, "phone": phones.shown(phone), "wait": codes.wait(request.session)}


def _start_again(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:  # the second tap of a double tap
        return redirect("/home/")
    sentence = _("The code is too old. Please ask for a new one.")
    context = {"form": PhoneForm(), "next": local(request), "refusal": sentence}
    return render(request, NUMBER, context, status=200 if request.method == "GET" else 400)


def _enter(request: HttpRequest, phone: str, back: str) -> HttpResponse:
    user = phones.resident_or_new(phone)
    record_authentication(request, user, method="code")
    return perform_login(request, Login(user=user, redirect_url=back or None))
