"""What an administrator keeps of the insurance: agreements, who is covered how, rates (R101–R103).

Bills, payments and refunds are not here: they move only through their deeds.
"""

from __future__ import annotations

from django.contrib import admin

from portal.payment.models import Coverage, InsuranceAgreement, ShareRate


@admin.register(InsuranceAgreement)
class InsuranceAgreementAdmin(admin.ModelAdmin):
    list_display = ("organization", "number", "pooling_area", "valid_from", "valid_until")
    list_filter = ("organization", "pooling_area")


@admin.register(Coverage)
class CoverageAdmin(admin.ModelAdmin):
    """As the fund last said; the resident is chosen by name, nothing of the record is shown."""

    list_display = ("patient", "scheme", "pooling_area", "personal_account_minor", "as_of")
    list_filter = ("scheme", "pooling_area", "patient__organization")
    search_fields = ("patient__name", "patient__his_id")
    list_select_related = ("patient",)


@admin.register(ShareRate)
class ShareRateAdmin(admin.ModelAdmin):
    list_display = ("scheme", "kind", "item", "fund_percent", "source")
    list_filter = ("scheme", "kind")
    search_fields = ("item", "source")
