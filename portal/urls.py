from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from portal import health, pages

handler400 = "portal.pages.unreadable"
handler429 = "portal.pages.too_many"  # asked for by allauth
handler500 = "portal.pages.server_error"

urlpatterns = [
    path("", pages.landing, name="landing"),
    path("home/", pages.home, name="home"),
    path("preferences/", pages.preferences, name="preferences"),
    path("help/", pages.help_page, name="help"),
    path("privacy/", pages.privacy, name="privacy"),
    path("offline/", pages.offline, name="offline"),
    path("too-large/", pages.too_large, name="too_large"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    path("service-worker.js", pages.service_worker, name="service_worker"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("portal.accounts.urls")),
    path("", include("portal.registration.urls")),
    path("", include("portal.notification.urls")),
    path("", include("portal.outbox.urls")),
    path("his/", include("portal.his.urls")),
    path("payment/", include("portal.payment.urls")),
    path("refill/", include("refill.urls")),
    path("delivery/", include("delivery.urls")),
    path("consult/", include("consult.urls")),
    path("family-doctor/", include("family_doctor.urls")),
    path("admin/", admin.site.urls),
]
