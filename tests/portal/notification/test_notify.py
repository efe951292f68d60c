from datetime import UTC, datetime

import pytest
from django.utils.translation import gettext_lazy as _

from portal.notification import kinds, wording
from portal.notification.kinds import Kind, NotAllowed
from portal.notification.models import Notification
from portal.notification.notifying import notify
from portal.outbox.models import OutboxMessage


@pytest.fixture
def reminder():
    kind = Kind(
        "test-reminder",
        _("A visit is near"),
        _("{doctor} expects you {when}."),
        _("{centre}: {doctor} expects you {when}."),
    )
    kinds.register(kind)
    yield kind
    del kinds.KINDS["test-reminder"]


FACTS = {
    "doctor": "Li Wei",
    "centre": "Yanghang",
    "when": datetime(2026, 3, 8, 1, 0, tzinfo=UTC),
}


def test_a_notice_is_stored_and_sent(chen, reminder):
    chen.user.phone = "+8613800000001"
    chen.user.save()
    notice = notify(chen.user, "test-reminder", **FACTS)
    message = OutboxMessage.objects.get()
    assert message.kind == "sms.send"
    assert message.payload == {"notification": str(notice.pk)}


def test_one_event_is_told_once(chen, reminder):
    assert notify(chen.user, "test-reminder", event="visit-1", **FACTS)
    assert notify(chen.user, "test-reminder", event="visit-1", **FACTS) is None
    assert notify(chen.user, "test-reminder", event="visit-2", **FACTS)
    assert Notification.objects.count() == 2


def test_the_same_facts_are_one_event(chen, reminder):
    notify(chen.user, "test-reminder", **FACTS)
    notify(chen.user, "test-reminder", **FACTS)
    assert Notification.objects.count() == 1


def test_the_time_is_the_centres_time(chen, reminder):
    notice = notify(chen.user, "test-reminder", **FACTS)
    assert "09:00" in wording.payload(notice, "en")["text"]


def test_a_person_without_an_account_is_not_told(reminder):
    assert notify(None, "test-reminder", **FACTS) is None


def test_a_number_that_is_not_known_gets_no_sms(chen, reminder):
    notify(chen.user, "test-reminder", **FACTS)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("word", ["medicine", "diagnosis", "drug", "result", "text"])
def test_a_clinical_fact_is_refused(chen, reminder, word):
    with pytest.raises(NotAllowed):
        notify(chen.user, "test-reminder", **FACTS, **{word: "amlodipine"})


def test_words_that_ask_for_a_clinical_fact_are_refused_at_start():
    with pytest.raises(NotAllowed):
        kinds.register(Kind("bad", "Your {medicine} is ready", ""))


def test_every_kind_asks_only_for_plain_facts_in_every_language():
    from django.conf import settings
    from django.utils import translation

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for kind in kinds.KINDS.values():
                assert kinds.places(kind) <= kinds.FACTS
                assert len(str(kind.sms)) <= 160


def test_everybody_sees_only_their_own_notices(chen, neighbour, actor, reminder):
    notify(chen.user, "test-reminder", **FACTS)
    assert Notification.objects.visible_to(actor(chen)).count() == 1
    assert not Notification.objects.visible_to(actor(neighbour)).exists()
    assert not Notification.objects.visible_to(None).exists()
