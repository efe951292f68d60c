"""The resident's address book."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from delivery import addressing
from delivery.forms.resident import AddressForm
from delivery.models import Address, Zone
from delivery.views.answers import posted, says_refusals
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.record.models import Patient

RESIDENT = User.Role.RESIDENT


@require_GET
@role_required(RESIDENT)
def addresses(request: ActorRequest) -> HttpResponse:
    """Every address I wrote down."""
    book = Address.objects.visible_to(request.actor).select_related("zone")
    return render(request, "delivery/resident/addresses.html", {"book": book})


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def add(request: ActorRequest) -> HttpResponse:
    """A new address; then back to where it was asked for."""
    if not Patient.objects.visible_to(request.actor).exists():
        return redirect("real_name")
    return _write(request, Address())


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def change(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Put an address right; parcels under way keep the old one."""
    return _write(request, get_object_or_404(Address.objects.visible_to(request.actor), pk=pk))


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
def delete(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A page that makes sure, then it is gone."""
    address = get_object_or_404(Address.objects.visible_to(request.actor), pk=pk)
    if request.method == "POST":
        addressing.delete(request.actor, address)
        messages.success(request, _("The address is deleted."))
        return redirect("delivery:addresses")
    return render(request, "delivery/resident/address_delete.html", {"address": address})


def _write(request: ActorRequest, address: Address) -> HttpResponse:
    zones = list(Zone.objects.visible_to(request.actor).filter(is_active=True))
    form = AddressForm(posted(request), instance=address, zones=zones)
    if form.is_valid():
        patient = Patient.objects.visible_to(request.actor).get()
        addressing.save(request.actor, patient, form.instance, form.cleaned_data["zone"])
        messages.success(request, _("The address is kept."))
        return redirect(_onward(request))
    context = {"form": form, "address": address, "next": _onward(request)}
    status = 422 if form.errors else 200
    return render(request, "delivery/resident/address.html", context, status=status)


def _onward(request: ActorRequest) -> str:
    """Back to the question that sent us here, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours and asked.startswith("/delivery/") else "delivery:addresses"
