from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from delivery.models.parcel import SupplyDelivery
from portal.organization.models import Organization
from portal.secrecy import EncryptedTextField


class DeliveryAttempt(models.Model):
    """A parcel was at the door and not handed over: why, and what comes next (R98)."""

    class Reason(models.TextChoices):
        NO_ANSWER = "no-answer", _("nobody answered")
        NOT_HOME = "not-home", _("nobody was at home")
        REFUSED = "refused", _("it was refused")
        WRONG_ADDRESS = "wrong-address", _("the address was wrong")
        DAMAGED = "damaged", _("the parcel was damaged")
        SEAL_BROKEN = "seal-broken", _("the seal was broken")
        WRONG_CODE = "wrong-code", _("the code was wrong three times")
        TOO_WARM = "too-warm", _("it was not kept cool enough")
        RECALLED = "recalled", _("a medicine in it was called back")
        CALLED_BACK = "called-back", _("the centre called the parcel back")

    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=16, choices=Reason)
    client_id = models.UUIDField(unique=True, default=uuid.uuid4)
    at = models.DateTimeField()  # at the door, as the telephone said it
    received = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    place = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "number"], name="attempt_one_a_number")
        ]

    def __str__(self) -> str:
        return self.reason


class Proof(models.Model):
    """Into whose hands a parcel was given, and how that is known (R96)."""

    class Method(models.TextChoices):
        CODE = "code", _("one-time code")
        SIGNATURE = "signature", _("name and signature")
        PHOTO = "photo", _("name and photo")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    parcel = models.OneToOneField(SupplyDelivery, models.PROTECT, related_name="proof")
    method = models.CharField(max_length=9, choices=Method)
    receiver_name = EncryptedTextField(blank=True)
    file = models.FileField(upload_to="delivery/%Y/%m/", blank=True)
    seal_intact = models.BooleanField()
    client_id = models.UUIDField(unique=True)
    at = models.DateTimeField()  # at the door, as the telephone said it
    received = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    place = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seal_intact=True), name="proof_of_a_whole_seal"),
            models.CheckConstraint(
                condition=Q(method="code", file="")
                | (Q(method__in=("signature", "photo")) & ~Q(file="") & ~Q(receiver_name="")),
                name="proof_shows_what_it_says",
            ),
        ]

    def __str__(self) -> str:
        return self.method


class CodeTry(models.Model):
    """A wrong code at the door; the same one sent again from a pocket counts once."""

    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="code_tries")
    client_id = models.UUIDField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.parcel_id}"


class TemperatureReading(models.Model):
    """What the logger in the cold box showed (R95)."""

    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="temperatures")
    at = models.DateTimeField()
    celsius = models.DecimalField(max_digits=4, decimal_places=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    received = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "at"], name="temperature_one_a_moment")
        ]

    def __str__(self) -> str:
        return f"{self.celsius} °C"
