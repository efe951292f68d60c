"""The cashier in use: Stripe's protocol, at whatever address the environment names."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from portal.payment.gateway import Gateway


def cashier() -> Gateway:
    """The gateway of this portal, one client a process."""
    secrets = tuple(settings.STRIPE_WEBHOOK_SECRETS)
    return _stripe(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE, secrets)


@lru_cache(maxsize=4)
def _stripe(key: str, base: str, secrets: tuple[str, ...]) -> Gateway:
    # The library takes half a second to import: only who speaks to the cashier waits for it.
    from portal.payment.stripe_gateway import StripeGateway

    return StripeGateway(key, base, secrets)
