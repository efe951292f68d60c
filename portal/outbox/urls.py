from __future__ import annotations

from django.urls import path

from portal.outbox import views

app_name = "outbox"
urlpatterns = [
    path("undelivered/", views.undelivered, name="undelivered"),
    path("undelivered/<int:pk>/retry/", views.retry, name="retry"),
    path("undelivered/<int:pk>/discard/", views.discard, name="discard"),
]
