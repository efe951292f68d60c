"""What the dispatch board is told."""

from __future__ import annotations

from typing import Any

from django import forms

from delivery import boarding
from portal.accounts.actor import Actor
from portal.accounts.models import User


class AssignForm(forms.Form):
    """Which courier of the centre."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["courier"] = forms.ModelChoiceField(boarding.courier_users(actor))

    @property
    def chosen(self) -> User:
        courier: User = self.cleaned_data["courier"]
        return courier
