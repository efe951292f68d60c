"""What is asked before more than four weeks, and before a small child's prescription."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from consult.forms.words import WordsField
from portal.record.rules.length import CRITERIA

CONDITIONS = {
    "diagnosis-clear": _lazy("The diagnosis is clear"),
    "regimen-stable": _lazy("The treatment has not changed lately"),
    "adherence-good": _lazy("The resident takes it as agreed"),
    "control-steady": _lazy("The illness is well controlled"),
    "long-term": _lazy("The medicine is needed for a long time"),
}


class AssessmentForm(forms.Form):
    """The strict assessment (R66) and the explanation (R62): nothing is ticked beforehand."""

    criteria = forms.MultipleChoiceField(
        choices=[(code, CONDITIONS[code]) for code in CRITERIA],
        widget=forms.CheckboxSelectMultiple,
        label=_lazy("Which of the five conditions are met?"),
    )
    assessment = WordsField(
        max_length=1000,
        label=_lazy("Your assessment"),
        help_text=_lazy("The resident reads it: readings, how well it works, what was considered."),
    )
    educated = forms.BooleanField(
        label=_lazy(
            "I have explained how to take and keep it, what to watch for and when to come back"
        )
    )


class GuardianForm(forms.Form):
    """Who is beside the child (R9)."""

    name = forms.CharField(max_length=100, label=_lazy("Name of the guardian who is present"))


class AgreementForm(forms.Form):
    """The resident's yes: to what was shown, with a mark made by hand."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_lazy("I have read this, my questions were answered, and I agree"),
        error_messages={"required": _lazy("Please tick that you agree, or go back.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
