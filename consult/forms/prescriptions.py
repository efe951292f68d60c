"""What a doctor sends about a prescription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from consult.forms.words import WordsField
from portal.record.models import AlertOverride, AllergyIntolerance, MedicationRequest
from portal.terminology import parameters

Choices = Iterable[tuple[str, Any]]


class LineForm(forms.Form):
    """One medicine: how much, how often, how long (R54); nothing vague."""

    medication = forms.CharField(max_length=20, widget=forms.HiddenInput)
    dose = forms.DecimalField(
        min_value=0, max_digits=9, decimal_places=3, label=_lazy("Dose each time")
    )
    frequency = forms.ChoiceField(label=_lazy("How often"))
    days = forms.IntegerField(min_value=1, max_value=366, label=_lazy("For how many days"))
    course_of_therapy = forms.ChoiceField(
        choices=MedicationRequest.Course.choices, label=_lazy("Treatment")
    )
    continues = forms.ChoiceField(
        required=False, label=_lazy("Carries on a medicine of the record")
    )
    days_reason = forms.CharField(
        required=False, max_length=200, label=_lazy("Why longer than the ordinary days")
    )
    instruction = forms.CharField(required=False, max_length=200, label=_lazy("How to take it"))

    is_banned = forms.BooleanField(
        required=False, label=_lazy("Exactly this product: nothing else at the counter")
    )

    def __init__(
        self, *args: Any, frequencies: Choices = (), current: Choices = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not parameters.value("dispense.substitution_allowed"):
            del self.fields["is_banned"]  # nothing is swapped there anyway (R84)
        self.fields["frequency"].choices = list(frequencies)  # type: ignore[attr-defined]
        earlier = [("", _lazy("No, it is new")), *current]
        self.fields["continues"].choices = earlier  # type: ignore[attr-defined]


class AllergyForm(forms.Form):
    """What the resident answers about allergies (R75); none is an answer too."""

    substance = forms.CharField(required=False, max_length=100, label=_lazy("Substance"))
    reaction = forms.CharField(required=False, max_length=200, label=_lazy("What happened"))
    severity = forms.ChoiceField(
        required=False,
        choices=AllergyIntolerance.Severity.choices,
        label=_lazy("How severe"),
    )
    none_known = forms.BooleanField(required=False)


class OverrideForm(forms.Form):
    """Going on in spite of an alert: a coded reason and words (R81)."""

    alert = forms.CharField(max_length=200, widget=forms.HiddenInput)
    code = forms.ChoiceField(choices=AlertOverride.Reason.choices, label=_lazy("Reason"))
    text = WordsField(max_length=300, label=_lazy("In words"), widget=forms.TextInput)
