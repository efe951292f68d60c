from __future__ import annotations

from django.urls import path

from portal.his import views

app_name = "his"
urlpatterns = [
    path("questions/", views.open_questions, name="questions"),
    path("questions/<int:pk>/answer/", views.answer, name="answer"),
    path("undelivered/<int:pk>/mapping/", views.edit_mapping, name="mapping"),
]
