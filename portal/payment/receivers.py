"""What the outbox asks of the cashier: settle, close, pay back."""

from __future__ import annotations

from collections.abc import Callable

from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import Postponed, Refused
from portal.outbox.relaying import handles
from portal.payment import paying, refunding
from portal.payment.gateway import GatewayRefused, GatewayUnavailable
from portal.payment.kinds import register_kinds
from portal.payment.models import Checkout, Refund

register_kinds()


@handles("payment.settle")
def settle(message: OutboxMessage) -> None:
    row = Checkout.objects.get(pk=message.payload["checkout"])
    _tell(lambda: paying.settle(row))


@handles("payment.close")
def close(message: OutboxMessage) -> None:
    row = Checkout.objects.get(pk=message.payload["checkout"])
    _tell(lambda: paying.close(row))


@handles("payment.refund")
def refund(message: OutboxMessage) -> None:
    row = Refund.objects.select_related("receipt").get(pk=message.payload["refund"])
    _tell(lambda: refunding.pay_back(row))


def _tell(call: Callable[[], object]) -> None:
    try:
        call()
    except GatewayUnavailable as error:
        raise Postponed(str(error)) from error
    except GatewayRefused as error:
        raise Refused(str(error)) from error
