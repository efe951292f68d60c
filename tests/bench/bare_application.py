"""One page that knows who asks and puts as many questions to the database as the home page."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.bare")

import django

django.setup()

from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path

from portal.accounts.models import User

QUESTIONS = int(os.environ.get("BARE_QUESTIONS", "2"))


def page(request):
    """Two questions are asked for the session and the user; the rest are plain look-ups."""
    name = str(request.user)
    for _ in range(QUESTIONS - 2):
        list(User.objects.filter(pk=request.user.pk).values_list("pk", flat=True))
    return HttpResponse(f"<!doctype html><title>{name}</title><h1>{name}</h1>")


urlpatterns = [path("", page)]
application = get_asgi_application()
