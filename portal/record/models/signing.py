from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from portal.organization.models import Organization
from portal.record.models.people import Practitioner


class SigningCertificate(models.Model):
    """A doctor's public key, and the private one wrapped by the doctor's password (R56)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="certificates")
    public_key = models.CharField(max_length=60)
    wrapped_key = models.TextField()  # scrypt salt and parameters, nonce, sealed private key
    valid_from = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner"],
                condition=Q(revoked_at=None),
                name="certificate_one_in_force_a_doctor",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(revoked_reason=""),
                name="certificate_revoked_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} from {self.valid_from}"
