from __future__ import annotations

from django.urls import path

from consult.views import (
    appointments,
    attachments,
    booking,
    conversation,
    desk,
    hours,
    long_term,
    manager,
    notes,
    papers,
    prescriptions,
    room,
)

app_name = "consult"

CASE = "desk/encounters/<uuid:pk>/"

urlpatterns = [
    # residents
    path("book/", booking.book, name="book"),
    path("book/signs/", booking.book_signs, name="book_signs"),
    path("book/times/", booking.times, name="times"),
    path("book/paper/", papers.paper, name="paper"),
    path("papers/<uuid:pk>/", papers.paper_file, name="paper_file"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/<uuid:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:pk>/check/", booking.check, name="check"),
    path("appointments/<uuid:pk>/pay/", appointments.pay, name="pay"),
    path("appointments/<uuid:pk>/cancel/", appointments.cancel, name="cancel"),
    path("appointments/<uuid:pk>/move/", appointments.move, name="move"),
    path("encounters/<uuid:pk>/", room.room, name="room"),
    path("encounters/<uuid:pk>/arrive/", room.arrive, name="arrive"),
    path("encounters/<uuid:pk>/note/", room.note, name="note"),
    path("prescriptions/<uuid:pk>/", room.prescription, name="prescription"),
    path("prescriptions/<uuid:pk>/agreement/", long_term.agreement, name="agreement"),
    # the conversation
    path("encounters/<uuid:pk>/say/", conversation.say, name="say"),
    path("encounters/<uuid:pk>/messages/", conversation.messages, name="messages"),
    path(
        "encounters/<uuid:pk>/messages/<int:seq>/withdraw/", conversation.withdraw, name="withdraw"
    ),
    path("attachments/<uuid:pk>/", attachments.attachment, name="attachment"),
    # the doctor's desk
    path("desk/", desk.desk_page, name="desk"),
    path("desk/queue/", desk.queue, name="desk_queue"),
    path("desk/call-next/", desk.call_next, name="call_next"),
    path(CASE, desk.encounter, name="desk_encounter"),
    path(CASE + "receive/", desk.receive, name="receive"),
    path(CASE + "viewing/", desk.viewing, name="viewing"),
    path(CASE + "prescriptions/", desk.prescriptions, name="prescriptions"),
    path(CASE + "record/<slug:section>/", desk.record, name="desk_record"),
    path(CASE + "verdict/", notes.verdict, name="verdict"),
    path(CASE + "note/", notes.note, name="desk_note"),
    path(CASE + "diagnoses/", notes.diagnoses, name="diagnoses"),
    path(CASE + "diagnose/", notes.diagnose, name="diagnose"),
    path(CASE + "stop/", notes.stop, name="stop"),
    path(CASE + "finish/", notes.finish, name="finish"),
    path(CASE + "add/", notes.add, name="add"),
    path(CASE + "prescription/", prescriptions.prescription, name="prescribe"),
    path(
        CASE + "prescription/lines/<uuid:line>/remove/", prescriptions.remove_line, name="drop_line"
    ),
    path(CASE + "prescription/allergies/", prescriptions.allergies, name="allergies"),
    path(CASE + "prescription/override/", prescriptions.override, name="override"),
    path(CASE + "prescription/long/", long_term.assess, name="assess_long"),
    path(CASE + "prescription/guardian/", long_term.guardian, name="guardian"),
    path(CASE + "prescription/sign/", prescriptions.sign, name="sign_prescription"),
    path(CASE + "prescription/discard/", prescriptions.discard, name="discard_prescription"),
    path("desk/duties/<uuid:pk>/", desk.contact, name="contact"),
    path("desk/unlock/", notes.unlock, name="unlock"),
    path("desk/hours/", hours.hours, name="hours"),
    path("desk/hours/<uuid:pk>/end/", hours.end_hours, name="end_hours"),
    path("desk/days/", hours.add_day, name="add_day"),
    path("desk/days/<uuid:pk>/drop/", hours.drop_day, name="drop_day"),
    path("desk/appointments/<uuid:pk>/withdraw/", hours.withdraw, name="withdraw_appointment"),
    path("desk/leave/", hours.leave, name="leave"),
    path("desk/phrases/", hours.phrases, name="phrases"),
    path("desk/phrases/<int:pk>/drop/", hours.drop_phrase, name="drop_phrase"),
    # the centre's manager
    path("manager/escalations/", manager.escalations, name="escalations"),
    path("manager/calendar/", manager.differences, name="differences"),
    path("manager/calendar/<uuid:pk>/", manager.settle_difference, name="settle_difference"),
]
