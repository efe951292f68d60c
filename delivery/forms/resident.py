"""What a resident says about a delivery: which way, to whom, where, when."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delivery.choosing import Span
from delivery.models import Address, DeliveryChoice, Zone
from portal.accounts import phones

ELSEWHERE = "elsewhere"


class PhoneField(forms.CharField):
    """A mobile number, for the code and for the courier's call."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return phones.parse(text) if text else ""
        except phones.NotANumber as error:
            raise forms.ValidationError(str(error)) from error


class LineField(forms.CharField):
    """One line of words: blanks put right, invisible signs refused."""

    def clean(self, value: Any) -> str:
        words = " ".join(str(super().clean(value)).split())
        if any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") for sign in words):
            raise forms.ValidationError(_("There is a sign in it that nobody can read."))
        if self.required and not any(sign.isalnum() for sign in words):
            raise forms.ValidationError(self.error_messages["required"])
        return words


class WayForm(forms.Form):
    """Collect it, have it brought, or brought to somebody else."""

    mode = forms.ChoiceField(
        choices=DeliveryChoice.Mode.choices,
        error_messages={"required": gettext_lazy("Please choose one of these ways.")},
    )


class ReceiverForm(forms.Form):
    """An adult who is named in advance (R96, R97)."""

    name = LineField(
        label=gettext_lazy("Their name"),
        max_length=60,
        help_text=gettext_lazy("As on their identity card: the courier asks for it."),
    )
    phone = PhoneField(
        label=gettext_lazy("Their mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("They get the code for the courier, nothing else."),
    )
    is_adult = forms.BooleanField(
        label=gettext_lazy("They are 18 or older and agree to take the parcel."),
        error_messages={
            "required": gettext_lazy("A parcel is only given to an adult who agreed to it.")
        },
    )


class PlaceForm(forms.Form):
    """One address of the book."""

    address = forms.ModelChoiceField(
        Address.objects.none(),
        error_messages={
            "required": gettext_lazy("Please choose an address."),
            "invalid_choice": gettext_lazy("Please choose an address."),
        },
    )

    def __init__(self, *args: Any, book: QuerySet[Address], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].queryset = book  # type: ignore[attr-defined]


class WindowForm(forms.Form):
    """One of the times that can be promised."""

    window = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Please choose a time."),
            "invalid_choice": gettext_lazy("This time is full or past. Please choose another one."),
        }
    )

    def __init__(self, *args: Any, spans: Sequence[Span], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spans = {span.start.isoformat(): span for span in spans}
        self.fields["window"].choices = [(key, key) for key in self.spans]  # type: ignore[attr-defined]

    def clean_window(self) -> Span:
        return self.spans[self.cleaned_data["window"]]


class AddressForm(forms.ModelForm):
    """An entry of the address book."""

    label = LineField(
        label=gettext_lazy("What you call it"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For example: at home, at my daughter's."),
    )
    line = LineField(
        label=gettext_lazy("Street, house and door"),
        max_length=200,
        min_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    phone = PhoneField(
        label=gettext_lazy("Mobile number for the courier"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Which neighbourhood is it in?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a neighbourhood.")},
    )

    class Meta:
        model = Address
        fields = ["label", "line", "phone"]

    def __init__(self, *args: Any, zones: Sequence[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones = {str(zone.pk): zone for zone in zones}
        names = [(key, zone.name) for key, zone in self.zones.items()]
        choices = [*names, (ELSEWHERE, _("Somewhere else"))]
        self.fields["zone"].choices = choices  # type: ignore[attr-defined]
        if self.instance.created:
            self.initial["zone"] = str(self.instance.zone_id or ELSEWHERE)
            self.initial["phone"] = phones.shown(self.instance.phone)

    def clean_zone(self) -> Zone | None:
        return self.zones.get(self.cleaned_data["zone"])
