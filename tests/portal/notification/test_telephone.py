"""Text messages reach the gateway once, within a deadline; codes go beside the queue."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
import time_machine
from django.utils.translation import gettext_lazy as _

from portal.accounts.codes import seal
from portal.notification import kinds, sending, telephone, urgent
from portal.notification.notifying import notify
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import Postponed, Refused

TRICKLE_S = 10.0


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(json.loads(body))
        status = self.server.answers.pop(0) if self.server.answers else 201
        if status == "trickle":
            self.trickle()
            return
        self.send_response(status)
        self.end_headers()

    def trickle(self):
        """One byte at a time: every read is quick, the whole never ends."""
        try:
            for letter in ("HTTP/1.1 200 OK" + "x" * 200)[: int(TRICKLE_S / 0.05)]:
                self.wfile.write(letter.encode())
                self.wfile.flush()
                if self.server.stopped.wait(0.05):
                    return
        except OSError:
            return

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.messages, server.answers, server.stopped = [], [], threading.Event()
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/messages"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(urgent, "PAUSES", (0.0, 0.0, 0.0))


def test_a_message_carries_its_key(gateway):
    key = uuid4()
    telephone.send("+8613800000001", "Hello", key)
    assert gateway.messages == [{"to": "+8613800000001", "text": "Hello", "key": str(key)}]


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, 302])
def test_a_gateway_in_trouble_is_asked_again_later(gateway, status):
    gateway.answers.append(status)
    with pytest.raises(Postponed):
        telephone.send("+8613800000001", "Hello", uuid4())


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_no_is_a_no(gateway, status):
    gateway.answers.append(status)
    with pytest.raises(Refused):
        telephone.send("+8613800000001", "Hello", uuid4())


def test_nobody_at_home_is_asked_again_later(settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/messages"
    with pytest.raises(Postponed):
        telephone.send("+8613800000001", "Hello", uuid4())


def test_a_trickling_answer_ends_at_the_deadline(gateway, monkeypatch):
    monkeypatch.setattr(telephone, "DEADLINE", 0.3)
    gateway.answers.append("trickle")
    began = time.monotonic()
    with pytest.raises(Postponed):
        telephone.send("+8613800000001", "Hello", uuid4())
    assert time.monotonic() - began < TRICKLE_S / 2


def test_a_code_is_sent_at_once(gateway):
    assert urgent.submit(seal("+8613800000001"), seal("123456"), "en").result(10)
    message = gateway.messages[0]
    assert message["to"] == "+8613800000001"
    assert message["text"].endswith("123456")


def test_a_code_is_tried_again_with_the_same_key(gateway, no_pauses, caplog):
    gateway.answers += [503, 503]
    assert urgent.submit(seal("+8613800000001"), seal("123456"), "en").result(10)
    assert len(gateway.messages) == 3
    assert len({message["key"] for message in gateway.messages}) == 1
    assert "123456" not in caplog.text
    assert "13800000001" not in caplog.text


def test_a_code_is_given_up_after_three_tries(gateway, no_pauses):
    gateway.answers += [503, 503, 503]
    assert not urgent.submit(seal("+8613800000001"), seal("123456"), "en").result(10)
    assert len(gateway.messages) == 3


@pytest.mark.django_db
def test_a_code_waits_for_no_message_of_the_queue(browser_asks, gateway):
    assert not OutboxMessage.objects.exists()
    assert len(gateway.messages) == 1


@pytest.fixture
def browser_asks(client, gateway, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    submit = urgent.submit
    monkeypatch.setattr(urgent, "submit", lambda *args: sent.append(submit(*args)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/login/", {"phone": "13812345678"})
    assert sent[0].result(10)


@pytest.mark.django_db
def test_a_notice_is_sent_in_the_persons_language(chen, gateway):
    kinds.register(kinds.Kind("test-sms", _("Notices"), _("Notices"), _("{centre}: notices")))
    chen.user.phone = "+8613800000001"
    chen.user.save()
    notify(chen.user, "test-sms", centre="Yanghang")
    message = OutboxMessage.objects.get()
    sending.send_sms(message)
    assert gateway.messages[0]["text"] == "Yanghang: notices"
    assert gateway.messages[0]["key"] == str(message.key)
    del kinds.KINDS["test-sms"]


@pytest.mark.django_db
def test_what_waited_half_a_day_floods_nobody(chen, gateway):
    kinds.register(kinds.Kind("test-old", _("Notices"), _("Notices"), _("{centre}: notices")))
    chen.user.phone = "+8613800000001"
    chen.user.save()
    with time_machine.travel("2026-03-08 08:00"):
        notify(chen.user, "test-old", centre="Yanghang")
    with time_machine.travel("2026-03-08 21:00"):
        sending.send_sms(OutboxMessage.objects.get())
    assert gateway.messages == []
    del kinds.KINDS["test-old"]
