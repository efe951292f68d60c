from django.apps import AppConfig


class PaymentConfig(AppConfig):
    name = "portal.payment"

    def ready(self) -> None:
        """The outbox learns who speaks to the cashier."""
        from portal.payment import receivers  # noqa: F401
