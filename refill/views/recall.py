"""From a lot or a box to its receivers, and one press that tells them all (R88)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from refill import recalling
from refill.forms import RecallForm, TellForm
from refill.views.answers import tried

PHARMACIST = User.Role.PHARMACIST
PAGE = "refill/pharmacist/recall.html"


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
def recall(request: ActorRequest) -> HttpResponse:
    """Who received this lot or box; the number is sent, never kept in an address."""
    form = RecallForm(request.POST or None)
    status = 422 if request.method == "POST" and not form.is_valid() else 200
    return render(request, PAGE, {"form": form, **_found(request, form)}, status=status)


@require_POST
@role_required(PHARMACIST)
@second_factor.required
def tell(request: ActorRequest) -> HttpResponse:
    """Close every shelf of the lot and tell all who received of it; a second press tells nobody."""
    form = TellForm(request.POST)

    def deed() -> HttpResponse:
        done = recalling.recall(request.actor, **_said(form))
        words = {"shelves": done.shelves, "told": done.told}
        messages.success(
            request, _("Shelves closed: %(shelves)s. Residents told: %(told)s.") % words
        )
        for row in done.to_call:
            messages.warning(request, _("Call %(name)s: no account.") % {"name": row.patient_name})
        return redirect("refill:recall")

    answer = tried(request, form, deed)
    if isinstance(answer, HttpResponse):
        return answer
    again = RecallForm(request.POST)
    return render(
        request, PAGE, {"form": again, "tell": form, **_found(request, again)}, status=answer
    )


def _found(request: ActorRequest, form: RecallForm) -> dict[str, object]:
    if not form.is_bound or not form.is_valid():
        return {}
    number = form.cleaned_data["number"]
    return {
        "number": number,
        "lots": recalling.lots_of(number),
        "found": recalling.receivers(request.actor, number),
    }


def _said(form: TellForm) -> dict[str, str]:
    return {"text": form.cleaned_data["number"], "reason": form.cleaned_data["reason"]}
