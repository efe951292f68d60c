from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.forms import ModelForm
from django.http import HttpRequest

from portal.accounts import granting
from portal.accounts.models import User


class NewPassword(AdminPasswordChangeForm):
    """A password given by the administration closes what was opened with the old one."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        granting.changed(user, ["password"])
        return user


@admin.register(User)
class PortalUserAdmin(UserAdmin):
    """Accounts of staff: role, centre, closed or open. Numbers and passwords are not shown."""

    change_password_form = NewPassword
    list_display = ("username", "full_name", "role", "organization", "is_active")
    list_filter = ("role", "is_active", "organization")
    search_fields = ("username", "full_name")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (None, {"fields": ("full_name", "role", "organization", "language")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """A right taken here is taken from every open window too."""
        super().save_model(request, obj, form, change)
        granting.changed(obj, form.changed_data if change else ())
