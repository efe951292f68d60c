from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.payment import reasons

MOST = Decimal("99999.99")


class PayForm(forms.Form):
    """The bill as the resident saw it."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """Why, in one's own words."""

    words = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class AmountForm(WordsForm):
    """A sum of money in the bill's currency; kept in minor units."""

    amount = forms.DecimalField(
        label=_("Amount"), min_value=Decimal("0.01"), max_value=MOST, decimal_places=2
    )
    field_order = ("amount", "reason", "words")

    @property
    def minor(self) -> int:
        return int(self.cleaned_data["amount"] * 100)


class RefundForm(AmountForm):
    """What goes back on a line, and why."""

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (code, reasons.words(code))
            for code in ("mistake", "goodwill", "asked", "out-of-stock", "parcel-not-delivered")
        ]
