"""The yardstick of P9: Django with sessions and users, and nothing else of ours."""

from tests.bench.settings import *

ROOT_URLCONF = "tests.bench.bare_application"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth does not start without it
]
