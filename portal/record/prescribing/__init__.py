"""The only writer of a prescription (R49–R58): each deed is somebody's own act."""

from portal.record.prescribing.alerting import alerts, override, unanswered
from portal.record.prescribing.asking import (
    Answer,
    record_allergies,
    record_no_allergies,
    withdraw_allergy,
)
from portal.record.prescribing.drafting import add_line, draft, remove_line, set_diagnosis
from portal.record.prescribing.ending import (
    before_ending,
    cancel,
    expire,
    expire_due,
    extend,
    late,
    revise,
    take_back,
)
from portal.record.prescribing.long_term import (
    agree,
    asked_of,
    assess_long,
    confirm_guardian,
    is_long,
    shown,
)
from portal.record.prescribing.refusing import Blocked, NotConfirmed
from portal.record.prescribing.signing_off import before_signing, sign
from portal.record.prescribing.verifying import is_intact
from portal.record.prescribing.writing_out import preview

__all__ = [
    "Answer",
    "Blocked",
    "NotConfirmed",
    "add_line",
    "agree",
    "alerts",
    "asked_of",
    "assess_long",
    "before_ending",
    "before_signing",
    "cancel",
    "confirm_guardian",
    "draft",
    "expire",
    "expire_due",
    "extend",
    "is_intact",
    "is_long",
    "late",
    "override",
    "preview",
    "record_allergies",
    "record_no_allergies",
    "remove_line",
    "revise",
    "set_diagnosis",
    "shown",
    "sign",
    "take_back",
    "unanswered",
    "withdraw_allergy",
]
