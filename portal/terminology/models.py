from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.terminology import language


class Medication(models.Model):
    """One medicine of the catalogue: a product with its form, strength, limits and flags."""

    class Form(models.TextChoices):
        TABLET = "tablet", _("tablet")
        COATED = "coated", _("film-coated tablet")
        ENTERIC = "enteric", _("gastro-resistant tablet")
        ENTERIC_CAPSULE = "enteric-capsule", _("gastro-resistant capsule")
        PROLONGED_CAPSULE = "prolonged-capsule", _("prolonged-release capsule")
        PROLONGED = "prolonged", _("prolonged-release tablet")
        CHEWABLE = "chewable", _("chewable tablet")
        SUBLINGUAL = "sublingual", _("sublingual tablet")
        CAPSULE = "capsule", _("capsule")
        SOFT_CAPSULE = "soft-capsule", _("soft capsule")
        GRANULES = "granules", _("granules")
        SOLUTION = "solution", _("oral solution")
        INJECTION = "injection", _("injection")
        AEROSOL = "aerosol", _("inhalation aerosol")
        POWDER = "powder", _("inhalation powder")
        NASAL_SPRAY = "nasal-spray", _("nasal spray")
        EYE_DROPS = "eye-drops", _("eye drops")
        CREAM = "cream", _("cream")
        GEL = "gel", _("gel")
        PATCH = "patch", _("patch")

    class Unit(models.TextChoices):
        """What is counted: the unit a strength belongs to."""

        TABLET = "tablet", _("tablet")
        CAPSULE = "capsule", _("capsule")
        SACHET = "sachet", _("sachet")
        PUFF = "puff", _("puff")
        SPRAY = "spray", _("spray")
        DROP = "drop", _("drop")
        ML = "mL", _("mL")
        G = "g", _("g")
        PATCH = "patch", _("patch")

    class Route(models.TextChoices):
        ORAL = "oral", _("by mouth")
        SUBLINGUAL = "sublingual", _("under the tongue")
        SUBCUTANEOUS = "subcutaneous", _("under the skin")
        INTRAMUSCULAR = "intramuscular", _("into a muscle")
        INHALATION = "inhalation", _("breathed in")
        NASAL = "nasal", _("into the nose")
        OPHTHALMIC = "ophthalmic", _("into the eye")
        CUTANEOUS = "cutaneous", _("on the skin")

    class Control(models.TextChoices):
        """Classes that may never be prescribed or sold online (R55)."""

        NONE = "none", _("no special control")
        NARCOTIC = "narcotic", _("narcotic")
        PSYCHOTROPIC_1 = "psych-1", _("psychotropic, class I")
        PSYCHOTROPIC_2 = "psych-2", _("psychotropic, class II")
        TOXIC = "toxic", _("toxic medicine")
        RADIOACTIVE = "radioactive", _("radioactive medicine")
        PRECURSOR = "precursor", _("drug precursor")
        VACCINE = "vaccine", _("vaccine")
        BLOOD = "blood", _("blood product")

    class Storage(models.TextChoices):
        ROOM = "room", _("room temperature")
        COOL = "cool", _("cool place, below 20 °C")
        COLD = "cold", _("refrigerator, 2–8 °C")
        FREEZE = "freeze", _("freezer")

    class Risk(models.TextChoices):
        """How a pregnancy or breastfeeding bears on a medicine (R82)."""

        SAFE = "safe", _("may be used")
        CAUTION = "caution", _("use with caution")
        CONTRAINDICATED = "contraindicated", _("must not be used")

    class Insurance(models.TextChoices):
        A = "A", _("class A")
        B = "B", _("class B")
        SELF_PAY = "self-pay", _("not covered")

    code = models.CharField(max_length=20, unique=True)
    insurance_code = models.CharField(max_length=30, blank=True)
    name_en = models.CharField(max_length=100)
    name_zh = models.CharField(max_length=100)
    brand = models.CharField(max_length=60, blank=True)
    form = models.CharField(max_length=20, choices=Form)
    # [{"substance", "value", "unit", "max_single", "max_daily"}]: per counted unit, as text numbers
    ingredients = models.JSONField()
    unit = models.CharField(max_length=8, choices=Unit)
    pack_size = models.DecimalField(max_digits=8, decimal_places=2)
    route = models.CharField(max_length=14, choices=Route)
    atc = models.CharField(max_length=7)
    control = models.CharField(max_length=12, choices=Control, default=Control.NONE)
    is_prescription_only = models.BooleanField(default=True)
    is_antimicrobial = models.BooleanField(default=False)
    storage = models.CharField(max_length=6, choices=Storage, default=Storage.ROOM)
    long_prescription_days = models.PositiveSmallIntegerField(default=0)  # 0: never (R67)
    monitoring = models.JSONField(default=list, blank=True)  # [{"test", "days", "required"}] (R80)
    pregnancy = models.CharField(max_length=15, choices=Risk, default=Risk.CAUTION)
    lactation = models.CharField(max_length=15, choices=Risk, default=Risk.CAUTION)
    egfr_caution_below = models.PositiveSmallIntegerField(null=True, blank=True)
    egfr_stop_below = models.PositiveSmallIntegerField(null=True, blank=True)
    age_from = models.PositiveSmallIntegerField(default=0)
    is_cautious_in_old_age = models.BooleanField(default=False)
    allergens = models.JSONField(default=list, blank=True)  # substances
    allergen_classes = models.JSONField(default=list, blank=True)
    interaction_tags = models.JSONField(default=list, blank=True)
    price_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    insurance = models.CharField(max_length=8, choices=Insurance, default=Insurance.B)
    own_pay_percent = models.PositiveSmallIntegerField(default=0)
    is_trace_coded = models.BooleanField(default=True)  # each box carries its own code (R86)
    label_en = models.CharField(max_length=300, blank=True)
    label_zh = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name_en", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(pack_size__gt=0), name="medication_pack_not_empty"),
            models.CheckConstraint(
                condition=Q(own_pay_percent__lte=100), name="medication_own_pay_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(control="none") | Q(long_prescription_days=0),
                name="medication_controlled_never_long",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display()} {self.strength}"

    def display(self, reader: str | None = None) -> str:
        """The generic name in the reader's language."""
        return language.pick(self.name_en, self.name_zh, reader)

    def label(self, reader: str | None = None) -> str:
        """Advice printed on the bag, in the reader's language."""
        return language.pick(self.label_en, self.label_zh, reader)

    @property
    def strength(self) -> str:
        """The strength of one counted unit, as printed: "5 mg", "80 mg/5 mg"."""
        return "/".join(f"{part['value']} {part['unit']}" for part in self.ingredients)

    @property
    def substances(self) -> tuple[str, ...]:
        return tuple(part["substance"] for part in self.ingredients)

    @property
    def is_forbidden_online(self) -> bool:
        return self.control != self.Control.NONE

    @property
    def is_long_allowed(self) -> bool:
        return self.long_prescription_days > 0


