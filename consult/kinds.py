"""The news of a visit, in words without a medicine or a diagnosis (R99)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.notification.kinds import Kind, register

TO_APPOINTMENT = ("consult:appointment", "appointment")
TO_DESK = ("consult:desk",)


def register_kinds() -> None:
    """Called once at start."""
    register(*RESIDENT, *DOCTOR, *MANAGER)


RESIDENT = (
    Kind(
        "appointment-booked",
        _("Your appointment is booked"),
        _("Dr {doctor} sees you online on {when}. Nothing has been charged."),
        _("{centre}: your online visit with Dr {doctor} is on {when}. Help: {telephone}."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "appointment-moved",
        _("Your appointment has a new time"),
        _("Dr {doctor} now sees you online on {when}."),
        _("{centre}: your online visit with Dr {doctor} is now on {when}. Help: {telephone}."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "appointment-unclear",
        _("Please wait for our call about your visit"),
        _("The hospital has another time for your visit with Dr {doctor} than {when}. The centre"
          " looks into it and tells you. You can call {telephone}."),
        _("{centre}: the time of your visit on {when} is being checked. We will tell you, or call"
          " {telephone}."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "appointment-cancelled",
        _("Your appointment is cancelled"),
        _("You cancelled the visit with Dr {doctor} on {when}. You can book again any time."),
        _("{centre}: your online visit on {when} is cancelled. Book again any time."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "appointment-withdrawn",
        _("The online visit cannot take place"),
        _("Your visit with Dr {doctor} on {when} was cancelled. Your answers are kept: choose"
          " another time, or call {telephone}."),
        _("{centre}: the visit with Dr {doctor} on {when} cannot take place. Please choose another"
          " time in the portal or call {telephone}."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "appointment-reminder",
        _("Your online visit is soon"),
        _("Dr {doctor} sees you online on {when}. The waiting room opens 30 minutes before."),
        _("{centre}: your online visit with Dr {doctor} is on {when}. Help: {telephone}."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "visit-called",
        _("The doctor is ready for you"),
        _("Dr {doctor} has opened your visit. Please come to the conversation."),
        _("{centre}: Dr {doctor} is ready for you. Please open the portal."),
        url=("consult:room", "encounter"),
    ),
    Kind(
        "visit-late",
        _("It takes longer than promised"),
        _("Dr {doctor} has not begun yet. You keep your place. The centre has been told and you"
          " can call {telephone}."),
        _("{centre}: Dr {doctor} is late. You keep your place. Help: {telephone}."),
        url=("consult:room", "encounter"),
    ),
    Kind(
        "visit-free",
        _("You pay nothing for this visit"),
        _("Dr {doctor} has not written to you. Anything you have paid goes back to you in full, by"
          " itself. You keep your place. Help: {telephone}."),
        _("{centre}: your doctor has not written. You pay nothing for the visit; anything you have"
          " paid goes back in full. Help: {telephone}."),
        url=("consult:room", "encounter"),
    ),
    Kind(
        "visit-missed",
        _("We missed you"),
        _("Your visit with Dr {doctor} on {when} has passed. It has no consequences: book again"
          " any time."),
        url=TO_APPOINTMENT,
    ),
    Kind(
        "visit-finished",
        _("Your visit is finished"),
        _("Dr {doctor} has written down what you agreed. You can read it in the conversation."),
        url=("consult:room", "encounter"),
    ),
    Kind(
        "visit-stopped",
        _("Your doctor asks you to be seen in person"),
        _("Dr {doctor} has ended the online visit and written what to do now. Please read it."),
        _("{centre}: Dr {doctor} has ended the online visit. Please read what to do now, or call"
          " {telephone}."),
        url=("consult:room", "encounter"),
    ),
)  # fmt: skip

DOCTOR = (
    Kind("appointment-booked-doctor", _("A new appointment"), _("On {when}."), url=TO_DESK),
    Kind("appointment-moved-doctor", _("An appointment has moved"), _("To {when}."), url=TO_DESK),
    Kind(
        "appointment-unclear-doctor",
        _("The hospital has another time"),
        _("The visit on {when} is being checked by the centre."),
        url=TO_DESK,
    ),
    Kind(
        "appointment-cancelled-doctor",
        _("A resident has cancelled"),
        _("The time on {when} is free again."),
        url=TO_DESK,
    ),
    Kind(
        "appointment-withdrawn-doctor",
        _("An appointment was cancelled"),
        _("The time on {when} is closed. The resident has been told."),
        url=TO_DESK,
    ),
    Kind(
        "signs-named-doctor",
        _("Warning signs: please call now"),
        _("A resident who is booking a visit names warning signs."),
        _("{centre}: a resident names warning signs. Please open your desk now."),
        url=TO_DESK,
    ),
    Kind(
        "visit-urgent-doctor",
        _("Warning signs: please look now"),
        _("A resident names warning signs."),
        _("{centre}: a resident names warning signs. Please open your desk now."),
        url=("consult:desk_encounter", "encounter"),
    ),
    Kind(
        "visit-late-doctor",
        _("A resident waits longer than promised"),
        _("You promised {when}."),
        _("{centre}: a resident waits for you since {when}."),
        url=TO_DESK,
    ),
    Kind(
        "duty-open-doctor",
        _("Please reach the resident"),
        _("An urgent visit was stopped on {when} and nobody has noted that the resident was"
          " reached."),
        _("{centre}: an urgent resident has not been reached yet. Please open your desk."),
        url=TO_DESK,
    ),
)  # fmt: skip

MANAGER = (
    Kind(
        "visit-escalated",
        _("A resident is left waiting"),
        _("Dr {doctor} promised {when} and has not begun for {minutes} minutes."),
        _("{centre}: a resident waits {minutes} minutes for Dr {doctor}."),
        url=("consult:escalations",),
    ),
    Kind(
        "duty-open",
        _("An urgent resident has not been reached"),
        _("The visit with Dr {doctor} was stopped as urgent on {when}."),
        _("{centre}: an urgent resident has not been reached yet."),
        url=("consult:escalations",),
    ),
    Kind(
        "calendar-differs",
        _("The hospital's calendar differs"),
        _("A visit with Dr {doctor} stands otherwise in the hospital. Please look."),
        url=("consult:differences",),
    ),
    Kind(
        "hospital-refused",
        _("The hospital's system refused something"),
        _("An entry of {when} with Dr {doctor} needs a person."),
        url=("consult:escalations",),
    ),
)
