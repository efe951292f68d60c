"""Who hears of money: the resident of every refund, the managers of what waits for them."""

from __future__ import annotations

import uuid

from portal.accounts.models import User
from portal.notification.notifying import notify
from portal.organization.models import Organization
from portal.payment.models import Invoice


def resident(kind: str, invoice: Invoice, event: str) -> None:
    """Tell the person whose bill it is, once an event."""
    centre = invoice.organization
    notify(
        invoice.patient.user,
        kind,
        event=event,
        centre=centre.name,
        telephone=centre.telecom,
        invoice=invoice.pk,
    )


def managers(kind: str, invoice: Invoice, event: str, besides: User | None = None) -> None:
    """Tell the managers of the centre about a bill; `besides` knows already."""
    for manager in managers_of(invoice.organization_id):
        if besides is None or manager.pk != besides.pk:
            notify(
                manager,
                kind,
                event=event,
                centre=invoice.organization.name,
                person=invoice.patient.name,
                invoice=invoice.pk,
            )


def books(centre: Organization, count: int, event: str) -> None:
    """The nightly look found differences."""
    for manager in managers_of(centre.pk):
        notify(manager, "books-differ", event=event, centre=centre.name, count=count)


def prices(centre: Organization, count: int, event: str) -> None:
    """What is asked online is not what the counter asks."""
    for manager in managers_of(centre.pk):
        notify(manager, "prices-differ", event=event, centre=centre.name, count=count)


def managers_of(organization_id: uuid.UUID) -> list[User]:
    rows = User.objects.filter(role=User.Role.MANAGER, organization_id=organization_id)
    return list(rows.filter(is_active=True))
