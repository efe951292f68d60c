from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.organization.models import Organization
from portal.payment.models.invoice import ChargeItem


class CounterPrice(models.Model):
    """What the centre asks at its counter for a medicine or a visit (R104)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ChargeItem.Kind)
    item = models.CharField(_("code"), max_length=40)  # of the medicine, or of the service
    price_minor = models.PositiveIntegerField(_("price in minor units"))
    source = models.CharField(_("source"), max_length=120)
    as_of = models.DateField()

    class Meta:
        ordering = ["kind", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "item"], name="counter_price_one_a_thing"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="delivery"), name="counter_price_never_of_delivery"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.price_minor}"
