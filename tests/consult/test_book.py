from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from consult import asking, booking
from consult.models import Appointment, BookingDraft, Encounter, Slot
from portal.audit.models import AuditEvent
from portal.notification.models import Notification
from portal.organization.models import HealthcareService
from portal.outbox.models import OutboxMessage
from portal.record.models import Consent, ConsentText
from portal.workflow import Refused
from tests.factories import centre_day
from tests.factories.visits import BookingDraftFactory, EncounterFactory

Reason = Appointment.CancelReason


def status(slot):
    slot.refresh_from_db()
    return slot.status


@pytest.fixture
def held(actor, chen, answered, slots):
    return booking.hold(actor(chen), slots[0].pk, chen)


def test_a_time_is_kept_for_ten_minutes(held, slots):
    assert status(slots[0]) == Slot.Status.HELD
    assert timedelta(minutes=9) < slots[0].held_until - timezone.now() <= timedelta(minutes=10)
    assert held.evidence[0]["icd10"] == "I10"


def test_a_double_tap_holds_once(actor, chen, held, slots):
    assert booking.hold(actor(chen), slots[0].pk, chen) == held
    assert Appointment.objects.count() == 1


def test_whoever_comes_second_gets_other_times(actor, neighbour, held, slots):
    BookingDraftFactory(patient=neighbour)
    with pytest.raises(booking.SlotTaken) as refusal:
        booking.hold(actor(neighbour), slots[0].pk, neighbour)
    assert refusal.value.alternatives == slots[1:]
    assert Appointment.objects.count() == 1


def test_choosing_another_time_frees_the_first(actor, chen, held, slots):
    booking.hold(actor(chen), slots[1].pk, chen)
    assert status(slots[0]) == Slot.Status.FREE
    held.refresh_from_db()
    assert held.status_reason == Reason.CHANGED_MIND


def test_a_hold_that_ran_out_goes_to_the_next(actor, neighbour, held, slots):
    BookingDraftFactory(patient=neighbour)
    Slot.objects.filter(pk=slots[0].pk).update(held_until=timezone.now() - timedelta(seconds=1))
    assert booking.hold(actor(neighbour), slots[0].pk, neighbour).slot_id == slots[0].pk
    held.refresh_from_db()
    assert held.status_reason == Reason.HOLD_EXPIRED


def test_the_clock_frees_what_was_not_confirmed(held, slots):
    assert booking.expire_holds() == 0
    assert booking.expire_holds(timezone.now() + timedelta(minutes=11)) == 1
    assert booking.expire_holds(timezone.now() + timedelta(minutes=11)) == 0
    assert status(slots[0]) == Slot.Status.FREE


def test_confirming_books_and_plans_the_visit(actor, chen, held, slots, agreed):
    booked = booking.confirm(actor(chen), held, agreed)
    assert booked.status == Appointment.Status.BOOKED
    assert status(slots[0]) == Slot.Status.BUSY
    visit = Encounter.objects.get(appointment=booked)
    assert visit.promised_at == slots[0].start
    assert [step.status for step in visit.steps.all()] == ["planned"]
    assert not BookingDraft.objects.exists()


def test_confirming_twice_books_once(actor, chen, held, agreed):
    first = booking.confirm(actor(chen), held, agreed)
    assert booking.confirm(actor(chen), held, agreed) == first
    assert Encounter.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="his.book").count() == 1


def test_the_hospital_and_both_people_are_told(booked, chen, dr_li):
    message = OutboxMessage.objects.get(kind="his.book")
    assert message.payload["appointment"] == str(booked.pk)
    assert Notification.objects.get(user=chen.user).kind == "appointment-booked"
    assert Notification.objects.get(user=dr_li.user).kind == "appointment-booked-doctor"


def test_every_step_is_in_the_journal(booked):
    lines = AuditEvent.objects.filter(entity="consult.Appointment").order_by("sequence")
    assert [(line.action, line.after) for line in lines] == [
        ("hold", "proposed"),
        ("confirm", "booked"),
    ]


def test_without_consent_nothing_is_booked(actor, chen, held):
    with pytest.raises(Refused, match="agree"):
        booking.confirm(actor(chen), held)
    held.refresh_from_db()
    assert held.status == Appointment.Status.PROPOSED


