"""The pharmacist's review: the form, the facts that matter, the verdict; nothing is changed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from refill import looking, reviewing
from refill.forms import ReviewForm
from refill.models import PrescriptionReview
from refill.views.answers import tried

PHARMACIST = User.Role.PHARMACIST
VERDICTS = {"return": reviewing.return_, "refuse": reviewing.refuse}


@require_http_methods(["GET", "POST"])
@role_required(PHARMACIST)
@second_factor.required
def review(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The prescription, what the record says that matters, and the verdict (R83)."""
    row = _row(request, pk)
    form = ReviewForm(request.POST or None)
    answer = tried(request, form, lambda: _decided(request, row, form))
    if isinstance(answer, HttpResponse):
        return answer
    context = {"review": row, "form": form, **looking.facts(request.actor, row)}
    return render(request, "refill/pharmacist/review.html", context, status=answer)


@require_http_methods(["PATCH", "PUT", "POST", "DELETE"])
@role_required(PHARMACIST)
def lines(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Nobody at the counter writes into a prescription: only its doctor corrects it (R84)."""
    _row(request, pk)
    raise PermissionDenied(_("The pharmacist changes nothing. Return it to the doctor."))


def _row(request: ActorRequest, pk: UUID) -> PrescriptionReview:
    rows = PrescriptionReview.objects.visible_to(request.actor)
    related = ("prescription__organization", "patient", "prescriber", "reviewer")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _decided(request: ActorRequest, row: PrescriptionReview, form: ReviewForm) -> HttpResponse:
    said = form.cleaned_data
    if said["verdict"] == "pass":
        reviewing.pass_(request.actor, row, form.findings())
        messages.success(request, _("Passed. The resident knows the price."))
    else:
        VERDICTS[said["verdict"]](request.actor, row, form.findings(), said["reason"])
        messages.success(request, _("Sent back with your reason."))
    return redirect("refill:counter")
