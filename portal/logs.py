"""Log lines: one fact a line, as JSON, with what names a person taken out (I14, R118)."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

#: An identity number, a telephone number, an e-mail address, a session or signing token.
PERSONAL = re.compile(
    r"\b\d{6}(?:19|20)\d{9}[\dXx]\b|(?<![\w-])\+?\d[\d ]{9,14}\d(?![\w-])|[\w.+-]+@[\w-]+\.[\w.]+"
)
SECRET_FIELDS = {"password", "code", "phone", "id_number", "token", "sessionid", "text", "payload"}
HIDDEN = "[hidden]"


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Hide what could name a person or open a door, in every value of the line."""
    return {
        name: HIDDEN if name in SECRET_FIELDS else _clean(value) for name, value in event.items()
    }


def _clean(value: Any) -> Any:
    return PERSONAL.sub(HIDDEN, value) if isinstance(value, str) else value


def formatter(*, plain: bool = False) -> logging.Formatter:
    """For `LOGGING`: lines of the standard library and of structlog alike.

    `plain` is for a person at a terminal; an exception then takes several lines.
    """
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            _in_words if plain else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _in_words(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    words = [event.pop(name, "") for name in ("timestamp", "level", "logger", "event")]
    trace = event.pop("exception", "")
    line = " ".join([*map(str, words), *(f"{name}={value}" for name, value in event.items())])
    return f"{line}\n{trace}".rstrip()
