"""What the counter says about a parcel that came back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class ReceiveForm(forms.Form):
    """Is the seal whole? Nothing is ticked beforehand."""

    seal = forms.ChoiceField(
        label=gettext_lazy("Is the seal whole?"),
        choices=[("whole", gettext_lazy("Yes, whole")), ("broken", gettext_lazy("No, broken"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether the seal is whole.")},
    )


class CollectForm(forms.Form):
    """The code the resident says at the counter."""

    code = forms.CharField(
        label=gettext_lazy("The resident's code"),
        max_length=12,
        strip=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)


class SettleForm(forms.Form):
    """Paid back or sent again, and why."""

    act = forms.ChoiceField(choices=[("refund", ""), ("replace", "")])
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why.")},
    )
