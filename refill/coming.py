"""What is on its way already: signed, and not yet in the resident's hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.record.models import MedicationRequest, Patient, Prescription
from portal.terminology.models import Medication
from refill.models import MedicationDispense, Shortage

Status = MedicationDispense.Status
UNDER_WAY = (Prescription.Status.SIGNED, Prescription.Status.EFFECTIVE)
COUNTED = (*UNDER_WAY, Prescription.Status.RETURNED)  # the doctor corrects it


@dataclass(frozen=True, slots=True)
class Coming:
    """The newest order of one medicine that is still under way, and its fill when it has one."""

    line: MedicationRequest
    fill: MedicationDispense | None

    @property
    def is_ordered(self) -> bool:
        """Signed and in force; what the pharmacist sent back may still change."""
        return self.line.prescription.status in UNDER_WAY


def of_many(patients: Iterable[Patient]) -> dict[tuple[UUID, str], Coming]:
    """By resident and medicine, with as many questions to the database for many as for one."""
    rows = list(_lines(patients))
    fills = MedicationDispense.objects.filter(line__in=rows).order_by("fill") if rows else ()
    newest = {fill.line_id: fill for fill in fills}
    return {
        (row.patient_id, key_of(row.medication)): Coming(row, newest.get(row.pk)) for row in rows
    }


def key_of(medication: Medication) -> str:
    """What makes two products one medicine: their substances."""
    return "+".join(sorted(medication.substances))


def _lines(patients: Iterable[Patient]) -> QuerySet[MedicationRequest]:
    """Signed lines with nothing handed out yet; one nobody has boxes for is not on its way."""
    fills = MedicationDispense.objects.filter(line=OuterRef("pk"))
    waiting = fills.filter(status__in=(Status.PREPARATION, Status.IN_PROGRESS))
    short = Shortage.objects.filter(line=OuterRef("pk"), resolved_at=None, promised_on=None)
    rows = MedicationRequest.objects.filter(
        Q(~Exists(fills)) | Q(Exists(waiting)),
        ~Exists(short),
        patient__in=[patient.pk for patient in patients],
        prescription__status__in=COUNTED,
    )
    rows = rows.exclude(status=MedicationRequest.Status.CANCELLED)
    return rows.select_related("medication", "prescription").order_by("prescription__signed_at")
