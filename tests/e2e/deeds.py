"""What no page can do for a play: time passes, and somebody else happens to be there."""

from __future__ import annotations

import time
from datetime import timedelta

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F
from django.utils import timezone

from consult.models import Encounter, Slot
from delivery.models import ParcelLine, SupplyDelivery
from portal.accounts import phones
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.outbox.models import OutboxMessage
from portal.payment import reconciling
from portal.record import prescribing
from portal.record.models import Patient, Practitioner, Prescription, RecordSection
from portal.secrecy import blind_index
from tests.factories.visits import EncounterFactory


def record_ages(encounter: str, minutes: str) -> None:
    """What was read of the resident's record was read that long ago."""
    visit = Encounter.objects.get(pk=encounter)
    RecordSection.objects.filter(patient_id=visit.patient_id).update(
        as_of=F("as_of") - timedelta(minutes=int(minutes))
    )


def promise_passes(encounter: str, minutes: str) -> None:
    """The promised time lies that long behind."""
    promised = timezone.now() - timedelta(minutes=int(minutes))
    Encounter.objects.filter(pk=encounter).update(promised_at=promised)


def visit_lies_back(encounter: str, hours: str) -> None:
    """The visit ended that long ago."""
    ended = timezone.now() - timedelta(hours=int(hours))
    Encounter.objects.filter(pk=encounter).update(ended_at=ended)


def factor_ages(session: str, minutes: str) -> None:
    """The second factor was shown that long ago in this session."""
    store = SessionStore(session)
    for record in store[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - 60 * int(minutes)
    store.modified = True
    store.save()


def chooses_nothing(session: str) -> None:
    """Whoever is signed in there keeps no language and no text size in the profile."""
    user = SessionStore(session)["_auth_user_id"]
    User.objects.filter(pk=user).update(language="", text_size="")


def also_comes_to(encounter: str, doctor: str) -> str:
    """The resident waits for this other doctor of the centre too."""
    visit = Encounter.objects.select_related("patient", "appointment").get(pk=encounter)
    now = timezone.now()
    start = now + timedelta(days=400)  # where no other time stands
    other = EncounterFactory(
        appointment__patient=visit.patient,
        appointment__practitioner=Practitioner.objects.get(user__username=doctor),
        appointment__evidence=visit.appointment.evidence,
        appointment__slot__start=start,
        appointment__status="arrived",
        status="arrived",
        arrived_at=now,
        promised_at=now + timedelta(minutes=10),
    )
    return str(other.pk)


def newcomer(phone: str) -> str:
    """Somebody who has just come in with this number for the first time; her session."""
    user = User.objects.create(username=f"play-{phone}", role=User.Role.RESIDENT)
    phones.give(user, phone)
    return open_session(user)


def number_rests(phone: str, days: str) -> None:
    """Nobody has proved this number for so long that it may have a new owner."""
    proved = timezone.now() - timedelta(days=int(days))
    User.objects.filter(phone_index=blind_index(phone)).update(phone_proved_at=proved)


def hold_runs_out(patient: str) -> None:
    """The ten minutes in which a time is kept for this resident are over."""
    held = Slot.objects.filter(
        appointments__patient=Patient.objects.get(his_id=patient), appointments__status="proposed"
    )
    assert held.update(held_until=timezone.now() - timedelta(seconds=1)) == 1


def known_as(dispense: str) -> str:
    """How the hospital calls this hand-over; nothing while it does not know of it."""
    return OutboxMessage.objects.get(key=dispense).remote_ref


def sent_of(order: str) -> str:
    """The fill in the parcel of this order."""
    return str(ParcelLine.objects.get(parcel__choice=order).dispense_id)


def books_agree() -> bool:
    """Both books say the same; while a refund is on its way they do not yet."""
    return not list(reconciling.differences())


def number_of(order: str) -> str:
    """The number that stands on the bag of this order."""
    return SupplyDelivery.objects.get(choice=order).number


def stages() -> dict[str, str]:
    """Where each parcel stands in the centre's books."""
    return {str(pk): stage for pk, stage in SupplyDelivery.objects.values_list("pk", "stage")}


def taken_back(prescription: str) -> str:
    """Its doctor cancels this form; how it stands then."""
    form = Prescription.objects.get(pk=prescription)
    return prescribing.cancel(Actor.of(form.practitioner.user), form, "an allergy").status
