"""Who I am, as it stands on my card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.organization.models import Organization
from portal.record.models.people import Gender
from portal.registration import numbers
from portal.terminology import parameters


class RealNameForm(forms.Form):
    """Name and identity number; who has no such number gives a birthday and comes by."""

    name = forms.CharField(
        label=_("Your name, as on your identity card"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please type your name.")},
    )
    id_number = forms.CharField(
        label=_("Identity number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("18 signs; the last one may be X. From Slovakia: the birth number."),
    )
    birth_date = forms.DateField(
        label=_("Birthday"),
        required=False,
        input_formats=["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%d.%m.%Y"],
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        help_text=_("Only if you have no identity number of China or Slovakia."),
    )
    record_number = forms.CharField(
        label=_("Number of your patient card"),
        required=False,
        max_length=40,
        help_text=_("Only if you have no identity number: the registrar looks for it."),
    )
    organization = forms.ModelChoiceField(
        label=_("Your community health centre"),
        queryset=Organization.objects.all(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose your centre.")},
    )
    agreed = forms.BooleanField(
        label=_("I agree that my health data is used for this."),
        error_messages={"required": _("Without your consent we may not look for your record.")},
    )

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not any(sign.isalpha() for sign in name) or any(not s.isprintable() for s in name):
            raise ValidationError(_("Please type your name as it stands on the card."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["gender"] = Gender.UNKNOWN
        if number := cleaned.get("id_number"):
            self._read(cleaned, number)
        elif not cleaned.get("birth_date") and "birth_date" not in self.errors:
            self.add_error("id_number", _("Please type your identity number."))
        if (day := cleaned.get("birth_date")) and not self.errors:
            self._check_age(day)
        return cleaned

    def _read(self, cleaned: dict[str, Any], number: str) -> None:
        try:
            identity = numbers.read(number)
        except numbers.NotANumber as reason:
            self.add_error("id_number", str(reason))
            return
        typed = cleaned.get("birth_date")
        if typed and typed != identity.birth_date:
            self.add_error("birth_date", _("This is not the birthday in the identity number."))
        cleaned["id_number"] = identity.number
        cleaned["birth_date"], cleaned["gender"] = identity.birth_date, identity.gender

    def _check_age(self, day: Any) -> None:
        """A possible birthday, and old enough to register alone (R13)."""
        today = timezone.localdate()
        if day > today or today.year - day.year > numbers.OLDEST:
            self.add_error("birth_date", _("This birthday cannot be right. Please look again."))
            return
        age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
        if age < parameters.value("minor.consent_age_lt"):
            self.add_error(
                None,
                _("A child cannot register alone. Please come to the centre with your parents."),
            )


class RecordForm(forms.Form):
    """The registrar names the record, after looking at the card."""

    record_number = forms.CharField(label=_("Record number in the hospital system"), max_length=40)


class RejectForm(forms.Form):
    """Why the registrar cannot confirm; the resident reads these words."""

    note = forms.CharField(
        label=_("Your words to the resident"),
        max_length=200,
        error_messages={"required": _("Please say why: the resident will read it.")},
    )


class BirthDateForm(forms.Form):
    """One question on a new device, in case the number has a new owner."""

    birth_date = forms.DateField(
        label=_("Your birthday"),
        input_formats=["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%d.%m.%Y"],
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        error_messages={
            "required": _("Please give your birthday."),
            "invalid": _("Please give the birthday like 1955-03-08."),
        },
    )