def test_the_consent_of_another_version_does_not_count(actor, chen, held, agreed):
    kind = ConsentText.Kind.ONLINE_CARE
    ConsentText.objects.create(
        kind=kind, version=2, language="en", title="New", body="…", valid_from=timezone.now()
    )
    with pytest.raises(Refused):
        booking.confirm(actor(chen), held, agreed)
    assert not Consent.objects.exists()


def test_consent_given_before_is_not_asked_again(actor, chen, booked, slots):
    booking.cancel(actor(chen), booked, Reason.BETTER)
    BookingDraftFactory(patient=chen)
    again = booking.confirm(actor(chen), booking.hold(actor(chen), slots[1].pk, chen))
    assert again.consent == booked.consent


def test_a_late_confirmation_still_books_when_nobody_else_came(actor, chen, held, slots, agreed):
    Slot.objects.filter(pk=slots[0].pk).update(held_until=timezone.now() - timedelta(minutes=1))
    assert booking.confirm(actor(chen), held, agreed).status == Appointment.Status.BOOKED


def test_a_late_confirmation_loses_to_who_came_meanwhile(
    actor, chen, neighbour, held, slots, agreed
):
    BookingDraftFactory(patient=neighbour)
    Slot.objects.filter(pk=slots[0].pk).update(held_until=timezone.now() - timedelta(minutes=1))
    booking.hold(actor(neighbour), slots[0].pk, neighbour)
    with pytest.raises(Refused):
        booking.confirm(actor(chen), held, agreed)
    slots[0].refresh_from_db()
    assert slots[0].held_for == neighbour


def test_another_resident_cannot_confirm_my_time(actor, neighbour, held, agreed):
    with pytest.raises(Refused):
        booking.confirm(actor(neighbour), held, agreed)


def test_warning_signs_do_not_refuse_but_make_it_urgent(actor, chen, answered, slots, agreed):
    asking.answer(actor(chen), chen, ["chest-pain"])
    held = booking.hold(actor(chen), slots[0].pk, chen)
    booking.confirm(actor(chen), held, agreed)
    assert Encounter.objects.get().priority == Encounter.Priority.URGENT


def test_taking_a_warning_sign_back_hides_it_from_nobody(actor, chen, answered):
    asking.answer(actor(chen), chen, ["chest-pain"])
    assert asking.answer(actor(chen), chen, []).red_flags == ["chest-pain"]


def test_without_a_confirmed_identity_nobody_books(actor, chen, answered, slots):
    chen.verified_at = None
    chen.save()
    with pytest.raises(Refused, match="identity"):
        booking.hold(actor(chen), slots[0].pk, chen)


def test_a_department_that_is_not_online_cannot_be_booked(actor, chen, answered, slots):
    HealthcareService.objects.update(is_online=False)
    with pytest.raises(Refused, match="not offered online"):
        booking.hold(actor(chen), slots[0].pk, chen)


@pytest.mark.parametrize(("days_short", "refused"), [(1, True), (0, False)])
def test_three_years_of_independent_work_to_the_day(
    actor, chen, dr_li, answered, slots, days_short, refused
):
    today = timezone.localdate(timezone=dr_li.organization.zone)
    dr_li.independent_since = today.replace(year=today.year - 3) + timedelta(days=days_short)
    dr_li.save()
    assert bool(asking.not_bookable(chen)) is refused


def test_an_ended_licence_closes_the_door(chen, dr_li):
    dr_li.licence_until = centre_day.today() - timedelta(days=2)
    dr_li.save()
    assert "licence" in asking.not_bookable(chen)


def test_a_first_visit_gets_no_time(actor, chen, slots):
    with pytest.raises(Refused):
        booking.hold(actor(chen), slots[0].pk, chen)
    assert not Appointment.objects.exists()


def test_unanswered_questions_get_no_time(actor, chen, slots):
    BookingDraftFactory(patient=chen, answered_at=None)
    with pytest.raises(Refused, match="warning signs"):
        booking.hold(actor(chen), slots[0].pk, chen)


