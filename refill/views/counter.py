"""The counter's list: what waits for the pharmacist, each kind by its own clock."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from refill import keeping_back
from refill.models import MedicationDispense, PickUp, PrescriptionReview
from refill.paging import page

PHARMACIST = User.Role.PHARMACIST


@require_GET
@role_required(PHARMACIST)
def counter(request: ActorRequest) -> HttpResponse:
    """What waits: to review by its end, to pack by its age, to hand over by its age."""
    actor, places = request.actor, request.GET
    reviews = PrescriptionReview.objects.visible_to(actor).waiting()
    packs = MedicationDispense.objects.visible_to(actor).to_pack()
    pick_ups = PickUp.objects.visible_to(actor).waiting()
    reviews = reviews.select_related("patient", "prescriber")
    packs = packs.select_related("patient", "line__medication", "substitute")
    awaited = page(pick_ups.select_related("patient"), "created", places.get("pick_ups", ""))
    context = {
        "reviews": page(reviews, "due_at", places.get("reviews", "")),
        "packs": page(packs, "created", places.get("packs", "")),
        "pick_ups": awaited,
        "recalled": {bag.patient_id for bag in keeping_back.to_keep_back(awaited.rows)},
    }
    return render(request, "refill/pharmacist/counter.html", context)
