from django.apps import AppConfig


class RefillConfig(AppConfig):
    name = "refill"

    def ready(self) -> None:
        """The counter learns of signatures and of money."""
        from refill import kinds, receivers  # noqa: F401 (connects them)

        kinds.register_kinds()
