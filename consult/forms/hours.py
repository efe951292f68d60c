"""What a doctor sends about hours and phrases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consult.forms.words import WordsField
from consult.models import Schedule, ScheduleException, Weekday


class PhraseForm(forms.Form):
    """A sentence a doctor writes often."""

    text = WordsField(max_length=300, label=_lazy("Phrase"), widget=forms.TextInput)


class HoursForm(forms.ModelForm):
    """Weekly hours of one weekday."""

    class Meta:
        model = Schedule
        fields = ["weekday", "start", "end", "slot_minutes", "valid_from", "valid_until"]
        widgets = {
            "weekday": forms.Select(choices=Weekday.choices),
            "start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "weekday": _lazy("Weekday"),
            "start": _lazy("From"),
            "end": _lazy("To"),
            "slot_minutes": _lazy("Minutes a visit"),
            "valid_from": _lazy("First day"),
            "valid_until": _lazy("Last day"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        first, last = data.get("valid_from"), data.get("valid_until")
        if start and end and end <= start:
            self.add_error("end", _("The end must be after the beginning."))
        if first and last and last < first:
            self.add_error("valid_until", _("The last day must not be before the first."))
        minutes = data.get("slot_minutes")
        if minutes is not None and not 5 <= minutes <= 120:
            self.add_error("slot_minutes", _("A visit takes 5 to 120 minutes."))
        return data


class DayForm(forms.ModelForm):
    """A day that differs: closed, or other hours."""

    class Meta:
        model = ScheduleException
        fields = ["day", "is_open", "start", "end", "reason"]
        widgets = {
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        labels = {
            "day": _lazy("Day"),
            "is_open": _lazy("Open at other hours (leave empty: closed)"),
            "start": _lazy("From"),
            "end": _lazy("To"),
            "reason": _lazy("Reason"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if data.get("is_open") and not (start and end and end > start):
            self.add_error("end", _("Please say from when to when."))
        if not data.get("is_open"):
            data["start"] = data["end"] = None
        day = data.get("day")
        if day and not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=365):
            self.add_error("day", _("Please choose a day within the coming year."))
        return data
