"""Stripe through its official library: the one adapter of the cashier's port."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe

from portal.payment.gateway import (
    BadSignature,
    CheckoutState,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    OpenedCheckout,
    Order,
    PaymentState,
    RefundState,
)

Answer = TypeVar("Answer")
SECONDS = 10  # a page waits no longer than this for the cashier
LANGUAGES = {"zh-hans": "zh", "en": "en", "ru": "ru", "sk": "sk"}
LONGEST = 120  # of a name that the cashier gives
TROUBLE = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    stripe.APIError,
    # A key that is being replaced says nothing about the payment: ask again with the next one.
    stripe.AuthenticationError,
    stripe.PermissionError,
    # An answer without what the cashier documents is no answer.
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
FORGED = (
    stripe.SignatureVerificationError,
    ValueError,
    # What the library lets through for a non-ASCII signature, a signed list, and deep JSON.
    TypeError,
    AttributeError,
    RecursionError,
)


class StripeGateway:
    """Checkout Sessions, Refunds and signed webhooks; amounts in the currency's minor unit."""

    name = "stripe"

    def __init__(self, api_key: str, api_base: str, webhook_secrets: tuple[str, ...]) -> None:
        self.secrets = webhook_secrets
        addresses: Any = {"api": api_base} if api_base else {}
        self.client = stripe.StripeClient(
            api_key,
            base_addresses=addresses,
            max_network_retries=0,  # the outbox repeats, with the same idempotency key
            http_client=stripe.RequestsClient(timeout=SECONDS),
        )

    def open_checkout(self, order: Order) -> OpenedCheckout:
        params: Any = {
            "mode": "payment",
            "client_reference_id": str(order.invoice_id),
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "expires_at": int(order.expires_at.timestamp()),
            "locale": LANGUAGES.get(order.language, "auto"),
            "metadata": {"invoice": str(order.invoice_id), "checkout": str(order.key)},
            "payment_intent_data": {"metadata": {"invoice": str(order.invoice_id)}},
            "line_items": [_line(order)],
        }
        options: Any = {"idempotency_key": f"checkout-{order.key}"}
        return _ask(lambda: _opened(self.client.v1.checkout.sessions.create(params, options)))

    def checkout(self, ref: str) -> CheckoutState:
        return _ask(lambda: _checkout(self.client.v1.checkout.sessions.retrieve(ref)))

    def expire_checkout(self, ref: str) -> CheckoutState:
        """Close the page; one that was paid or closed meanwhile answers with that."""
        try:
            return _ask(lambda: _checkout(self.client.v1.checkout.sessions.expire(ref)))
        except GatewayRefused:
            return self.checkout(ref)

    def refund(self, payment_ref: str, amount_minor: int, key: uuid.UUID) -> RefundState:
        params: Any = {
            "payment_intent": payment_ref,
            "amount": amount_minor,
            "metadata": {"key": str(key)},
        }
        options: Any = {"idempotency_key": f"refund-{key}"}
        return _ask(lambda: _refund(self.client.v1.refunds.create(params, options)))

    def find_refund(self, payment_ref: str, key: uuid.UUID) -> RefundState | None:
        """A refund asked for earlier whose answer was lost; idempotency keys end after a day."""
        params: Any = {"payment_intent": payment_ref, "limit": 100}
        for refund in self._all(lambda: self.client.v1.refunds.list(params)):
            if _note(refund, "key") == str(key):
                return _refund(refund)
        return None

    def payments(self) -> Iterator[PaymentState]:
        params: Any = {"limit": 100}
        for intent in self._all(lambda: self.client.v1.payment_intents.list(params)):
            if intent.status == "succeeded":
                invoice = _note(intent, "invoice")
                yield PaymentState(
                    intent.id, intent.amount_received, intent.currency.upper(), invoice
                )

    def refunds(self) -> Iterator[RefundState]:
        params: Any = {"limit": 100}
        for refund in self._all(lambda: self.client.v1.refunds.list(params)):
            yield _refund(refund)

    def read_event(self, body: bytes, signature: str) -> Event:
        for secret in self.secrets:
            try:
                event = stripe.Webhook.construct_event(body, signature, secret)
                return Event(_name(event.id), _name(event.type), _name(event.data.object["id"]))
            except stripe.SignatureVerificationError:
                continue  # the next secret: both are valid while one is replaced
            except (*FORGED, KeyError) as error:
                raise BadSignature(type(error).__name__) from error
        raise BadSignature("signature")

    def _all(self, first: Callable[[], Any]) -> Iterator[Any]:
        page = _ask(first)
        while True:
            yield from page.data
            if not page.has_more:
                return
            page = _ask(page.next_page)


def _ask(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except TROUBLE as error:
        raise GatewayUnavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        raise GatewayRefused(error.code or type(error).__name__) from error


def _name(said: Any) -> str:
    """A name as the cashier gives them; anything else is not its own. Raises ValueError."""
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST:
        raise ValueError("not a name")
    if not (said.isascii() and said.isprintable()):
        raise ValueError("not a name")
    return said


def _ref(thing: Any) -> str:
    """The name of a thing that may stand there whole (an expandable object)."""
    if not thing:
        return ""
    return thing if isinstance(thing, str) else str(thing.id)


def _opened(session: Any) -> OpenedCheckout:
    ends = datetime.fromtimestamp(session.expires_at, UTC)
    return OpenedCheckout(session.id, session.url or "", ends)


def _line(order: Order) -> dict[str, Any]:
    product = {"name": order.title}
    price = {
        "currency": order.currency.lower(),
        "unit_amount": order.amount_minor,
        "product_data": product,
    }
    return {"price_data": price, "quantity": 1}


def _checkout(session: Any) -> CheckoutState:
    return CheckoutState(
        ref=session.id,
        status=session.status or "open",
        is_paid=session.payment_status == "paid",
        payment_ref=_ref(session.payment_intent),
        amount_minor=session.amount_total or 0,
        currency=(session.currency or "").upper(),
    )


def _refund(refund: Any) -> RefundState:
    status = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
    outcome = status.get(refund.status or "", "pending")
    return RefundState(refund.id, outcome, refund.amount, _note(refund, "key"))


def _note(thing: Any, name: str) -> str:
    """What we wrote on the thing when we made it."""
    return str(thing.metadata.to_dict().get(name, "")) if thing.metadata else ""
