"""What a resident signs and a doctor answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """The resident's signature: one box, not ticked for them."""

    agreed = forms.BooleanField(
        label=_("I have read what the contract contains and want this team to look after me."),
        error_messages={"required": _("Please tick the box to sign, or go back.")},
    )


class DeclineForm(forms.Form):
    """Why the doctor cannot accept; the resident reads these words."""

    answer = forms.CharField(
        label=_("Your words to the resident"),
        max_length=200,
        strip=True,
        widget=forms.TextInput,
        error_messages={"required": _("Please say why: the resident will read it.")},
    )
