from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "portal.record"

    def ready(self) -> None:
        from portal.record import kinds, receivers  # noqa: F401
