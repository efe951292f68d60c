"""The cashier's own pages: pay, be declined, confirm with the bank, or go back."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from portal.sandbox.cashier.till import No

if TYPE_CHECKING:
    from portal.sandbox.cashier.server import Cashier

Answer = tuple[int, str, str]  # status, page, Location

ENGLISH = {
    "sandbox": "Sandbox cashier, no real money",
    "pay": "Pay",
    "decline": "Declined by the bank (trial)",
    "bank": "Asks the bank first (trial)",
    "confirm": "Bank check: confirm the payment",
    "back": "Go back without paying",
    "declined": "The bank said no. Nothing was charged. You can try again.",
    "closed": "This page is closed.",
}
CHINESE = {
    "sandbox": "沙盒收银台，不收真钱",
    "pay": "支付",
    "decline": "银行拒付（试用）",
    "bank": "需要银行验证（试用）",
    "confirm": "银行验证：确认支付",
    "back": "返回，不支付",
    "declined": "银行没有同意，没有扣款。可以再试一次。",
    "closed": "此页面已关闭。",
}
WORDS = {"zh": CHINESE}

STYLE = (
    "body{font:1.25rem/1.6 system-ui,'Noto Sans CJK SC',sans-serif;max-width:28rem;margin:0 auto;"
    "padding:1rem}button,a{display:block;box-sizing:border-box;inline-size:100%;font:inherit;"
    "padding:1rem;margin-block:.6rem;border-radius:.6rem;border:1px solid #595959;background:#fff;"
    "color:#111;text-align:center;text-decoration:none}button.main{background:#018942;"
    "color:#fff;border-color:#018942}strong{font-size:2rem}"
)


def answer(cashier: Cashier, method: str, path: str, body: str) -> Answer:
    if path == "/":
        return 200, _page(ENGLISH, _overview(cashier)), ""
    if found := re.fullmatch(r"/pay/(cs_test_\w+)", path):
        return _checkout(cashier, method, found[1], parse_qs(body).get("act", [""])[0])
    if method == "POST" and (found := re.fullmatch(r"/refunds/(re_\w+)/(succeeded|failed)", path)):
        with cashier.store.transaction():
            cashier.till.finish_refund(found[1], found[2])
        cashier.messenger.wake.set()
        return 303, "", "/"
    return 404, _page(ENGLISH, "<p>Not found.</p>"), ""


def _checkout(cashier: Cashier, method: str, ref: str, act: str) -> Answer:
    try:
        with cashier.store.transaction():
            session = cashier.till.session(ref)
            if method == "POST" and act in ("pay", "confirm"):
                session = cashier.till.pay(ref)
    except No:
        return 404, _page(ENGLISH, "<p>Not found.</p>"), ""
    words = WORDS.get(str(session["locale"]), ENGLISH)
    if session["status"] == "complete":
        cashier.messenger.wake.set()
        return 303, "", session["success_url"]
    if session["status"] == "expired":
        return 410, _page(words, f"<p>{words['closed']}</p>{_back(words, session)}"), ""
    note = f"<p role=alert>{words['declined']}</p>" if act == "decline" else ""
    return 200, _page(words, note + _form(words, session, act == "bank")), ""


def _form(words: dict[str, str], session: dict[str, Any], at_bank: bool) -> str:
    acts = ["confirm"] if at_bank else ["pay", "bank", "decline"]
    mark = {acts[0]: " class=main"}
    buttons = "".join(
        f"<button name=act value={act}{mark.get(act, '')}>{words[act]}</button>" for act in acts
    )
    amount = f"{session['amount_total'] / 100:.2f} {escape(session['currency'].upper())}"
    return (
        f"<h1>{escape(session['title'])}</h1><p><strong>{amount}</strong></p>"
        f"<form method=post>{buttons}</form>{_back(words, session)}"
    )


def _back(words: dict[str, str], session: dict[str, Any]) -> str:
    return f'<a href="{escape(session["cancel_url"], quote=True)}">{words["back"]}</a>'


def _overview(cashier: Cashier) -> str:
    rows = [
        f"<li>{escape(thing['id'])} {escape(thing['status'])} {thing['amount'] / 100:.2f}"
        + (_finish(thing["id"]) if thing["status"] == "pending" else "")
        for kind in ("payment_intent", "refund")
        for thing in cashier.store.newest(kind)[:50]
    ]
    return f"<h1>Cashier</h1><ul>{''.join(rows)}</ul>"


def _finish(ref: str) -> str:
    return "".join(
        f"<form method=post action=/refunds/{ref}/{status}><button>{status}</button></form>"
        for status in ("succeeded", "failed")
    )


def _page(words: dict[str, str], body: str) -> str:
    return (
        "<!doctype html><html><head><meta charset=utf-8><title>Cashier</title>"
        "<link rel=icon href='data:,'>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<style>{STYLE}</style></head><body><p>{words['sandbox']}</p>{body}</body></html>"
    )
