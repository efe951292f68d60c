"""Who is told what of a parcel; every end is told, at once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from delivery.models import RefundOrReplace, SupplyDelivery
from portal.accounts.models import User
from portal.notification import telephone
from portal.notification.notifying import notify
from portal.outbox.models import OutboxMessage
from portal.outbox.putting import put
from portal.outbox.relaying import handles


def resident(kind: str, parcel: SupplyDelivery, **facts: Any) -> None:
    """Tell the person the parcel is for: once each time it happens."""
    centre = parcel.organization
    event = f"{kind}:{parcel.pk}:{parcel.failed_attempts}:{parcel.stage}"
    known = {"centre": centre.name, "telephone": centre.telecom, "parcel": parcel.pk}
    known |= {"when": parcel.window_start, "until": parcel.window_end, **facts}
    notify(parcel.patient.user, kind, event=event, **known)


def new_code(parcel: SupplyDelivery) -> None:
    """Somebody tried wrong codes at the counter: the resident has another one now."""
    event = f"parcel-new-code:{parcel.pk}:{parcel.wrong_codes}"
    facts = {"centre": parcel.organization.name, "telephone": parcel.organization.telecom}
    notify(parcel.patient.user, "parcel-new-code", event=event, parcel=parcel.pk, **facts)


def centre(kind: str, case: RefundOrReplace, *roles: str) -> None:
    """Tell the people of the centre whose work it is."""
    people = User.objects.filter(
        organization_id=case.organization_id, role__in=roles, is_active=True
    )
    for user in people:
        notify(user, kind, event=f"{kind}:{case.pk}", until=case.due_at)


def courier(parcel: SupplyDelivery, user: User | None) -> None:
    """The courier on whose page it stands: it comes back now."""
    known = {"number": parcel.number, "centre": parcel.organization.name}
    notify(user, "parcel-bring-back", event=f"parcel-bring-back:{parcel.pk}", **known)


def call_back(parcel: SupplyDelivery, reason: str) -> None:
    """A fill in it ended: the parcel is called back as soon as that is written."""
    put(
        "parcel.call-back",
        parcel.organization_id,
        lane=f"parcel:{parcel.pk}",
        payload={"parcel": str(parcel.pk), "reason": reason},
        key=uuid.uuid5(parcel.pk, f"call-back:{parcel.failed_attempts}"),
        priority=1,
    )


def late(parcel: SupplyDelivery) -> None:
    """The resident and the manager hear that a promise was not kept."""
    resident("parcel-late", parcel)
    people = User.objects.filter(
        organization_id=parcel.organization_id, role=User.Role.MANAGER, is_active=True
    )
    for user in people:
        event = f"parcel-not-moving:{parcel.pk}:{parcel.failed_attempts}"
        notify(user, "parcel-not-moving", event=event, until=parcel.window_end)


def team(case: RefundOrReplace) -> None:
    """The medicine runs out before another parcel can come: the family doctor is called (R98)."""
    patient = case.patient
    doctor = patient.general_practitioner
    people = [doctor.user] if doctor else []
    managers = User.objects.filter(organization_id=case.organization_id, role=User.Role.MANAGER)
    for user in [*people, *managers]:
        notify(
            user,
            "medicine-runs-out",
            event=f"medicine-runs-out:{case.pk}",
            person=patient.name,
            centre=case.organization.name,
            count=max(case.days_left or 0, 0),
        )


def send_code(parcel: SupplyDelivery) -> None:
    """The receiver's telephone gets the code, by a message of its own (R96, R99)."""
    put(
        "delivery.code",
        parcel.organization_id,
        lane=f"parcel:{parcel.pk}",
        payload={"parcel": str(parcel.pk)},
        key=uuid.uuid5(parcel.pk, f"code:{parcel.failed_attempts}"),
        priority=2,
    )


@handles("delivery.code")
def say_code(message: OutboxMessage) -> None:
    """Who, until when, and the code last; nothing about what is in the parcel."""
    rows = SupplyDelivery.objects.select_related("organization", "choice", "patient__user")
    parcel = rows.get(pk=message.payload["parcel"])
    if parcel.choice.phone and parcel.stage == "out-for-delivery":
        telephone.send(parcel.choice.phone, _words(parcel), message.key)


def _words(parcel: SupplyDelivery) -> str:
    user = parcel.patient.user
    with translation.override(user.language if user and user.language else None):
        return _(
            "%(centre)s: a parcel comes until %(until)s. Tell the courier this code when you hold"
            " it: %(code)s"
        ) % {
            "centre": parcel.organization.name,
            "until": _clock(parcel.window_end, parcel),
            "code": parcel.code,
        }


def _clock(moment: datetime, parcel: SupplyDelivery) -> str:
    return formats.date_format(timezone.localtime(moment, parcel.organization.zone), "TIME_FORMAT")
