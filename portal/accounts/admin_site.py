"""The Django admin stands behind the same door: password and second factor, superusers only."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from portal.accounts import second_factor
from portal.accounts.answers import local


class PortalAdminSite(AdminSite):
    """No sign-in of its own (trap 12: allauth's limits do not protect that one)."""

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        whole = user.is_active and user.is_staff and user.is_superuser
        return bool(whole and second_factor.done(request.session))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise Http404
        back = urlencode({"next": local(request, reverse("admin:index"))})
        return HttpResponseRedirect(f"{reverse('staff_sign_in')}?{back}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("account_logout"))
