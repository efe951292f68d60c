from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from consult import desk, queueing
from consult.models import Appointment, Communication, Encounter
from consult.queueing import Occupied, ProofNeeded
from portal.audit.models import AuditEvent
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.workflow import Refused
from tests.factories import centre_day
from tests.factories.people import PatientFactory
from tests.factories.visits import EncounterFactory

Status = Encounter.Status
URGENT = Encounter.Priority.URGENT


def here(doctor, minutes_ago=0, promised_in=0, **facts):
    """Somebody in the doctor's waiting room."""
    now = timezone.now()
    facts = {
        "status": Status.ARRIVED,
        "arrived_at": now - timedelta(minutes=minutes_ago),
        "promised_at": now + timedelta(minutes=promised_in),
        **facts,
    }
    return EncounterFactory(
        appointment__patient=PatientFactory(general_practitioner=doctor),
        appointment__status=Appointment.Status.ARRIVED,
        **facts,
    )


@pytest.fixture
def soon(visit):
    """It is ten minutes before Chen's appointment."""
    with time_machine.travel(visit.promised_at - timedelta(minutes=10), tick=False):
        yield visit


def test_the_waiting_room_opens_half_an_hour_before(actor, chen, visit):
    early = time_machine.travel(visit.promised_at - timedelta(minutes=31))
    with early, pytest.raises(Refused, match="opens at"):
        queueing.arrive(actor(chen), visit)


def test_arriving_is_kept_as_a_step_and_told(actor, chen, soon):
    row = queueing.arrive(actor(chen), soon)
    assert (row.status, row.arrived_at) == (Status.ARRIVED, timezone.now())
    assert [step.status for step in row.steps.all()] == ["planned", "arrived"]
    assert OutboxMessage.objects.filter(kind="his.appointment").count() == 1


def test_arriving_twice_keeps_the_first_moment(actor, chen, soon):
    first = queueing.arrive(actor(chen), soon)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert queueing.arrive(actor(chen), soon).arrived_at == first.arrived_at
    assert soon.steps.count() == 2


def test_nobody_arrives_for_another(actor, neighbour, soon):
    with pytest.raises(Refused):
        queueing.arrive(actor(neighbour), soon)


def test_urgent_comes_first_then_the_promise_then_arrival(dr_li):
    late = here(dr_li, promised_in=20)
    second = here(dr_li, minutes_ago=1, promised_in=5)
    urgent = here(dr_li, promised_in=60, priority=URGENT)
    second.promised_at = late.promised_at
    second.save()
    assert [queueing.place(row).place for row in (urgent, second, late)] == [1, 2, 3]


def test_the_estimate_counts_who_is_before_and_who_is_in(dr_li):
    here(dr_li, promised_in=-5)
    second = here(dr_li, promised_in=0)
    assert queueing.place(second).estimate_minutes == 10
    here(dr_li, status=Status.IN_PROGRESS)
    assert queueing.place(second).estimate_minutes == 20


def test_a_free_doctor_begins_at_the_promised_time(dr_li):
    assert 28 <= queueing.place(here(dr_li, promised_in=30)).estimate_minutes <= 30


def test_a_resident_sees_only_their_own_place(actor, dr_li, chen):
    here(dr_li)
    assert queueing.place_of(actor(chen)) == []
    mine = here(dr_li, promised_in=1)
    assert [event["place"] for event in queueing.place_of(actor(mine.patient))] == [2]


def test_the_desk_in_numbers(actor, dr_li, dr_wang):
    first = here(dr_li, priority=URGENT)
    here(dr_li)
    state = queueing.desk_state(actor(dr_li))
    assert (state["waiting"], state["urgent"], state["encounter"]) == (2, 1, str(first.pk))
    assert queueing.desk_state(actor(dr_wang))["waiting"] == 0


def test_the_first_of_a_sitting_needs_the_second_factor(actor, dr_li):
    with pytest.raises(ProofNeeded):
        queueing.receive(actor(dr_li), here(dr_li))


def test_receiving_opens_the_visit_and_says_who_came_and_how_they_were_known(actor, dr_li):
    visit = queueing.receive(actor(dr_li), here(dr_li), proof="second-factor")
    assert visit.status == Status.IN_PROGRESS
    assert visit.started_at is not None
    line = AuditEvent.objects.get(action="identify")
    assert line.detail == {"method": "second-factor"}
    assert Communication.objects.get(encounter=visit).author_kind == "system"
    assert Notification.objects.filter(user=visit.patient.user, kind="visit-called").exists()


def test_receiving_twice_is_one_step(actor, dr_li):
    visit = here(dr_li)
    for _tap in range(2):
        queueing.receive(actor(dr_li), visit, proof="second-factor")
    assert [step.status for step in visit.steps.all()] == ["in-progress"]


def test_another_doctor_cannot_receive(actor, dr_li, dr_wang):
    with pytest.raises(Refused):
        queueing.receive(actor(dr_wang), here(dr_li), proof="second-factor")


