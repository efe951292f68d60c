"""What the invented cashier does: opens checkouts, takes money, gives it back, tells of it."""

from __future__ import annotations

import secrets
import time
from typing import Any

from portal.sandbox.cashier.store import Store

Thing = dict[str, Any]


class No(Exception):
    """A refusal in Stripe's own words."""

    def __init__(self, message: str, code: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class Till:
    """Amounts are whole minor units; nothing is paid out twice."""

    def __init__(self, store: Store, own_url: str) -> None:
        self.store, self.own_url = store, own_url

    def open(self, form: Thing) -> Thing:
        items = list(form.get("line_items", {}).values())
        if form.get("mode") != "payment" or not items:
            raise No("Missing required param: line_items.", "parameter_missing")
        price = items[0]["price_data"]
        ref = f"cs_test_{secrets.token_hex(16)}"
        return self.store.save({
            "id": ref, "object": "checkout.session", "mode": "payment", "status": "open",
            "payment_status": "unpaid", "amount_total": sum(_price(item) for item in items),
            "currency": price["currency"], "client_reference_id": form.get("client_reference_id"),
            "payment_intent": None, "metadata": form.get("metadata", {}),
            "success_url": form["success_url"],
            "cancel_url": form.get("cancel_url", form["success_url"]),
            "expires_at": _whole(form.get("expires_at", int(time.time()) + 86400)),
            "created": int(time.time()), "livemode": False, "url": f"{self.own_url}/pay/{ref}",
            "title": price["product_data"]["name"], "locale": form.get("locale", "auto"),
            "intent_metadata": form.get("payment_intent_data", {}).get("metadata", {}),
        })  # fmt: skip

    def session(self, ref: str) -> Thing:
        session = self._get(ref, "checkout.session")
        if session["status"] == "open" and session["expires_at"] <= time.time():
            session = self._end(session)
        return session

    def expire(self, ref: str) -> Thing:
        session = self.session(ref)
        if session["status"] != "open":
            raise No(f"This Session is {session['status']}.", "resource_already_settled")
        return self._end(session)

    def pay(self, ref: str) -> Thing:
        """The resident pays: once, whatever the number of taps."""
        session = self.session(ref)
        if session["status"] != "open":
            return session
        intent = self.store.save({
            "id": f"pi_{secrets.token_hex(12)}", "object": "payment_intent", "status": "succeeded",
            "amount": session["amount_total"], "amount_received": session["amount_total"],
            "currency": session["currency"], "metadata": session["intent_metadata"],
            "created": int(time.time()), "livemode": False,
        })  # fmt: skip
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        session = self.store.save(session | {"payment_intent": intent["id"]})
        self.tell("payment_intent.succeeded", intent)
        self.tell("checkout.session.completed", session)
        return session

    def refund(self, form: Thing) -> Thing:
        intent = self._get(form.get("payment_intent", ""), "payment_intent")
        given = sum(r["amount"] for r in self.refunds(intent["id"]) if r["status"] != "failed")
        left = intent["amount_received"] - given
        amount = _whole(form.get("amount", left))
        if not 0 < amount <= left:
            raise No("Refund amount is greater than unrefunded amount.", "charge_already_refunded")
        waits = self.store.switches()["refunds_pending"]
        refund = self.store.save({
            "id": f"re_{secrets.token_hex(12)}", "object": "refund", "amount": amount,
            "currency": intent["currency"], "payment_intent": intent["id"],
            "status": "pending" if waits else "succeeded", "metadata": form.get("metadata", {}),
            "created": int(time.time()),
        })  # fmt: skip
        self.tell("refund.created", refund)
        return refund

    def finish_refund(self, ref: str, status: str) -> Thing:
        refund = self._get(ref, "refund")
        if refund["status"] == "pending":
            refund = self.store.save(refund | {"status": status})
            self.tell("refund.updated", refund)
        return refund

    def refunds(self, intent: str) -> list[Thing]:
        return [r for r in self.store.newest("refund") if r["payment_intent"] == intent]

    def tell(self, kind: str, thing: Thing) -> None:
        event = self.store.save({
            "id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": kind,
            "created": int(time.time()), "api_version": "2026-01-01", "livemode": False,
            "pending_webhooks": 1, "request": {"id": None}, "data": {"object": thing},
        })  # fmt: skip
        copies = 2 if self.store.switches()["duplicate"] else 1
        for _ in range(copies):
            self.store.rows("insert into delivery (event, due) values (?, ?)", event["id"], 0)

    def _end(self, session: Thing) -> Thing:
        session = self.store.save(session | {"status": "expired", "url": None})
        self.tell("checkout.session.expired", session)
        return session

    def _get(self, ref: str, kind: str) -> Thing:
        thing = self.store.get(ref)
        if thing is None or thing["object"] != kind:
            raise No(f"No such {kind}: '{ref[:40]}'", "resource_missing", 404)
        return thing


def _price(item: Thing) -> int:
    return _whole(item["price_data"]["unit_amount"]) * _whole(item.get("quantity", 1))


def _whole(value: Any) -> int:
    if not str(value).isdigit():
        raise No(f"Invalid integer: {str(value)[:20]}", "parameter_invalid_integer")
    return int(value)
