from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.payment import webhooks
from portal.payment.cashier import cashier
from portal.payment.gateway import BadSignature

BIGGEST_EVENT = 256 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """The cashier's signed news; anything else is refused and changes nothing."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > BIGGEST_EVENT:
        return HttpResponse(status=413)
    try:
        event = cashier().read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature:
        return HttpResponse(status=400)
    webhooks.receive("stripe", event)
    return HttpResponse(status=200)
