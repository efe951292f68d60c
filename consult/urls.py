from __future__ import annotations

from django.urls import path

from consult.views import conversation

app_name = "consult"

urlpatterns = [
    path("encounters/<uuid:pk>/say/", conversation.say, name="say"),
    path("encounters/<uuid:pk>/messages/", conversation.messages, name="messages"),
    path(
        "encounters/<uuid:pk>/messages/<int:seq>/withdraw/", conversation.withdraw, name="withdraw"
    ),
]
