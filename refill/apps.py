from django.apps import AppConfig


class RefillConfig(AppConfig):
    name = "refill"
