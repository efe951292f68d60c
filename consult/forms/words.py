"""Free words, kept as written; blanks and invisible signs alone are not words."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms


class WordsField(forms.CharField):
    """Free words, kept as written; blanks and invisible signs alone are not words."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> str:
        words: str = super().clean(value)
        visible = any(unicodedata.category(sign)[0] not in "CZ" for sign in words)
        if words and not visible:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"])
            return ""
        return words
