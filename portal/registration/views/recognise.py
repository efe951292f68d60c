"""One question before an old record opens to a number that rested long."""

from __future__ import annotations

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.answers import refused, too_many
from portal.accounts.limits import TooMany
from portal.registration import recognising
from portal.registration.forms import BirthDateForm

PAGE = "registration/recognise.html"


@never_cache
@require_http_methods(["GET", "POST"])
@login_stage_required(stage="recognise", redirect_urlname="account_login")
def recognise(request: HttpRequest) -> HttpResponse:
    """The birthday in the record, or "I am somebody else"."""
    stage: LoginStage = request._login_stage  # type: ignore[attr-defined]
    if "somebody-else" in request.POST:
        return _somebody_else(request, stage)
    form = BirthDateForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return render(request, PAGE, {"form": form}, status=status)
    try:
        if recognising.knows_birthday(stage.login.user, form.cleaned_data["birth_date"]):
            return stage.exit()
    except TooMany as reason:
        return too_many(request, PAGE, {"form": form}, reason)
    return refused(request, PAGE, {"form": form}, _("This is not the birthday we know."))


def _somebody_else(request: HttpRequest, stage: LoginStage) -> HttpResponse:
    user = recognising.start_afresh(stage.login.user)
    clear_login(request)
    record_authentication(request, user, method="code")
    return perform_login(request, Login(user=user))
