from django.apps import AppConfig


class ConsultConfig(AppConfig):
    name = "consult"

    def ready(self) -> None:
        from consult import live, receivers  # noqa: F401
