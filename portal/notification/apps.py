from django.apps import AppConfig


class NotificationConfig(AppConfig):
    name = "portal.notification"

    def ready(self) -> None:
        from portal.notification import sending, urgent  # noqa: F401 (they register themselves)
