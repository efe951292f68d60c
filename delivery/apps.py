from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "delivery"

    def ready(self) -> None:
        """The delivery learns what was packed, and what it may say."""
        from delivery import kinds, receivers  # noqa: F401 (connects them)

        kinds.register_kinds()
