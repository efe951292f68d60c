"""What a courier tells: at the counter, at the door, on the way."""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from delivery.chilling import COLDEST, WARMEST
from delivery.handover import SAID_BY_COURIER

LONGEST_KEPT = timedelta(hours=24)  # on a phone without a network
SIX_DIGITS = _("Type the six digits of the receiver's code.")
SEAL = [("whole", _("Yes, whole")), ("broken", _("No, broken"))]


class DeedForm(forms.Form):
    """Under which number a phone keeps it, and when it was done there."""

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    done_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()

    def clean_done_at(self) -> datetime:
        """The phone's moment, unless its clock is wrong: never later than now, never of old."""
        now = timezone.now()
        said = self.cleaned_data["done_at"] or now
        return said if now - LONGEST_KEPT <= said <= now else now


class ColdForm(DeedForm):
    """What the logger of the cold box shows; asked of cold parcels only (R95)."""

    celsius = forms.DecimalField(
        label=_("Thermometer of the cold box, °C"),
        required=False,
        min_value=COLDEST,
        max_value=WARMEST,
        max_digits=4,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class TemperatureForm(ColdForm):
    """A reading on the way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["celsius"].required = True


class StartForm(ColdForm):
    """The number that stands on the parcel, scanned or typed."""

    use_required_attribute = False
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("Number on the parcel"),
        max_length=40,
        error_messages={"required": _("Scan or type the number on the parcel.")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("again"):  # with it already
            self.fields["number"].required = False

    def clean_number(self) -> str:
        return "".join(unicodedata.normalize("NFKC", self.cleaned_data["number"]).split()).upper()


class DoorForm(ColdForm):
    """Is the seal whole? (R92)"""

    use_required_attribute = False
    seal = forms.ChoiceField(
        label=_("Is the seal whole?"),
        choices=SEAL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Look at the seal first.")},
    )
    needs: tuple[str, ...] = ()  # unless the seal is broken: then nothing is handed over

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needs:
            self.fields[name].required = not self.is_broken

    @property
    def is_broken(self) -> bool:
        return self.data.get("seal") == "broken"


class CodeForm(DoorForm):
    """The receiver's six digits, and whether the name was asked (R96)."""

    needs = ("name_checked", "code")
    name_checked = forms.BooleanField(error_messages={"required": _("Ask for the name first.")})
    code = forms.CharField(
        label=_("The receiver's code, 6 digits"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-input"}
        ),
        error_messages={"required": SIX_DIGITS},
    )

    def clean_code(self) -> str:
        code = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        if not self.is_broken and not re.fullmatch("[0-9]{6}", code):
            raise forms.ValidationError(SIX_DIGITS)
        return code


class SignForm(DoorForm):
    """The person named in advance signs, or is photographed with the parcel (R96)."""

    needs = ("receiver_name",)
    receiver_name = forms.CharField(
        label=_("Name of the receiver, as they say it"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Ask for the name first.")},
    )
    photo = forms.FileField(
        label=_("Photo of the receiver with the parcel"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    signature = forms.FileField(required=False)  # drawn on the page, by script only

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.is_broken and not (said.get("photo") or said.get("signature")):
            self.add_error("photo", _("It needs a signature or a photo."))
        return said


class FailedForm(DeedForm):
    """Why it was not handed over: one of a fixed list (R98)."""

    reason = forms.ChoiceField(choices=[(reason.value, reason.label) for reason in SAID_BY_COURIER])


class LostForm(DeedForm):
    """Sure that it is gone."""

    sure = forms.BooleanField(
        error_messages={"required": _("Tick that you looked everywhere.")},
    )
