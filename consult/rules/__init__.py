"""What may and may not happen in an online follow-up, as plain questions with plain answers."""

from consult.rules.alarms import FLAGS, questions, red_flags
from consult.rules.evidence import Evidence, Finding, look
from consult.rules.limits import days, hours, limit, minutes

__all__ = [
    "FLAGS",
    "Evidence",
    "Finding",
    "days",
    "hours",
    "limit",
    "look",
    "minutes",
    "questions",
    "red_flags",
]