def test_a_second_visit_opens_only_knowingly(actor, dr_li):
    queueing.receive(actor(dr_li), here(dr_li), proof="second-factor")
    other = here(dr_li)
    with pytest.raises(Occupied):
        queueing.receive(actor(dr_li), other, proof="sitting")
    assert queueing.receive(actor(dr_li), other, proof="sitting", another=True).started_at


def test_a_resident_talks_with_one_doctor_at_a_time(actor, dr_li, dr_wang):
    first = here(dr_li)
    queueing.receive(actor(dr_li), first, proof="second-factor")
    second = EncounterFactory(
        appointment__patient=first.patient,
        appointment__practitioner=dr_wang,
        appointment__status="arrived",
        status=Status.ARRIVED,
        arrived_at=timezone.now(),
    )
    with pytest.raises(Refused, match="Li Wei"):
        queueing.receive(actor(dr_wang), second, proof="second-factor")
    second.status = Status.IN_PROGRESS
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_an_ended_licence_stops_the_door(actor, dr_li):
    visit = here(dr_li)
    dr_li.licence_until = centre_day.today() - timedelta(days=2)
    dr_li.save()
    with pytest.raises(Refused, match="licence"):
        queueing.receive(actor(dr_li), visit, proof="second-factor")


def test_call_next_takes_the_first_and_then_nobody(actor, dr_li):
    here(dr_li, promised_in=10)
    first = here(dr_li, promised_in=1)
    assert queueing.call_next(actor(dr_li), proof="second-factor") == first
    Encounter.objects.update(status=Status.FINISHED)
    assert queueing.call_next(actor(dr_li), proof="sitting") is None


def test_who_does_not_come_is_missed_without_blame(chen, visit, slots):
    over = slots[0].end + timedelta(minutes=15)
    assert queueing.miss_absent(over - timedelta(seconds=1)) == 0
    assert queueing.miss_absent(over) == 1
    visit.refresh_from_db()
    assert (visit.status, visit.status_reason) == ("cancelled", "noshow")
    assert visit.appointment.status == Appointment.Status.NOSHOW
    assert queueing.miss_absent(over) == 0


def test_whoever_waits_is_not_missed(actor, chen, soon, slots):
    queueing.arrive(actor(chen), soon)
    assert queueing.miss_absent(slots[0].end + timedelta(hours=1)) == 0


# The desk


def test_the_desk_lists_only_the_doctors_own(actor, dr_li, dr_wang):
    mine = here(dr_li)
    here(dr_wang)
    assert desk.desk(actor(dr_li)).waiting == [mine]


def test_the_desk_goes_on_where_the_page_ended(actor, dr_li, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 2)
    rows = [here(dr_li, promised_in=n) for n in range(5)]
    seen, after = [], ""
    while True:
        page = desk.desk(actor(dr_li), after)
        seen += page.waiting
        if not (after := page.more):
            break
    assert seen == rows


def test_a_forged_page_mark_is_refused(actor, dr_li):
    with pytest.raises(desk.BadCursor):
        desk.desk(actor(dr_li), "forged")


def test_the_desk_asks_the_same_number_of_questions_for_many(
    actor, dr_li, django_assert_num_queries
):
    here(dr_li)
    with django_assert_num_queries(6):
        desk.desk(actor(dr_li))
    for n in range(10):
        here(dr_li, promised_in=n)
    with django_assert_num_queries(6):
        rows = desk.desk(actor(dr_li)).waiting
        assert {desk.turn(row) for row in rows} == {"doctor"}


def test_who_has_left_is_found_without_walking_through_the_years_before(actor, dr_li):
    """At a million visits the whole table was read for every look at the desk (P7)."""
    now = timezone.now()
    left = desk._left(desk._rows(Encounter.objects.visible_to(actor(dr_li)), now), now)
    with connection.cursor() as cursor:
        known = connection.introspection.get_constraints(cursor, Encounter._meta.db_table)
    assert known["encounter_left"]["columns"] == ["practitioner_id", "ended_at"]
    if connection.vendor == "sqlite":  # PostgreSQL decides by how many rows there are: `make bench`
        assert "encounter_left" in left.explain()


def test_who_acts_next_follows_the_last_word(actor, dr_li):
    visit = here(dr_li, status=Status.IN_PROGRESS, started_at=timezone.now())

    def turn():
        return desk.turn(desk.desk(actor(dr_li)).inside[0])

    def said(seq, kind):
        Communication.objects.create(
            encounter=visit, seq=seq, client_id=f"00000000-0000-0000-0000-{seq:012d}",
            author_kind=kind, sent=timezone.now(), fingerprint="x",
        )  # fmt: skip

    assert turn() == "doctor"
    said(1, "doctor")
    assert turn() == "resident"
    said(2, "system")
    assert turn() == "resident"
    said(3, "resident")
    assert turn() == "doctor"


def test_two_doctors_on_one_resident_see_each_other(actor, chen, dr_li, dr_wang):
    assert desk.present(actor(dr_li), chen) == []
    assert desk.present(actor(dr_wang), chen) == [dr_li]
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert desk.present(actor(dr_wang), chen) == []
