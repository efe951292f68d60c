from __future__ import annotations

from django import forms


class PayForm(forms.Form):
    """The bill as the resident saw it."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
