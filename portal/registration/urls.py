from __future__ import annotations

from django.urls import include, path

from portal.registration.views import recognise, registrar, resident

registrar_pages = (
    [
        path("", registrar.tasks, name="tasks"),
        path("<uuid:pk>/", registrar.task, name="task"),
        path("<uuid:pk>/confirm/", registrar.confirm, name="confirm"),
        path("<uuid:pk>/reject/", registrar.reject, name="reject"),
    ],
    "registration",
)

urlpatterns = [
    path("accounts/login/birthday/", recognise.recognise, name="recognise"),
    path("accounts/real-name/", resident.real_name, name="real_name"),
    path("accounts/real-name/state/", resident.state, name="real_name_state"),
    path("accounts/real-name/again/", resident.take_back, name="real_name_again"),
    path("registrar/", include(registrar_pages)),
]
