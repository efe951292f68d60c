"""What the counter is told: findings, scans, deliveries from the wholesaler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.terminology.models import Medication
from refill import lacking
from refill.dispensing import CHECKS, Packing
from refill.models import ReviewFinding, StockItem
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
        required=False,
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
