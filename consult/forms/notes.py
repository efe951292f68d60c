"""What a doctor sends about a visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consult.closing import STOPS
from consult.forms.words import WordsField
from consult.models import ConsultationRecord

Choices = Iterable[tuple[str, Any]]


class NoteForm(forms.Form):
    """The doctor's note as far as it is written (R35)."""

    seen = forms.CharField(
        required=False, max_length=16, widget=forms.HiddenInput({"autocomplete": "off"})
    )
    complaint = WordsField(required=False, max_length=4000, label=_lazy("Complaint"))
    history = WordsField(
        required=False, max_length=8000, label=_lazy("History since the last visit")
    )
    codes = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_lazy("Assessment"),
    )
    advice = WordsField(required=False, max_length=4000, label=_lazy("Advice"))
    next_review = forms.DateField(
        required=False,
        label=_lazy("Next review"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, codes: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = list(codes)  # type: ignore[attr-defined]

    def clean_next_review(self) -> date | None:
        day: date | None = self.cleaned_data["next_review"]
        today = timezone.localdate()
        if day and not today <= day <= today + timedelta(days=730):
            raise forms.ValidationError(_("Please choose a day within the next two years."))
        return day


class VerdictForm(forms.Form):
    """Are the conditions of a follow-up met (R26)?"""

    verdict = forms.ChoiceField(
        choices=[pair for pair in ConsultationRecord.Verdict.choices if pair[0]],
        widget=forms.RadioSelect,
    )


class StopForm(forms.Form):
    """Ending a visit early (R36)."""

    reason = forms.ChoiceField(
        choices=[(stop.value, stop.label) for stop in STOPS],
        widget=forms.RadioSelect,
        label=_lazy("Why does the online visit stop?"),
    )
    advice = WordsField(
        max_length=2000,
        label=_lazy("What should the resident do now?"),
        help_text=_lazy("Plain words: where to go, how soon, what to take along."),
    )


class ContactForm(forms.Form):
    """That an urgent resident was reached (R37)."""

    contact = WordsField(max_length=1000, label=_lazy("How was the resident reached?"))


class AddendumForm(forms.Form):
    """What is added to a signed note (R45)."""

    text = WordsField(max_length=4000, label=_lazy("Addition"))


class PasswordForm(forms.Form):
    """Opens the doctor's signing key for this session (R56)."""

    password = forms.CharField(
        max_length=200,
        strip=False,
        label=_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
