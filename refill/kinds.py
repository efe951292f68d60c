"""The news of the counter, in words without a medicine or a diagnosis (R99)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.notification.kinds import Kind, register

RESIDENT = (
    Kind(
        "prescription-passed",
        _("Your prescription has been checked"),
        _("The pharmacist of {centre} has passed it. Choose how to receive it, then pay once."),
        _("{centre}: your prescription is ready to be ordered in the portal. Help: {telephone}."),
        url=("delivery:onward",),
    ),
    Kind(
        "prescription-not-passed",
        _("Your prescription needs your doctor again"),
        _("The pharmacist has sent it back to Dr {doctor}. Nothing has been charged."),
        _("{centre}: your prescription is with your doctor again. Nothing has been charged."),
    ),
    Kind(
        "prescription-expired",
        _("Your prescription has expired"),
        _("It was not ordered in its time. Nothing is owed for it. Ask Dr {doctor} for a new one."),
        _("{centre}: your prescription has expired. Nothing is owed for it. Help: {telephone}."),
    ),
    Kind(
        "prescription-cancelled",
        _("Your prescription was taken back"),
        _("Dr {doctor} has taken it back. If you have paid for it, the money goes back to you."),
        _("{centre}: your prescription was taken back by your doctor. Help: {telephone}."),
    ),
    Kind(
        "medicine-short",
        _("One of your medicines is not there now"),
        _("{centre} has no box of it. You do not pay for it. Call {telephone} about it."),
        _("{centre}: a part of your order is not there now, and not charged. Help: {telephone}."),
    ),
    Kind(
        "medicine-short-elsewhere",
        _("One of your medicines is not there now"),
        _("{centre} has no box of it, {place} has. You do not pay for it. Call {telephone}."),
        _("{centre}: a part of your order is not there now, and not charged. Help: {telephone}."),
    ),
    Kind(
        "medicine-substituted",
        _("You get another product of the same medicine"),
        _(
            "{centre} hands out one with the same content, at no higher price; the label says how"
            " to take it. If you do not want it, call {telephone}."
        ),
        _(
            "{centre}: something in your order was changed, at no higher price. Please open the"
            " portal or call {telephone}."
        ),
    ),
    Kind(
        "medicine-late",
        _("Your medicine comes later"),
        _("{centre} has it on {when}. If you want your money back instead, call {telephone}."),
        _("{centre}: your order comes later than promised. Help: {telephone}."),
    ),
    Kind(
        "medicine-recalled",
        _("Please stop and call us: one of your medicines"),
        _("A box from {centre} is called back. Do not take it. Call {telephone} for another."),
        _("{centre}: important news about your order. Please open the portal or call {telephone}."),
    ),
    Kind(
        "medicine-ready",
        _("Your medicine is ready"),
        _("Come to {centre}, {place}. Show the code on your page at the counter."),
        _("{centre}: your order is ready at the counter. Your code is in the portal."),
        url=("refill:pick_up", "pick_up"),
    ),
    Kind(
        "pick-up-stopped",
        _("Somebody tried to collect your medicine"),
        _("The code was wrong three times. Ask for a new one, or call {telephone}."),
        _("{centre}: a wrong code was given three times for your order. Help: {telephone}."),
        url=("refill:pick_up", "pick_up"),
    ),
    Kind(
        "medicine-handed-over",
        _("Your medicine has been handed over"),
        _("Handed over on {when}. If this was not you, call {telephone} now."),
    ),
    Kind(
        "medicine-not-handed-over",
        _("Your medicine could not be handed over"),
        _("What you paid for it goes back to you. {centre} calls you: {telephone}."),
        _("{centre}: your order could not be completed. Your money goes back. Help: {telephone}."),
    ),
)

ASKED = (
    Kind(
        "refill-prescribed",
        _("Your doctor has prescribed it"),
        _("Dr {doctor} has agreed. The pharmacist of {centre} checks it now."),
        url=("refill:medicines",),
    ),
    Kind(
        "refill-rejected",
        _("Your doctor could not agree"),
        _("Dr {doctor} says why, and what to do next. {centre}: {telephone}."),
        _("{centre}: please read the answer of your doctor in the portal. Help: {telephone}."),
        url=("refill:medicines",),
    ),
    Kind(
        "refill-on-hold",
        _("Your doctor would like to talk with you first"),
        _("Please book a time with Dr {doctor}. Your request is kept. {centre}: {telephone}."),
        _("{centre}: your doctor would like to talk with you first. Please book a time."),
        url=("consult:times",),
    ),
    Kind(
        "refill-late",
        _("Your doctor's answer is late"),
        _("The manager of {centre} knows and looks after it. You can call {telephone}."),
        _("{centre}: the answer of your doctor is late. The manager knows. Help: {telephone}."),
        url=("refill:medicines",),
    ),
)

DOCTOR = (
    Kind(
        "refill-late-doctor",
        _("A request waits too long"),
        _("{person} has waited for your answer for more than one working day."),
        url=("refill:requests",),
    ),
    Kind(
        "refill-handed",
        _("A request was handed to you"),
        _("You stand in for the family doctor of {person}."),
        url=("refill:requests",),
    ),
    Kind(
        "refill-late-manager",
        _("A resident waits too long"),
        _("{person} has waited for a doctor's answer for more than one working day."),
        url=("refill:late",),
    ),
    Kind(
        "prescription-lapsed",
        _("A prescription has expired"),
        _("A prescription of {person} was not taken up in its time."),
    ),
    Kind(
        "prescription-returned",
        _("A prescription came back"),
        _("The pharmacist asks you to correct a prescription of {person}."),
        url=("refill:correct", "prescription"),
    ),
    Kind(
        "prescription-refused",
        _("A prescription was refused"),
        _("The pharmacist refused a prescription of {person}."),
    ),
)

MANAGER = (
    Kind(
        "box-sold-twice",
        _("A box was scanned that has been sold before"),
        _("At {centre} a box code came up a second time. The box is put aside; look into it."),
    ),
)


def register_kinds() -> None:
    """Called once at start."""
    register(*RESIDENT, *ASKED, *DOCTOR, *MANAGER)
