from portal.payment.models.asking import RefundRequest
from portal.payment.models.difference import BookDifference
from portal.payment.models.insurance import Coverage, InsuranceAgreement, ShareRate
from portal.payment.models.invoice import ChargeItem, Invoice
from portal.payment.models.money import Checkout, Receipt, Refund, RefundLine, WebhookReceipt
from portal.payment.models.price import CounterPrice

__all__ = [
    "BookDifference",
    "ChargeItem",
    "Checkout",
    "CounterPrice",
    "Coverage",
    "InsuranceAgreement",
    "Invoice",
    "Receipt",
    "Refund",
    "RefundLine",
    "RefundRequest",
    "ShareRate",
    "WebhookReceipt",
]
