"""Sign-in codes: sent at once, beside the queue and never through it, and kept nowhere."""

from __future__ import annotations

import logging
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts import signals
from portal.notification import telephone
from portal.outbox.outcomes import Postponed, Refused
from portal.secrecy import unseal

log = logging.getLogger(__name__)
PAUSES = (0.0, 1.0, 3.0)  # seconds before each try; after the last the person asks again
senders = ThreadPoolExecutor(max_workers=4, thread_name_prefix="code")


@receiver(signals.code_asked)
def send_code(phone: str, code: str, language: str, **_kwargs: Any) -> None:
    """Send six digits from a thread of their own as soon as the request has committed."""
    transaction.on_commit(lambda: submit(phone, code, language))


def submit(phone: str, code: str, language: str) -> Future[bool]:
    """Start sending; the future says whether the gateway took it."""
    return senders.submit(_send, phone, code, language)


def _send(phone: str, code: str, language: str) -> bool:
    key, text = uuid.uuid4(), _words(unseal(code), language)
    for pause in PAUSES:
        time.sleep(pause)
        try:
            telephone.send(unseal(phone), text, key)
        except Postponed as reason:
            log.warning("sign-in code not sent yet: %s", reason)
        except Refused as reason:
            log.error("sign-in code refused by the gateway: %s", reason)
            return False
        else:
            return True
    log.error("sign-in code given up")
    return False


def _words(code: str, language: str) -> str:
    with translation.override(language or settings.LANGUAGE_CODE):
        return _(
            "Community internet hospital: tell this code to nobody. Your sign-in code is %(code)s"
        ) % {"code": code}
