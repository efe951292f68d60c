"""The safety checks of a prescription: pure questions over lines, person and record."""

from portal.record.rules.alert import NOTE, OVERRIDE, SHOW, STOP, Alert
from portal.record.rules.case import Case, Line
from portal.record.rules.checking import check, judge, line_of

__all__ = ["NOTE", "OVERRIDE", "SHOW", "STOP", "Alert", "Case", "Line", "check", "judge", "line_of"]
