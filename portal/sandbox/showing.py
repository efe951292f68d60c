"""Pages of the sandbox: Django's escaping templates, the reader's language, no script."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.translation.trans_real import parse_accept_lang_header

from portal.sandbox.serving import Answer, Request

HTML = "text/html; charset=utf-8"
STYLE = Path(__file__).parent / "data" / "sandbox.css"
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"


def page(request: Request, template: str, status: int = 200, **words: Any) -> Answer:
    """One page of the sandbox in the reader's language."""
    with translation.override(_language(request)):
        text = render_to_string(f"sandbox/{template}.html", words)
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    return Answer(status, text.encode(), HTML, headers)


def style() -> Answer:
    return Answer(200, STYLE.read_bytes(), "text/css; charset=utf-8")


def back(request: Request, form: dict[str, str], default: str = "/") -> Answer:
    """To the page the form was on; only ever a page of this server."""
    wanted = urlsplit(form.get("back", default))
    safe = wanted.path.startswith("/") and not wanted.path.startswith("//") and not wanted.netloc
    query = f"?{wanted.query}" if wanted.query and safe else ""
    return Answer(303, headers={"Location": iri_to_uri((wanted.path if safe else default) + query)})


def fields(text: str) -> dict[str, str]:
    """The fields of a form or of an address; a doubled field keeps its last value."""
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))


def _language(request: Request) -> str:
    known = {code for code, _ in settings.LANGUAGES}
    for wish, _ in parse_accept_lang_header(request.header("accept-language")[:500]):
        match = "zh-hans" if wish.startswith("zh") else wish.split("-")[0]
        if match in known:
            return match
    return settings.LANGUAGE_CODE
