from django.apps import AppConfig


class NotificationConfig(AppConfig):
    name = "portal.notification"

    def ready(self) -> None:
        from portal.notification import urgent  # noqa: F401 (hears who asks for a code)
