"""What the counter is told: findings, scans, deliveries from the wholesaler."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.terminology.models import Medication
from refill.dispensing import CHECKS, Packing
from refill.models import ReviewFinding
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
    """Ten ticks, each box code on its own line, and the seal (R85, R86, R92)."""

    checks = forms.MultipleChoiceField(
        label=_("Checked"),
        choices=list(CHECKS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    codes = forms.CharField(
        label=_("Box codes, one on each line"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        max_length=4000,
        required=False,
    )
    seal_number = forms.CharField(label=_("Number of the seal"), max_length=40)

    def packing(self) -> Packing:
        said = self.cleaned_data
        codes = tuple(code.strip() for code in said["codes"].splitlines() if code.strip())
        return Packing(tuple(said["checks"]), codes, said["seal_number"])


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
