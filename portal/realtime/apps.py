from typing import Any

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "portal.realtime"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from portal.accounts.signals import rights_changed, session_ended

        user_logged_out.connect(_signed_out, dispatch_uid="realtime.signed_out")
        session_ended.connect(_session_ended, dispatch_uid="realtime.session_ended")
        rights_changed.connect(_rights_changed, dispatch_uid="realtime.rights_changed")


def _signed_out(sender: Any, request: Any, **rest: Any) -> None:
    from portal.realtime import publish

    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        publish.end_session(session.session_key)


def _session_ended(sender: Any, session_key: str, **rest: Any) -> None:
    from portal.realtime import publish

    publish.end_session(session_key)


def _rights_changed(sender: Any, user_id: Any, **rest: Any) -> None:
    from portal.realtime import publish
    from portal.realtime.limits import Close

    publish.end_person(user_id, Close.WITHDRAWN)
