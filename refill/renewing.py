"""The form with which a doctor decides: a renewal, a talk first, or no."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consult.forms.long_term import CONDITIONS
from consult.forms.words import WordsField
from portal.record.models import AlertOverride
from portal.record.rules.length import CRITERIA
from portal.terminology.models import Frequency, Medication
from refill import proposing
from refill.deciding import Assessment, Renewal
from refill.models import RefillRequest
from refill.picturing import Picture

UNKNOWN = "unknown"
MOST_ALERTS = 40
NEXT_STEPS = [step for step in RefillRequest.NextStep.choices if step[0]]


class RenewalForm(forms.Form):
    """What is signed: filled in from the last order, each part the doctor's own to change."""

    medication = forms.ModelChoiceField(
        Medication.objects.none(), to_field_name="code", label=_lazy("Medicine")
    )
    dose = forms.DecimalField(
        min_value=0, max_digits=9, decimal_places=3, label=_lazy("Dose each time")
    )
    dose_unit = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    frequency = forms.ModelChoiceField(
        Frequency.objects.all(), to_field_name="code", label=_lazy("How often")
    )
    days = forms.IntegerField(min_value=1, max_value=366, label=_lazy("For how many days"))
    diagnoses = forms.MultipleChoiceField(
        label=_lazy("Diagnosis"), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        required=False, max_length=200, label=_lazy("Why longer than the ordinary days")
    )
    instruction = forms.CharField(required=False, max_length=200, label=_lazy("How to take it"))
    early_reason = forms.CharField(
        required=False, max_length=200, label=_lazy("Why you allow it early")
    )
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, picture: Picture, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**filled_in(picture), **self.initial}
        how = picture.proposal
        products = {row.pk for row in picture.supply.candidates} if picture.supply else set()
        choices = Medication.objects.filter(pk__in={*products, how.medication.pk})
        self.fields["medication"].queryset = choices  # type: ignore[attr-defined]
        diagnoses = proposing.choices_of_diagnosis(how, picture.record)
        self.fields["diagnoses"].choices = diagnoses  # type: ignore[attr-defined]


class LongForm(forms.Form):
    """The strict assessment before more than four weeks (R62, R66): nothing is ticked."""

    criteria = forms.MultipleChoiceField(
        required=False,
        choices=[(code, CONDITIONS[code]) for code in CRITERIA],
        widget=forms.CheckboxSelectMultiple,
        label=_lazy("Which of the five conditions are met?"),
    )
    assessment = WordsField(required=False, max_length=1000, label=_lazy("Your assessment"))
    educated = forms.BooleanField(
        required=False,
        label=_lazy(
            "I have explained how to take and keep it, what to watch for and when to come back"
        ),
    )

    def assessed(self) -> Assessment | None:
        """None while nothing was written."""
        said = self.cleaned_data
        if not said["assessment"]:
            return None
        return Assessment(tuple(said["criteria"]), said["assessment"], said["educated"])


class RejectForm(forms.Form):
    """Why not, and what the resident does next: both, always."""

    reason = WordsField(
        max_length=300, label=_lazy("Why not"), widget=forms.Textarea(attrs={"rows": 2})
    )
    next_step = forms.ChoiceField(choices=NEXT_STEPS, label=_lazy("What comes next"))


class HoldForm(forms.Form):
    """What the talk is about."""

    reason = WordsField(
        max_length=300, label=_lazy("What to talk about"), widget=forms.Textarea(attrs={"rows": 2})
    )


def renewal_of(form: RenewalForm, long: LongForm, post: QueryDict) -> Renewal:
    """What the doctor sends, as the deed takes it."""
    said = form.cleaned_data
    return Renewal(
        medication=said["medication"],
        dose=said["dose"],
        dose_unit=said["dose_unit"],
        frequency=said["frequency"],
        days=said["days"],
        diagnoses=tuple(said["diagnoses"]),
        reason=said["reason"],
        instruction=said["instruction"],
        seen=said["seen"],
        early_reason=said["early_reason"],
        confirmed_as_of=_confirmed(post),
        overrides=dict(_overrides(post)),
        assessment=long.assessed(),
    )


def override_reasons() -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in AlertOverride.Reason.choices]


def filled_in(picture: Picture) -> dict[str, Any]:
    """What stands in the form when it opens: the last order again."""
    how, row = picture.proposal, picture.request
    return {
        "medication": how.medication.code,
        "dose": how.dose.normalize(),
        "dose_unit": how.dose_unit,
        "frequency": how.frequency.code if how.frequency else "",
        "days": row.days,
        "diagnoses": list(how.diagnoses),
        "reason": _("Long-term medicine, renewal on request."),
        "instruction": how.instruction,
        "early_reason": row.early_reason,
        "seen": picture.seen,
    }


def _overrides(post: QueryDict) -> Iterable[tuple[str, tuple[str, str]]]:
    """The alerts that were answered: key, coded reason, words."""
    for number in range(MOST_ALERTS):
        key = post.get(f"alert-{number}", "")[:200]
        words = post.get(f"text-{number}", "")[:300]
        if key and words.strip():
            yield key, (post.get(f"code-{number}", "")[:20], words)


def _confirmed(post: QueryDict) -> datetime | None:
    """The time of the data that the doctor confirmed: as shown, or now where it is not known."""
    if post.get("confirmed") != "yes":
        return None
    shown = post.get("as_of", "")
    if shown == UNKNOWN:
        return timezone.now()
    try:
        return parse_datetime(shown)
    except ValueError:
        return None
