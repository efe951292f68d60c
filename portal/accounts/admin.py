from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from portal.accounts.models import User


@admin.register(User)
class PortalUserAdmin(UserAdmin):
    """Accounts of staff: role, centre, closed or open. Numbers and passwords are not shown."""

    list_display = ("username", "full_name", "role", "organization", "is_active")
    list_filter = ("role", "is_active", "organization")
    search_fields = ("username", "full_name")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (None, {"fields": ("full_name", "role", "organization", "language")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
