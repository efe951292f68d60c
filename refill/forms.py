"""What the counter is told: findings, scans, deliveries from the wholesaler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from portal.record.models import MedicationRequest, Prescription
from portal.terminology.models import Medication
from portal.terminology.units import plain
from refill import lacking
from refill.correcting import Change
from refill.dispensing import CHECKS, Packing
from refill.models import ReviewFinding, StockItem, SubstitutionKind, SubstitutionReason
from refill.reviewing import Finding

MOST_BOXES = 10_000


class ReviewForm(forms.Form):
    """The three blocks, each looked at, and the words for whoever has to correct (R83)."""

    verdict = forms.ChoiceField(
        choices=[("pass", _("Pass")), ("return", _("Return")), ("refuse", _("Refuse"))]
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, strip=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for block, name in ReviewFinding.Block.choices:
            self.fields[block] = forms.BooleanField(label=name, required=False)

    def findings(self) -> list[Finding]:
        """A block that is not ticked is a bad one, with the reason given."""
        said = self.cleaned_data
        return [
            Finding(block, said[block], "" if said[block] else said["reason"])
            for block in ReviewFinding.Block.values
        ]


class PackForm(forms.Form):
    """Ten ticks, the code of each box beside its lot, and the seal (R85, R86, R92)."""

    checks = forms.MultipleChoiceField(
        label=_("Checked"),
        choices=list(CHECKS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    seal_number = forms.CharField(label=_("Number of the seal"), max_length=40)

    def __init__(self, *args: Any, lots: Sequence[StockItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.box_names = [f"box_{place}" for place, _lot in enumerate(lots, start=1)]
        for place, (name, lot) in enumerate(zip(self.box_names, lots, strict=True), start=1):
            words = _("Code of box %(place)s, lot %(lot)s")
            self.fields[name] = forms.CharField(
                label=words % {"place": place, "lot": lot.lot_number},
                max_length=40,
                required=lot.medication.is_trace_coded,
                widget=forms.TextInput(attrs={"autocomplete": "off", "data-box": ""}),
            )
        self.fields["seal_number"].widget.attrs |= {"autocomplete": "off", "data-box": ""}

    def boxes(self) -> list[forms.BoundField]:
        """The fields of the box codes, in the order in which the boxes are taken."""
        return [self[name] for name in self.box_names]

    def packing(self) -> Packing:
        said = self.cleaned_data
        codes = tuple(said[name] for name in self.box_names if said[name])
        return Packing(tuple(said["checks"]), codes, said["seal_number"])


class LackForm(forms.Form):
    """What becomes of a paid fill whose boxes are missing (R89)."""

    outcome = forms.ChoiceField(
        label=_("What now?"), choices=lacking.Outcome.choices, widget=forms.RadioSelect
    )
    promised_on = forms.DateField(
        label=_("The day it comes"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class SubstituteForm(forms.Form):
    """Another product for the one that was written, how near it is, and why (R164)."""

    medication = forms.CharField(max_length=20)
    kind = forms.ChoiceField(label=_("How near it is"), choices=SubstitutionKind.choices)
    reason = forms.ChoiceField(label=_("Why"), choices=SubstitutionReason.choices)


class DayForm(forms.Form):
    """A day off, or a weekend day that is worked, with where it is written."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    is_working = forms.TypedChoiceField(
        label=_("What is it?"),
        choices=[("off", _("a day off")), ("on", _("worked, though a weekend"))],
        coerce=lambda word: word == "on",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name of the day"), max_length=60)
    source = forms.CharField(label=_("Where it is announced"), max_length=120)


class HandOverForm(forms.Form):
    """What the person at the counter shows: the code, or her name and the year she was born."""

    code = forms.CharField(
        label=_("Code of the resident"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Or the full name"), max_length=100, required=False)
    birth_year = forms.IntegerField(
        label=_("and the year of birth"), min_value=1900, max_value=2100, required=False
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("code") and not (said.get("name") and said.get("birth_year")):
            raise forms.ValidationError(_("The code, or the name with the year of birth."))
        return said


class RecallForm(forms.Form):
    """The number of a lot, or the code of one box."""

    number = forms.CharField(label=_("Lot or box code"), max_length=40)


class TellForm(RecallForm):
    """Stop the lot and tell everybody who received it."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class KeepBackForm(forms.Form):
    """Why a sealed bag is not given."""

    reason = forms.CharField(label=_("Why?"), max_length=200)


class ReceiveForm(forms.Form):
    """Boxes that came from the wholesaler."""

    medication = forms.ModelChoiceField(
        Medication.objects.filter(is_active=True, control=Medication.Control.NONE),
        label=_("Medicine"),
    )
    lot_number = forms.CharField(label=_("Lot"), max_length=40)
    expires = forms.DateField(label=_("Expires"), widget=forms.DateInput(attrs={"type": "date"}))
    boxes = forms.IntegerField(label=_("Boxes"), min_value=1, max_value=MOST_BOXES)


class CountForm(forms.Form):
    """What was counted on the shelf."""

    boxes = forms.IntegerField(label=_("Boxes counted"), min_value=0, max_value=MOST_BOXES)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class LineForm(forms.Form):
    """How a line of a returned form is to read now."""

    row: MedicationRequest
    line = forms.UUIDField(widget=forms.HiddenInput)
    dose = forms.DecimalField(label=_("Dose"), max_digits=9, decimal_places=3)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=366)
    instruction = forms.CharField(label=_("Instruction"), max_length=200, required=False)
    is_dropped = forms.BooleanField(label=_("Take it off"), required=False)


class CorrectForm(forms.Form):
    """What belongs to all lines: a reason for what the checks find, and the age of the data."""

    reason = forms.CharField(label=_("Reason, where an alert asks"), max_length=300, required=False)
    is_confirmed = forms.BooleanField(label=_("Confirmed with the patient"), required=False)
    as_of = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def clean_as_of(self) -> str:
        shown: str = self.cleaned_data["as_of"]
        try:
            known = shown in ("", "unknown") or parse_datetime(shown) is not None
        except ValueError:
            known = False
        if not known:
            raise forms.ValidationError(_("This page is old. Load it again."))
        return shown


Lines = forms.formset_factory(LineForm, extra=0, max_num=5, absolute_max=5)


def line_forms(prescription: Prescription, data: QueryDict | None) -> Any:
    """One small form a line, as it stands."""
    lines = prescription.lines.select_related("medication", "frequency")
    known = {line.pk: line for line in lines}
    initial = [
        {"line": pk, "dose": plain(line.dose), "days": line.days, "instruction": line.instruction}
        for pk, line in known.items()
    ]
    forms_of_lines = Lines(data, initial=initial, prefix="lines")
    for form, row in zip(forms_of_lines.forms, known.values(), strict=False):
        form.row = row
    return forms_of_lines


def changes_of(lines: Any) -> list[Change]:
    """What the forms of the lines say."""
    return [Change(**form.cleaned_data) for form in lines.forms if form.cleaned_data]
