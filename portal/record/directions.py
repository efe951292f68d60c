"""How to take a medicine, in words nobody can misread (R79)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.record.models import MedicationRequest
from portal.terminology import units
from portal.terminology.models import Medication

MEASURED = {Medication.Unit.ML, Medication.Unit.G}


def say(line: MedicationRequest, reader: str | None = None) -> str:
    """The dose with what one unit holds, the route, how often, and the term explained.

    "1 tablet (5 mg tablet), by mouth, at bedtime. …": never a bare count, and never
    strength and count multiplied in silence.
    """
    often = line.frequency
    comma, stop = pgettext("between parts", ", "), pgettext("end of a sentence", ".")
    how = (
        f"{units.plain(line.dose)} {unit_word(line.dose_unit)} ({holds(line.medication)})",
        line.medication.get_route_display(),
        often.display(reader),
    )
    sentences = [
        comma.join(how),
        often.explanation(reader),
        _("For %(days)s days.") % {"days": line.days},
        line.instruction,
    ]
    ended = (
        words if words.endswith((".", "。")) else f"{words}{stop}" for words in sentences if words
    )
    return ("" if stop == "。" else " ").join(ended)


def holds(medication: Medication) -> str:
    """What one counted unit holds: "5 mg tablet", "100 IU/mL"."""
    unit = unit_word(medication.unit)
    if medication.unit in MEASURED:
        return f"{medication.strength}/{unit}"
    return f"{medication.strength} {unit}"


def unit_word(unit: str) -> str:
    """The word for a counted unit; a measured one (mg, IU) stays as it is."""
    return str(Medication.Unit(unit).label) if unit in Medication.Unit.values else unit
