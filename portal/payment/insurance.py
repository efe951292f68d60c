"""Who pays what of a price: the fund, the personal account, the resident; to the cent (R102)."""

from __future__ import annotations

from django.db.models import Q, Sum

from portal.organization.models import Organization
from portal.payment.models import ChargeItem, Coverage, InsuranceAgreement, ShareRate
from portal.record.models import Patient

Shares = dict[str, int]


def agreement_of(organization: Organization) -> InsuranceAgreement | None:
    """The extra agreement that holds today; without it nothing is insured online (R101)."""
    today = organization.today()
    lasting = Q(valid_until=None) | Q(valid_until__gte=today)
    rows = InsuranceAgreement.objects.filter(lasting, organization=organization)
    return rows.filter(valid_from__lte=today).first()


def split(patient: Patient, kind: str, amount_minor: int, item: str = "") -> Shares:
    """The insured parts of a price for `invoicing.add_line`; what is left is the resident's.

    Nothing without an agreement, a coverage in the same pooling area and a rate (R101, R102),
    and never for bringing it (R103). `item` is the code of a medicine.
    """
    covered = _coverage(patient)
    if covered is None or kind == ChargeItem.Kind.DELIVERY:
        return {}
    rate = _rate(covered, kind, item)
    if rate is None:
        return {}
    fund = amount_minor * rate.fund_percent // 100  # part of a cent is the resident's
    account = min(amount_minor - fund, _left_in_account(covered))
    return {"fund_minor": fund, "personal_account_minor": account}


def _coverage(patient: Patient) -> Coverage | None:
    agreement = agreement_of(patient.organization)
    if agreement is None:
        return None
    covered = Coverage.objects.filter(patient=patient, pooling_area=agreement.pooling_area)
    return covered.first()


def _rate(covered: Coverage, kind: str, item: str) -> ShareRate | None:
    """The medicine's own rate before that of its kind."""
    rates = ShareRate.objects.filter(scheme=covered.scheme, kind=kind, item__in=("", item))
    return rates.order_by("-item").first()


def _left_in_account(covered: Coverage) -> int:
    """What the fund last said, less what bills have taken since."""
    taken = ChargeItem.objects.filter(
        invoice__patient_id=covered.patient_id, created__gt=covered.as_of, withdrawn_at=None
    ).exclude(invoice__status="cancelled")
    spent = taken.aggregate(sum=Sum("personal_account_minor"))["sum"] or 0
    return max(0, covered.personal_account_minor - spent)
