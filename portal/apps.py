from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Every service may hang its cards in the hall: its `worklist.py` is read once."""
        from portal import checks  # noqa: F401 - registers itself

        autodiscover_modules("worklist")
