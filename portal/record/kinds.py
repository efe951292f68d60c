"""The news of the health record, in words without a medicine or a diagnosis (R99)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.notification.kinds import Kind, register

register(
    Kind(
        "agreement-asked",
        _("Your doctor asks for your agreement"),
        _("Dr {doctor} plans a supply for more than four weeks. Please read what it is, and say"
          " whether you agree."),
        _("{centre}: Dr {doctor} asks for your agreement. Please open the portal or call"
          " {telephone}."),
        url=("consult:agreement", "prescription"),
    ),
    Kind(
        "agreement-given-doctor",
        _("The resident has agreed"),
        _("{person} has agreed to more than four weeks. You can sign now."),
        url=("consult:desk",),
    ),
)  # fmt: skip