class Frequency(models.Model):
    """How often and when a medicine is taken, in plain words (R79)."""

    code = models.SlugField(max_length=20, unique=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=40)
    explanation_en = models.CharField(max_length=200)
    explanation_zh = models.CharField(max_length=100)
    doses_per_day = models.DecimalField(max_digits=6, decimal_places=4)
    times = models.JSONField(default=list, blank=True)  # ["08:00", …]
    is_as_needed = models.BooleanField(default=False)  # then doses_per_day is the most
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(doses_per_day__gt=Decimal(0)), name="frequency_is_taken"
            )
        ]

    def __str__(self) -> str:
        return self.display()

    def display(self, reader: str | None = None) -> str:
        return language.pick(self.name_en, self.name_zh, reader)

    def explanation(self, reader: str | None = None) -> str:
        """What the words mean, for somebody who hears them first."""
        return language.pick(self.explanation_en, self.explanation_zh, reader)


class RuleParameter(models.Model):
    """A limit of the rules, with its source and the day from which it holds."""

    profile = models.CharField(max_length=10)
    key = models.CharField(max_length=60)
    value = models.JSONField()
    source = models.CharField(max_length=120)
    valid_from = models.DateField()

    class Meta:
        ordering = ["profile", "key", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "key", "valid_from"], name="parameter_one_value_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile} {self.key} = {self.value}"
