"""The life of a contract, as far as the first talk: asked, answered, taken back."""

from __future__ import annotations

from family_doctor import rules
from family_doctor.models import EpisodeOfCare
from portal.workflow import Transition, Workflow

Status = EpisodeOfCare.Status
ASKED = (Status.PLANNED.value, Status.WAITLIST.value)

CONTRACT = Workflow(
    "contract",
    Transition("accept", ASKED, Status.ACTIVE, rules.may_not_accept),
    Transition("decline", ASKED, Status.FINISHED, rules.not_the_doctor),
    Transition("withdraw", ASKED, Status.FINISHED, rules.not_the_resident),
)
