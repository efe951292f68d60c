"""The days of the whole country; a centre's own days are kept by its manager."""

from __future__ import annotations

from django.contrib import admin

from portal.organization.models import CalendarDay


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    list_display = ("day", "is_working", "name", "organization", "source")
    list_filter = ("is_working", "organization")
    date_hierarchy = "day"
