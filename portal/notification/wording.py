"""A notice in the words of the person who reads it, with times in the centre's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone, translation

from portal.notification.kinds import KINDS, Kind, Words
from portal.notification.models import Notification

MOMENTS = ("when", "until")


def payload(notice: Notification, language: str = "") -> dict[str, str]:
    """What the page shows: title, text and, where there is one, a link."""
    kind = KINDS[notice.kind]
    words = {
        "title": _said(notice, kind.title, language),
        "text": _said(notice, kind.body, language),
    }
    link = url(notice, kind)
    return {**words, "url": link} if link else words


def sms(notice: Notification) -> str:
    """The text message: short, who and what to do."""
    return _said(notice, KINDS[notice.kind].sms, notice.user.language)


def url(notice: Notification, kind: Kind) -> str:
    """The page that the notice leads to, or nothing."""
    if not kind.url:
        return ""
    name, *ids = kind.url
    try:
        return reverse(name, args=[notice.context[key] for key in ids])
    except NoReverseMatch:
        return ""  # the page of an older release is gone; the words still stand


def _said(notice: Notification, words: Words, language: str) -> str:
    with translation.override(language or settings.LANGUAGE_CODE):
        return str(words).format_map({k: _shown(notice, k, v) for k, v in notice.context.items()})


def _shown(notice: Notification, name: str, value: Any) -> str:
    if name not in MOMENTS:
        return str(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:  # a day, not a moment
        return formats.date_format(moment, "DATE_FORMAT")
    centre = notice.user.organization
    local = timezone.localtime(moment, centre.zone) if centre else moment
    return formats.date_format(local, "DATETIME_FORMAT")
