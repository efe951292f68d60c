"""The news of a parcel, in words without a medicine or a diagnosis (R99)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.notification.kinds import Kind, register

TO_PARCEL = ("delivery:parcel", "parcel")
TO_CASES = ("delivery:counter",)

RESIDENT = (
    Kind(
        "parcel-packed",
        _("Your parcel is packed"),
        _("{centre} has packed and sealed your parcel. It comes on {when}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-out",
        _("Your parcel is on its way"),
        _("It comes until {until}. Give the courier your code only when you hold the parcel."),
        _("{centre}: your parcel is on its way and comes until {until}. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-late",
        _("Your parcel is late"),
        _("It was promised until {until}. {centre} looks into it and calls you: {telephone}."),
        _("{centre}: your parcel is late. We look into it. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-missed",
        _("We could not hand over your parcel"),
        _("The courier comes again on {when}. If that does not suit, call {telephone}."),
        _("{centre}: the courier did not reach you and comes again on {when}. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-coming-back",
        _("Your parcel goes back to the centre"),
        _("It could not be handed over. {centre} finds a way with you: {telephone}."),
        _("{centre}: your parcel could not be handed over and goes back. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-called-back",
        _("Your parcel was called back"),
        _("It may not be handed over. You lose nothing: {centre} calls you, {telephone}."),
        _("{centre}: your parcel was called back on its way. You lose nothing. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-held",
        _("Your parcel waits at the centre"),
        _("You can collect it at {centre} with your code, or call {telephone}."),
        _("{centre}: your parcel waits for you at the centre. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-new-code",
        _("Your parcel has a new code"),
        _("A wrong code was said three times at {centre}. If that was not you, call {telephone}."),
        _("{centre}: a wrong code was said three times. Your page shows a new one: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-put-aside",
        _("Your parcel cannot be given to you any more"),
        _("To be safe it was put aside. You get your money back or a new parcel: {telephone}."),
        _("{centre}: your parcel cannot be given out any more. You lose nothing: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-destroyed",
        _("Your old parcel has been destroyed"),
        _("What did not reach you was destroyed safely at {centre}. You lose nothing."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-lost",
        _("Your parcel is lost"),
        _("You get your money back or a new parcel. {centre} calls you: {telephone}."),
        _("{centre}: your parcel is lost. You lose nothing, we call you. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-again",
        _("A new parcel is made for you"),
        _("It costs nothing. {centre} packs it now: {telephone}."),
        _("{centre}: a new parcel is being packed for you, free of charge. Help: {telephone}."),
        url=TO_PARCEL,
    ),
    Kind(
        "parcel-delivered",
        _("Your parcel has been handed over"),
        _("Handed over on {when}. If this was not you, call {telephone} now."),
        _("{centre}: your parcel was handed over on {when}. If this was not you: {telephone}."),
        url=TO_PARCEL,
    ),
)  # fmt: skip

COURIER = (
    Kind(
        "parcel-bring-back",
        _("A parcel is called back"),
        _("Do not hand over parcel {number}. Bring it to {centre} today."),
        url=("delivery:on_the_way",),
    ),
)

CENTRE = (
    Kind(
        "parcel-case",
        _("A parcel did not arrive"),
        _("Decide until {until}: pay back or send again."),
        url=TO_CASES,
    ),
    Kind(
        "parcel-not-moving",
        _("A parcel is late"),
        _("It was promised until {until} and has not been handed over."),
        url=("delivery:board",),
    ),
    Kind(
        "parcel-case-late",
        _("A parcel that did not arrive is still undecided"),
        _("It should have been decided by {until}."),
        url=TO_CASES,
    ),
    Kind(
        "medicine-runs-out",
        _("A resident runs out of medicine"),
        _("A parcel for {person} did not arrive and {count} days are left. Please call."),
        _("{centre}: a resident of yours runs out soon and the parcel failed. Open the portal."),
    ),
)


def register_kinds() -> None:
    """Called once at start."""
    register(*RESIDENT, *COURIER, *CENTRE)
