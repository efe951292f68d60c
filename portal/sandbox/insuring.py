"""How the demo's residents are insured: one centre has the extra agreement, the other has not."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from portal.organization.models import Organization
from portal.payment.models import ChargeItem, Coverage, InsuranceAgreement, ShareRate
from portal.record.models import Patient

AREA = "Shanghai 上海"
SOURCE = "Sandbox insurance catalogue 沙盒医保目录 2026"
RATES = {
    Coverage.Scheme.EMPLOYEE: {ChargeItem.Kind.CONSULTATION: 50, ChargeItem.Kind.MEDICINE: 70},
    Coverage.Scheme.RESIDENT: {ChargeItem.Kind.CONSULTATION: 40, ChargeItem.Kind.MEDICINE: 60},
}
# his id → scheme, what is left in the personal account
INSURED = {"chen": (Coverage.Scheme.EMPLOYEE, 0), "xu": (Coverage.Scheme.EMPLOYEE, 300)}


def seed() -> None:
    """The agreement, the rates and who is insured; safe to repeat."""
    centre = Organization.objects.filter(his_id="yanghang").first()
    if centre is None:
        return
    InsuranceAgreement.objects.get_or_create(
        organization=centre, number="SANDBOX-2026",
        defaults={"pooling_area": AREA, "valid_from": date(2026, 1, 1)},
    )  # fmt: skip
    for scheme, rates in RATES.items():
        for kind, percent in rates.items():
            ShareRate.objects.get_or_create(
                scheme=scheme, kind=kind, item="",
                defaults={"fund_percent": percent, "source": SOURCE},
            )  # fmt: skip
    for patient in Patient.objects.filter(organization=centre, his_id__in=INSURED):
        scheme, account = INSURED[patient.his_id]
        Coverage.objects.get_or_create(
            patient=patient,
            defaults={"scheme": scheme, "pooling_area": AREA, "personal_account_minor": account,
                      "as_of": timezone.now()},
        )  # fmt: skip
