from __future__ import annotations

from django.urls import path

from portal.payment import views

app_name = "payment"
urlpatterns = [
    path("webhook/stripe/", views.webhook, name="webhook"),
    path("invoices/<uuid:pk>/", views.bill, name="bill"),
    path("invoices/<uuid:pk>/pay/", views.pay, name="pay"),
    path("invoices/<uuid:pk>/leave/", views.leave, name="leave"),
    path("invoices/<uuid:pk>/return/", views.returned, name="return"),
    path("invoices/<uuid:pk>/receipt/", views.receipt, name="receipt"),
]
