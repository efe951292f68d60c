from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models.people import Patient


class RecordSection(models.Model):
    """One part of a patient's HIS record as last read. Never read is unknown, not empty (R169)."""

    class Section(models.TextChoices):
        ALLERGIES = "allergies", _("Allergies")
        CONDITIONS = "conditions", _("Diagnoses")
        MEDICINES = "medicines", _("Medicines")
        OBSERVATIONS = "observations", _("Readings")
        REPORTS = "reports", _("Test results")
        DOCUMENTS = "documents", _("Documents")
        ENCOUNTERS = "encounters", _("Visits")

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="sections")
    section = models.CharField(max_length=12, choices=Section)
    entries = models.JSONField(null=True)
    as_of = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    refreshing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "section"], name="record_one_row_a_section")
        ]

    def __str__(self) -> str:
        return f"{self.section} as of {self.as_of}"
