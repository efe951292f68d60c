from __future__ import annotations

from django.urls import path

from portal.payment.views import manager, resident, status, webhook

app_name = "payment"
LEDGER = "manager/"
urlpatterns = [
    path("webhook/stripe/", webhook.webhook, name="webhook"),
    path("", resident.bills, name="bills"),
    path("invoices/<uuid:pk>/", resident.bill, name="bill"),
    path("invoices/<uuid:pk>/pay/", resident.pay, name="pay"),
    path("invoices/<uuid:pk>/leave/", resident.leave, name="leave"),
    path("invoices/<uuid:pk>/return/", resident.returned, name="return"),
    path("invoices/<uuid:pk>/receipt/", resident.receipt, name="receipt"),
    path("lines/<uuid:pk>/ask-back/", resident.ask_back, name="ask_back"),
    path("invoices/<uuid:pk>/status/", status.status, name="status"),
    path(LEDGER, manager.ledger, name="ledger"),
    path(LEDGER + "invoices/<uuid:pk>/", manager.ledger_bill, name="ledger_bill"),
    path(LEDGER + "lines/<uuid:pk>/waive/", manager.waive, name="waive"),
    path(LEDGER + "lines/<uuid:pk>/refund/", manager.refund, name="refund"),
    path(LEDGER + "requests/<uuid:pk>/agree/", manager.agree, name="agree"),
    path(LEDGER + "requests/<uuid:pk>/decline/", manager.decline, name="decline"),
    path(LEDGER + "refunds/<uuid:pk>/retry/", manager.retry, name="retry"),
    path(LEDGER + "differences/", manager.differences, name="differences"),
]
