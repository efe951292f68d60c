from typing import Any

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "portal.realtime"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from portal.accounts.signals import access_ended

        user_logged_out.connect(_signed_out, dispatch_uid="realtime.signed_out")
        access_ended.connect(_access_ended, dispatch_uid="realtime.access_ended")


def _signed_out(sender: Any, request: Any, **rest: Any) -> None:
    from portal.realtime import publish

    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        publish.end_session(session.session_key)


def _access_ended(sender: Any, user_id: Any, session_key: str, **rest: Any) -> None:
    from portal.realtime import publish
    from portal.realtime.limits import Close

    if session_key:
        publish.end_session(session_key)
    else:
        publish.end_person(user_id, Close.WITHDRAWN)
