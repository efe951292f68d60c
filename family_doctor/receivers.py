"""What the contract tells people, in words that a lock screen may show (R99)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.notification.kinds import Kind, register

register(
    Kind(
        "contract-asked",
        _("Somebody asks for you as their family doctor"),
        _("{person} asks for your team. Please answer soon."),
        url=("family_doctor:requests",),
    ),
    Kind(
        "contract-accepted",
        _("You have a family doctor"),
        _("{doctor} is your family doctor until {until}."),
        _("{centre}: {doctor} is now your family doctor."),
        url=("family_doctor:contract",),
    ),
    Kind(
        "contract-declined",
        _("Please choose another team"),
        _("{doctor} cannot take you on now and wrote you why. Other teams have places."),
        _("{doctor} cannot take you on now. Please open the portal to choose another team."),
        url=("family_doctor:contract",),
    ),
)
