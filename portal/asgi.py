"""Pages by Django, `/live/` by its own application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from django.conf import settings

from portal.realtime.consumer import live
from portal.realtime.door import SameOrigin
from portal.uploads import BodyLimit

application = ProtocolTypeRouter(
    {"http": BodyLimit(pages), "websocket": SameOrigin(live, settings.ALLOWED_ORIGINS)}
)
