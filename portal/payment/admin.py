"""What an administrator keeps of insurance and prices: agreements, coverage, rates (R101–R104).

Bills, payments and refunds are not here: they move only through their deeds.
"""

from __future__ import annotations

from django.contrib import admin

from portal.payment.models import CounterPrice, Coverage, InsuranceAgreement, ShareRate


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


@admin.register(CounterPrice)
class CounterPriceAdmin(admin.ModelAdmin):
    """The counter's price list of a centre; the nightly look compares it with the online one."""

    list_display = ("organization", "kind", "item", "price_minor", "source", "as_of")
    list_filter = ("organization", "kind")
    search_fields = ("item",)
