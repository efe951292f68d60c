from __future__ import annotations

from django.urls import path

from portal.notification import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.all_read, name="notices_read"),
    path("notices/<uuid:pk>/", views.opened, name="notice"),
]
