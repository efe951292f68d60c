"""Chen's money: a bill she has paid, what she asks back, a refund that did not go through."""

from __future__ import annotations

import uuid

import pytest

from portal.payment.models import Refund, RefundRequest
from tests.factories import money


@pytest.fixture
def paid(chen):
    invoice = money.paid_bill(money.bill(chen))
    line, receipt = invoice.lines.get(), invoice.receipts.get()
    asked = RefundRequest.objects.create(
        line=line, amount_minor=100, reason="asked", asked_by=chen.user
    )
    stuck = Refund.objects.create(
        key=uuid.uuid4(), receipt=receipt, amount_minor=100, reason="mistake", status="failed"
    )
    return {
        "paid_bill": invoice,
        "paid_line": line,
        "refund_request": asked,
        "stuck_refund": stuck,
    }
