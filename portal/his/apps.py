from django.apps import AppConfig


class HisConfig(AppConfig):
    name = "portal.his"

    def ready(self) -> None:
        from portal.his import sending  # noqa: F401 - registers what is sent
