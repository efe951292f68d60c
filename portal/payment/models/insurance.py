from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.organization.models import Organization
from portal.payment.models.invoice import ChargeItem
from portal.record.models import Patient


class InsuranceAgreement(models.Model):
    """The centre's extra agreement with the fund; without one nothing is insured (R101)."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    pooling_area = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["organization", "valid_from"]

    def __str__(self) -> str:
        return self.number


class Coverage(models.Model):
    """How a resident is insured, as the fund last said."""

    class Scheme(models.TextChoices):
        EMPLOYEE = "employee", _("employees' insurance")
        RESIDENT = "resident", _("residents' insurance")

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=10, choices=Scheme)
    pooling_area = models.CharField(max_length=60)
    personal_account_minor = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField()

    class Meta:
        ordering = ["patient"]

    def __str__(self) -> str:
        return f"{self.scheme} {self.pooling_area}"


class ShareRate(models.Model):
    """How much of a price the fund pays: of a kind of line, or of one medicine (R102)."""

    scheme = models.CharField(max_length=10, choices=Coverage.Scheme)
    kind = models.CharField(max_length=12, choices=ChargeItem.Kind)
    item = models.CharField(max_length=40, blank=True)  # a medicine's code; empty: every one
    fund_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["scheme", "kind", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "kind", "item"], name="share_rate_one_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(fund_percent__lte=100), name="share_rate_at_most_all"
            ),
            models.CheckConstraint(
                condition=~Q(kind="delivery"), name="share_rate_never_of_delivery"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fund_percent} %"
