"""What an administrator sets up: neighbourhoods, times, agreements, couriers. No parcels here."""

from __future__ import annotations

from django.contrib import admin

from delivery.models import CarrierAgreement, Courier, DeliveryWindow, Zone


@admin.register(Zone)
class ZoneAdmin(admin.ModelAdmin):
    list_display = ("name", "organization", "fee_minor", "cold_extra_minor", "is_active")
    list_filter = ("organization", "is_active")


@admin.register(DeliveryWindow)
class DeliveryWindowAdmin(admin.ModelAdmin):
    list_display = ("organization", "start", "end", "capacity")
    list_filter = ("organization",)


@admin.register(CarrierAgreement)
class CarrierAgreementAdmin(admin.ModelAdmin):
    list_display = ("carrier", "number", "organization", "valid_from", "valid_until", "ended_at")
    list_filter = ("organization",)


@admin.register(Courier)
class CourierAdmin(admin.ModelAdmin):
    list_display = ("user", "organization", "agreement", "most_parcels", "carries_cold")
    list_filter = ("organization", "carries_cold")