def test_one_open_appointment_with_a_doctor_is_enough(actor, chen, booked, slots):
    BookingDraftFactory(patient=chen)
    with pytest.raises(Refused, match="move it"):
        booking.hold(actor(chen), slots[1].pk, chen)


def test_a_past_time_cannot_be_held(actor, chen, answered, slots):
    with time_machine.travel(slots[0].start), pytest.raises(booking.SlotTaken):
        booking.hold(actor(chen), slots[0].pk, chen)


def test_the_time_of_another_doctor_cannot_be_held(actor, chen, answered, dr_wang):
    other = EncounterFactory(appointment__patient__general_practitioner=dr_wang)
    Slot.objects.update(status=Slot.Status.FREE)
    with pytest.raises(booking.SlotTaken):
        booking.hold(actor(chen), other.appointment.slot_id, chen)


def test_cancelling_frees_the_time_and_ends_the_visit(actor, chen, booked, visit, slots):
    booking.cancel(actor(chen), booked, Reason.BETTER)
    assert status(slots[0]) == Slot.Status.FREE
    visit.refresh_from_db()
    assert (visit.status, visit.status_reason) == ("cancelled", "cancelled")
    assert OutboxMessage.objects.filter(kind="his.cancel").count() == 1


def test_cancelling_twice_frees_once(actor, chen, booked, neighbour, slots):
    booking.cancel(actor(chen), booked)
    BookingDraftFactory(patient=neighbour)
    booking.hold(actor(neighbour), slots[0].pk, neighbour)
    booking.cancel(actor(chen), booked)
    assert status(slots[0]) == Slot.Status.HELD


def test_shortly_before_the_start_a_resident_is_asked_to_call(actor, chen, booked):
    nine_minutes_before = time_machine.travel(booked.start - timedelta(minutes=9))
    with nine_minutes_before, pytest.raises(Refused, match="call the centre"):
        booking.cancel(actor(chen), booked)


def test_a_doctor_cancels_any_time_and_the_answers_are_kept(actor, chen, dr_li, booked, slots):
    with time_machine.travel(booked.start - timedelta(minutes=1)):
        booking.cancel(actor(dr_li), booked, Reason.DOCTOR_ABSENT)
    assert status(slots[0]) == Slot.Status.UNAVAILABLE
    assert BookingDraft.objects.get(patient=chen).evidence == booked.evidence
    assert Notification.objects.filter(user=chen.user, kind="appointment-withdrawn").exists()


def test_another_doctor_cannot_cancel(actor, dr_wang, booked):
    with pytest.raises(Refused):
        booking.cancel(actor(dr_wang), booked)


def test_moving_takes_the_new_time_and_frees_the_old(actor, chen, booked, visit, slots):
    moved = booking.move(actor(chen), booked, slots[2].pk)
    assert (moved.start, status(slots[0]), status(slots[2])) == (slots[2].start, "free", "busy")
    visit.refresh_from_db()
    assert visit.promised_at == slots[2].start
    kinds = OutboxMessage.objects.order_by("pk").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith("his.")] == [
        "his.book",
        "his.cancel",
        "his.book",
    ]


def test_moving_to_a_taken_time_changes_nothing(actor, chen, booked, slots):
    Slot.objects.filter(pk=slots[1].pk).update(status=Slot.Status.BUSY)
    with pytest.raises(booking.SlotTaken):
        booking.move(actor(chen), booked, slots[1].pk)
    booked.refresh_from_db()
    assert (booked.slot, status(slots[0])) == (slots[0], "busy")


def test_moving_to_the_same_time_changes_nothing(actor, chen, booked, slots):
    assert booking.move(actor(chen), booked, slots[0].pk) == booked
    assert status(slots[0]) == "busy"


def test_a_cancelled_appointment_cannot_be_moved(actor, chen, booked, slots):
    booking.cancel(actor(chen), booked)
    with pytest.raises(Refused):
        booking.move(actor(chen), booked, slots[1].pk)
    assert status(slots[1]) == "free"


def test_years_are_counted_over_a_leap_day(dr_li):
    from consult.rules.doctors import not_qualified

    dr_li.independent_since = date(2024, 2, 29)
    assert not_qualified(dr_li, date(2027, 2, 28))
    assert not not_qualified(dr_li, date(2027, 3, 1))
