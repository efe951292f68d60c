"""The stages between a right password and an open session."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from django.http import HttpResponse

from portal.accounts import second_factor
from portal.accounts.models import User


class SetUpStage(LoginStage):
    """Staff without a second factor set one up before anything opens (R111)."""

    key = "second_factor_setup"
    urlname = "second_factor_setup"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if isinstance(user, User) and user.is_employee and not second_factor.is_enrolled(user):
            return headed_redirect_response("second_factor_setup"), True
        return None, True
