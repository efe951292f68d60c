"""A command that was not done, with a code for the machine and a sentence for the person."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class CommandRefused(Exception):
    """The server did not do it. `close` ends the socket with that code after the answer."""

    def __init__(
        self, code: str, message: Sentence, *, retry_after: int | None = None, close: int = 0
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.close = close

    def fields(self) -> dict[str, Any]:
        """The refusal as the client reads it, in the language of whoever asks now."""
        fields: dict[str, Any] = {"code": self.code, "message": str(self.message)}
        if self.retry_after is not None:
            fields["retry_after"] = self.retry_after
        return fields


def malformed(message: Sentence) -> CommandRefused:
    return CommandRefused("malformed", message)


def not_found() -> CommandRefused:
    """The same answer for no such conversation and for somebody else's (R34)."""
    return CommandRefused("not_found", _("There is no such conversation."))


def rate_limited(wait: int) -> CommandRefused:
    return CommandRefused(
        "rate_limited",
        _("That was very fast. Please wait a moment and send it again."),
        retry_after=wait,
    )


def unavailable() -> CommandRefused:
    return CommandRefused(
        "unavailable",
        _("This could not be stored just now. Your words are kept: please send them again."),
    )
