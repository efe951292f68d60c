"""A returned prescription that is signed anew: the hospital never holds both versions."""

from __future__ import annotations

import pytest

from portal.his import connecting
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import relay_due
from portal.record import prescribing, signing
from refill import reviewing
from tests.contract.fake_his import FakeHis
from tests.factories.record import medicine, often
from tests.portal.record.conftest import PASSWORD, session_of


@pytest.fixture
def his(monkeypatch, chen):
    fake = FakeHis()
    monkeypatch.setattr("portal.his.sending.connect", lambda centre: fake)
    yield fake
    connecting.forget()


def signed_anew(doctor, dr_li, prescription):
    """Another dose, signed again."""
    draft = prescribing.revise(doctor, prescription)
    prescribing.remove_line(doctor, draft, draft.lines.get().pk)
    prescribing.add_line(
        doctor, draft, medicine("Amlodipine"), 2, often("qd"), 28, days_reason="stable"
    )
    key = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    return prescribing.sign(doctor, draft, key)


def living(his):
    return [order["line"].dose for order in his.orders.values() if order["status"] == "active"]


def relay():
    for _round in range(4):
        relay_due()


def test_what_the_pharmacist_returns_is_taken_back_in_the_hospital(his, actor, pharmacist, review):
    relay()
    assert living(his) == [1.0]
    reviewing.return_(actor(pharmacist), review, [], "the dose is too low")
    relay()
    assert living(his) == []


def test_what_the_pharmacist_refuses_is_taken_back_too(his, actor, pharmacist, review):
    relay()
    reviewing.refuse(actor(pharmacist), review, [], "not with this kidney")
    relay()
    assert living(his) == []


@pytest.mark.parametrize("was_sent", [True, False])
def test_signed_anew_the_hospital_holds_the_new_version_alone(
    his, actor, dr_li, pharmacist, prescription, review, was_sent
):
    if was_sent:
        relay()
    reviewing.return_(actor(pharmacist), review, [], "the dose is too low")
    prescription.refresh_from_db()
    signed_anew(actor(dr_li), dr_li, prescription)
    relay()
    assert living(his) == [2.0]
    assert not OutboxMessage.objects.exclude(state="done").exists()
    groups = {order["group"] for order in his.orders.values()}
    assert groups == {str(prescription.group_identifier)}
    lines = [order["line"].key for order in his.orders.values()]
    assert len(set(lines)) == len(lines) == (2 if was_sent else 1)


def test_lines_that_stayed_the_same_are_new_lines_to_the_hospital(
    his, actor, dr_li, pharmacist, prescription, review
):
    relay()
    reviewing.return_(actor(pharmacist), review, [], "please look once more")
    prescription.refresh_from_db()
    draft = prescribing.revise(actor(dr_li), prescription)
    key = signing.open_for(session_of(dr_li), dr_li, PASSWORD)
    prescribing.sign(actor(dr_li), draft, key)
    relay()
    assert living(his) == [1.0] and len(his.orders) == 2
