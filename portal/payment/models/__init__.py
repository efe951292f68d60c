from portal.payment.models.invoice import ChargeItem, Invoice
from portal.payment.models.money import Checkout, Receipt, Refund, RefundLine, WebhookReceipt

__all__ = [
    "ChargeItem",
    "Checkout",
    "Invoice",
    "Receipt",
    "Refund",
    "RefundLine",
    "WebhookReceipt",
]
