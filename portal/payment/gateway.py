"""The port to a cashier: what the portal asks, in its own words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class GatewayUnavailable(Exception):
    """The cashier did not answer, or its answer was lost: ask again with the same key."""


class GatewayRefused(Exception):
    """The cashier said no; asking again changes nothing."""


class BadSignature(Exception):
    """An event that does not come from the cashier."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid: amount in minor units, a title without any clinical word (R99)."""

    key: uuid.UUID
    invoice_id: uuid.UUID
    amount_minor: int
    currency: str
    title: str
    language: str
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedCheckout:
    ref: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CheckoutState:
    """`status` open | complete | expired; `payment_ref` once money has moved."""

    ref: str
    status: str
    is_paid: bool
    payment_ref: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundState:
    """`status` pending | succeeded | failed."""

    ref: str
    status: str
    amount_minor: int
    key: str


@dataclass(frozen=True, slots=True)
class PaymentState:
    """One captured payment in the gateway's books."""

    ref: str
    amount_minor: int
    currency: str
    invoice_id: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at the gateway; only its name is believed, the rest is fetched."""

    id: str
    kind: str
    object_ref: str


class Gateway(Protocol):
    """Every call may raise GatewayUnavailable or GatewayRefused, and nothing else."""

    name: str

    def open_checkout(self, order: Order) -> OpenedCheckout: ...

    def checkout(self, ref: str) -> CheckoutState: ...

    def expire_checkout(self, ref: str) -> CheckoutState: ...

    def refund(self, payment_ref: str, amount_minor: int, key: uuid.UUID) -> RefundState: ...

    def find_refund(self, payment_ref: str, key: uuid.UUID) -> RefundState | None: ...

    def payments(self) -> Iterator[PaymentState]: ...

    def refunds(self) -> Iterator[RefundState]: ...

    def read_event(self, body: bytes, signature: str) -> Event:
        """The event of a webhook. Raises BadSignature for anything not the gateway's own."""
        ...
