"""What a resident sends on the way to an appointment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consult.forms.words import WordsField
from consult.models import Appointment
from consult.rules import days, questions

Reason = Appointment.CancelReason
Choices = Iterable[tuple[str, Any]]
RESIDENT_REASONS = (Reason.OTHER_TIME, Reason.BETTER, Reason.IN_PERSON, Reason.OTHER)
DOCTOR_REASONS = (Reason.DOCTOR_ABSENT, Reason.OTHER)


class ChooseForm(forms.Form):
    """Screen one: which of my illnesses, and why. Nothing has to be typed (R28)."""

    evidence = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label=_lazy("Which illness is it about?"),
        error_messages={"required": _lazy("Please choose at least one of the illnesses shown.")},
    )
    reasons = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=Appointment.Reason.choices,
        label=_lazy("Why do you want to talk to your doctor?"),
        error_messages={"required": _lazy("Please choose why you want to talk to your doctor.")},
    )
    words = WordsField(
        required=False,
        max_length=500,
        label=_lazy("Anything your doctor should know"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, evidence: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = list(evidence)  # type: ignore[attr-defined]


class FlagsForm(forms.Form):
    """Screen two: signs that cannot wait (R30); none is an answer too."""

    flags = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_lazy("Do you have any of these now?"),
    )
    none = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flags"].choices = questions()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("flags") and not data.get("none") and "flags" not in self.errors:
            self.add_error("flags", _("Please tick what applies, or press “None of these”."))
        return data


class TimeForm(forms.Form):
    """Screen three: one tap on a time."""

    slot = forms.UUIDField(error_messages={"required": _lazy("Please choose a time.")})


class CancelForm(forms.Form):
    """Why a time is given back; asked on the page that makes sure."""

    reason = forms.ChoiceField(widget=forms.RadioSelect, label=_lazy("Why?"))

    def __init__(self, *args: Any, by_doctor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = DOCTOR_REASONS if by_doctor else RESIDENT_REASONS
        choices = [(reason.value, reason.label) for reason in reasons]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    """A paper with the diagnosis, where the hospital's record cannot be read (R26)."""

    file = forms.FileField(label=_lazy("A picture of the paper"))
    icd10 = forms.ChoiceField(widget=forms.RadioSelect, label=_lazy("Which illness does it name?"))
    day = forms.DateField(
        label=_lazy("The day on the paper"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, diagnoses: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["icd10"].choices = list(diagnoses)  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        today = timezone.localdate()
        if day > today:
            raise forms.ValidationError(_("This day is still to come."))
        if today - day > days("followup.evidence_max_age_days"):
            raise forms.ValidationError(
                _("This paper is too old for an online visit. Please come to the centre.")
            )
        return day
