"""What an administrator sets up: hours and calendars. Visits are not edited here."""

from __future__ import annotations

from django.contrib import admin

from consult.models import CalendarCopy, Schedule, ScheduleException


@admin.register(Schedule)
class ScheduleAdmin(admin.ModelAdmin):
    list_display = ("practitioner", "weekday", "start", "end", "valid_from", "valid_until")
    list_filter = ("organization", "weekday")


@admin.register(ScheduleException)
class ScheduleExceptionAdmin(admin.ModelAdmin):
    list_display = ("practitioner", "day", "is_open", "start", "end")
    list_filter = ("organization", "is_open")


@admin.register(CalendarCopy)
class CalendarCopyAdmin(admin.ModelAdmin):
    list_display = ("practitioner", "is_owner", "as_of", "error")
    readonly_fields = ("as_of", "error", "refreshing_since")
