from django.apps import AppConfig


class FamilyDoctorConfig(AppConfig):
    name = "family_doctor"

    def ready(self) -> None:
        from family_doctor import receivers  # noqa: F401 (registers the kinds of news)
