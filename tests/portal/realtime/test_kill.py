"""F1: web processes killed in the middle of a conversation. Nothing promised is lost."""

from __future__ import annotations

import pytest

from consult.models import Communication
from portal import invariants
from tests.portal.realtime.processes import running
from tests.portal.realtime.talker import Talker

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
EACH = 100  # messages of the resident, and as many of the doctor


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """No file of another test, whose rows are gone, is taken for a breach here."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def pair(transactional_db, tmp_path):
    """Two web processes; every COMMIT is held back a little, so that a hasty promise shows."""
    with running(tmp_path, COMMIT_PAUSE="0.01") as (_bus, *webs):
        yield webs


@pytest.fixture
def talkers(pair, session_of, chen, dr_li, encounter):
    left, right = pair
    both = [
        Talker(session_of(chen), encounter, (left, right), "resident"),
        Talker(session_of(dr_li), encounter, (right, left), "doctor"),
    ]
    yield both
    for talker in both:
        talker.stop()


def kill_when(talkers, web, count):
    """The moment this many are acknowledged to a client: what it promised must survive."""

    def on_acknowledged():
        if web.process.returncode is None and told(talkers) >= count:
            web.kill()

    for talker in talkers:
        talker.on_acknowledged = on_acknowledged


def told(talkers):
    return sum(len(talker.acknowledged) for talker in talkers)


def test_whoever_is_killed_every_acknowledged_message_is_there_once_and_in_order(
    pair, talkers, encounter
):
    for web, count in zip(pair, (EACH // 2, EACH * 3 // 2), strict=True):
        kill_when(talkers, web, count)
        for talker in talkers:
            talker.write(EACH // 2)
        for talker in talkers:
            talker.until(lambda one: not one.outbox)
        assert web.process.returncode == -9, "killed in the middle"
        web.start()
    for talker in talkers:
        talker.until(lambda one: one.upto == 2 * EACH)
    stored = rows(encounter)
    assert [seq for seq, *_rest in stored] == list(range(1, 2 * EACH + 1))  # I4
    numbers = {str(client_id): seq for seq, client_id, _text in stored}
    promised = talkers[0].acknowledged | talkers[1].acknowledged
    assert promised == numbers  # I1, I2, I6
    for talker in talkers:
        assert talker.held == {seq: str(client_id) for seq, client_id, _text in stored}  # I5
        theirs = [text for _seq, _id, text in stored if text.startswith(talker.name)]
        assert theirs == sorted(theirs)  # I3
        assert talker.reconnects >= 1
        assert talker.away < 5  # the other process took over at once
    assert [answer for answer in invariants.check() if answer.breaches] == []


def rows(encounter):
    kept = Communication.objects.filter(encounter=encounter).order_by("seq")
    return [(row.seq, row.client_id, row.text) for row in kept]
