"""What a person types to enter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts import phones
from portal.accounts.codes import digits
from portal.accounts.models import User

ONE_TIME_CODE = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "enterkeyhint": "go",
    "autofocus": True,
}


class PhoneForm(forms.Form):
    """Where to send the six digits."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "autofocus": True}
        ),
        error_messages={"required": _("Please type your mobile number.")},
    )

    def clean_phone(self) -> str:
        try:
            return phones.parse(self.cleaned_data["phone"])
        except phones.NotANumber as reason:
            raise ValidationError(str(reason)) from None


class CodeForm(forms.Form):
    """The six digits of the text message."""

    code = forms.CharField(
        label=_("Six digits from the text message"),
        max_length=40,
        widget=forms.TextInput(attrs=ONE_TIME_CODE),
        error_messages={"required": _("Please type the six digits.")},
    )

    def clean_code(self) -> str:
        code = digits(self.cleaned_data["code"])
        if len(code) != 6:
            raise ValidationError(_("The code has six digits. Please look again."))
        return code


class PasswordForm(forms.Form):
    """Staff: name and password; the second factor comes after."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class FactorForm(forms.Form):
    """A code of the authenticator app or a recovery code; or the answer of a passkey."""

    code = forms.CharField(
        label=_("Code from your authenticator app"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=ONE_TIME_CODE),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("code") and not cleaned.get("credential"):
            raise ValidationError(_("Please type the code that the app shows now."))
        return cleaned


class NewPasswordForm(forms.Form):
    """A new password, checked against the list of weak ones (R108)."""

    old = forms.CharField(
        label=_("Your password now"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=256,
        help_text=_("At least 12 characters; three words in a row are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError(_("This is not your password now."))
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])
