"""The desk and the resident ask for one medicine at the same moment: one request (PostgreSQL)."""

from __future__ import annotations

import pytest

from refill import listing, requesting
from refill.models import RefillRequest
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings
from tests.refill.asking import a_record
from tests.refill.test_race import together

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("round_", range(3))
def test_the_desk_and_the_resident_ask_at_once(round_, catalogue, actor, chen, registrar):
    a_record(chen)
    marks = [row.supply.mark for row in listing.to_choose(chen)]

    def resident():
        return requesting.ask(actor(chen), chen, marks, Answers(), Readings())

    def desk():
        by_phone = Wish(channel="telephone", caller="her daughter")
        return requesting.ask(actor(registrar), chen, marks, Answers(), Readings(), wish=by_phone)

    told = together(resident, desk, resident, desk)
    assert RefillRequest.objects.count() == 1
    assert sorted(len(one.requests) for one in told) == [0, 0, 0, 1]
    assert sorted(len(one.already) for one in told) == [0, 1, 1, 1]
