from __future__ import annotations

from django.urls import path

from family_doctor.views import doctor, resident

app_name = "family_doctor"

urlpatterns = [
    # residents
    path("", resident.contract, name="contract"),
    path("teams/", resident.teams, name="teams"),
    path("teams/<uuid:pk>/", resident.team, name="team"),
    path("<uuid:pk>/withdraw/", resident.withdraw, name="withdraw"),
    # doctors
    path("requests/", doctor.requests, name="requests"),
    path("requests/<uuid:pk>/accept/", doctor.accept, name="accept"),
    path("requests/<uuid:pk>/decline/", doctor.decline, name="decline"),
]
