from django.apps import AppConfig


class NotificationConfig(AppConfig):
    name = "portal.notification"
