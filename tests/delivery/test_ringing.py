"""The courier rings through a lent number: nobody sees the other's, and it ends with the parcel."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from delivery import dispatch, receivers, returning
from delivery.models import CallNumber, Courier
from portal.notification import lending
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import Postponed

LENT = "+8617000000001"


@pytest.fixture
def exchange(settings, monkeypatch, carrier):
    """A relay that lends one number, and what it was asked."""
    settings.RELAY_BASE_URL = "http://127.0.0.1:1/relays"
    asked = []

    def lend(key, caller, callee, until):
        asked.append(("lend", key, caller, callee))
        return LENT

    monkeypatch.setattr(lending, "lend", lend)
    monkeypatch.setattr(lending, "take_back", lambda key: asked.append(("take back", key)))
    Courier.objects.filter(pk=carrier.pk).update(phone="+8613900008001")
    return asked


@pytest.fixture
def relayed():
    """The outbox sends what is due of the relay, in order."""

    def now():
        sent = {"relay.lend": receivers.lend_a_number, "relay.withdraw": receivers.withdraw_the_number}  # fmt: skip  # noqa: E501
        for message in OutboxMessage.objects.filter(kind__in=sent, state="pending").order_by("pk"):
            sent[message.kind](message)
            message.state = "done"
            message.save()

    return now


def page(client, row):
    return client.get(reverse("delivery:courier_parcel", args=[row.pk])).content.decode()


def test_the_button_dials_the_lent_number_and_nothing_else(
    as_person, exchange, relayed, actor, wu, parcel
):
    dispatch.claim(actor(wu), parcel)
    relayed()
    text = page(as_person(wu), parcel)
    assert "tel:+8617000000001" in text and "13800001001" not in text
    ((what, _key, caller, callee),) = exchange
    assert (what, caller, callee) == ("lend", "+8613900008001", parcel.choice.phone)


def test_until_the_relay_answers_the_centre_connects_them(as_person, exchange, actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    text = page(as_person(wu), parcel)
    assert "Call the centre" in text and f"say the number {parcel.number}" in text


def test_it_ends_when_the_parcel_leaves_the_courier(exchange, relayed, out, confirm):
    relayed()
    confirm(out, code=out.code)
    relayed()
    (row,) = CallNumber.objects.all()
    assert row.withdrawn_at is not None
    assert [what for what, *_rest in exchange] == ["lend", "take back"]
    assert exchange[0][1] == exchange[1][1] == row.pk


@pytest.mark.parametrize("way", ["lost", "given back", "called back and received"])
def test_however_it_leaves(exchange, relayed, actor, wu, sun, parcel, set_out, way):
    if way == "given back":
        row = dispatch.claim(actor(wu), parcel)
        dispatch.release(actor(wu), row)
    elif way == "lost":
        returning.lose(actor(wu), set_out(parcel))
    else:
        row = returning.call_back(actor(sun), set_out(parcel))
        assert CallNumber.objects.get().withdrawn_at is None
        returning.receive(actor(sun), row, seal_intact=True)
    assert not CallNumber.objects.filter(withdrawn_at=None).exists()


def test_the_next_courier_gets_another_number(
    exchange, relayed, actor, gao, wu, other_courier, parcel
):
    Courier.objects.filter(user=other_courier).update(phone="+8613900008002")
    dispatch.claim(actor(wu), parcel)
    dispatch.reassign(actor(gao), parcel, other_courier)
    relayed()
    mine = CallNumber.objects.get(withdrawn_at=None)
    assert mine.courier == other_courier
    # The first was withdrawn before the relay was asked: it was never lent.
    assert [what for what, *_rest in exchange] == ["take back", "lend"]


def test_a_silent_relay_is_asked_again(exchange, monkeypatch, actor, wu, parcel):
    def silent(*_asked):
        raise Postponed("ConnectError")

    dispatch.claim(actor(wu), parcel)
    monkeypatch.setattr(lending, "lend", silent)
    with pytest.raises(Postponed):
        receivers.lend_a_number(OutboxMessage.objects.get(kind="relay.lend"))
    assert CallNumber.objects.get().number == ""


def test_without_a_relay_nothing_is_asked(actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    assert CallNumber.objects.count() == 0


def test_a_kept_page_changes_when_the_number_comes(as_person, exchange, relayed, actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    client, run = as_person(wu), reverse("delivery:run_pages")
    before = client.get(run).json()["pages"][-1]
    relayed()
    after = client.get(run).json()["pages"][-1]
    assert before["url"] == after["url"] and before["version"] != after["version"]


def test_a_parcel_has_one_open_number(exchange, actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    row = CallNumber.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CallNumber.objects.create(parcel=parcel, courier=wu, until=row.until)
