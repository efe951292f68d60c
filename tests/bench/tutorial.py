"""The stack of the tutorials: a Redis channel layer, a group a room, the ORM for every message.

Kept as a team would first write it: correct (numbered under a lock, stored before it is
acknowledged), without any of the short cuts of our own socket.
"""

import json
import os
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")

import django

django.setup()

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consult.models import Communication, Encounter

# redis-py 8 allows 100 connections and ends idle ones after 5 s unless told otherwise.
HOST = {"address": settings.REDIS_URL, "socket_timeout": None, "max_connections": 10_000}
settings.CHANNEL_LAYERS["default"] = {
    "BACKEND": "channels_redis.core.RedisChannelLayer",
    "CONFIG": {"hosts": [HOST]},
}


class Chat(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        frame = json.loads(text_data)
        if frame["type"] == "consult.open":
            self.room = frame["encounter"]
            await self.channel_layer.group_add(f"room_{self.room}", self.channel_name)
            await self.answer({"type": "ok", "id": frame["id"]})
            return
        message = await self.save(frame)
        await self.channel_layer.group_send(
            f"room_{self.room}", {"type": "chat.message", "message": message}
        )
        await self.answer({"type": "ok", "id": frame["id"], "seq": message["seq"]})

    async def answer(self, fields):
        await self.send(json.dumps(fields, separators=(",", ":")))

    @database_sync_to_async
    def save(self, frame):
        with transaction.atomic():
            encounter = Encounter.objects.select_for_update().get(pk=frame["encounter"])
            encounter.last_seq += 1
            encounter.save(update_fields=["last_seq"])
            message = Communication.objects.create(
                encounter=encounter, seq=encounter.last_seq, sent=timezone.now(),
                client_id=uuid.UUID(frame["client_id"]), author_kind="resident",
                text=frame["text"], fingerprint="",
            )  # fmt: skip
        return {"type": "consult.message", "seq": message.seq, "client_id": frame["client_id"]}

    async def chat_message(self, event):
        await self.answer(event["message"])


application = ProtocolTypeRouter({"websocket": SessionMiddlewareStack(Chat.as_asgi())})
