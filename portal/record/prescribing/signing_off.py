"""Sign: the checks once more, the bytes, the signature, the word to the HIS (R49–R51, R56, R57)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.outbox import putting
from portal.record import signing, summary
from portal.record.facts import Summary
from portal.record.models import (
    MedicationRequest,
    Practitioner,
    Prescription,
    SignedPrescription,
)
from portal.record.prescribing import writing_out
from portal.record.prescribing.alerting import alerts, unanswered
from portal.record.prescribing.refusing import Blocked, NotConfirmed, held
from portal.record.rules.checking import versions
from portal.record.signals import prescription_signed
from portal.record.workflow import PRESCRIPTION, not_the_prescriber
from portal.terminology import parameters
from portal.workflow import Refused

CONFIRMED_WITHIN = timedelta(minutes=15)

Guard = Callable[[Actor, Prescription], str | None]
_guards: list[Guard] = []


def before_signing(guard: Guard) -> Guard:
    """Register a question of a service above: a sentence refuses the signature, None lets it be."""
    _guards.append(guard)
    return guard


@transaction.atomic
def sign(
    actor: Actor,
    prescription: Prescription,
    key: signing.SigningKey,
    confirmed_as_of: datetime | None = None,
) -> Prescription:
    """The receiving doctor's own signature; the second tap of a double tap changes nothing.

    `confirmed_as_of`: the time of the data that the doctor confirmed with the patient; when
    the data was never read, the moment of the confirmation. Raises Refused, NotConfirmed
    (old or unknown data), Blocked (alerts) or signing.Locked.
    """
    signing.refuse_machines()
    row = held(prescription)
    if row.status == Prescription.Status.SIGNED and row.practitioner_id == key.practitioner_id:
        return row
    now = timezone.now()
    _refuse(actor, row, key, now)
    record = summary.read(row.patient)
    _refuse_blocked(row, record, now)
    confirmed = _confirmed(record, confirmed_as_of, now)
    facts = _facts(row, confirmed, now)
    version = _signed_version(row, key, facts)
    row.lines.update(status=MedicationRequest.Status.ACTIVE)
    done: Prescription = PRESCRIPTION.apply("sign", row, actor=actor, **facts)
    _tell_the_hospital(done, version)
    prescription_signed.send(sender=Prescription, prescription=done)
    return done


def _tell_the_hospital(row: Prescription, version: SignedPrescription) -> None:
    """Each version under its own key: the lines of one signed anew are new ones there."""
    putting.put(
        "his.prescription",
        row.organization_id,
        lane=str(row.patient_id),
        payload={"prescription": str(row.pk)},
        key=version.pk,
    )


def end_of_validity(signed_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The last moment of the last valid day at the centre; the day of signing is one (R51)."""
    last: date = signed_at.astimezone(zone).date() + timedelta(days=days - 1)
    return datetime.combine(last, time.max, zone)


def unfit(practitioner: Practitioner, today: date) -> str | None:
    """Why a doctor may not prescribe online (R6); None when nothing stands in the way."""
    years = parameters.value("doctor.min_independent_years", on=today)
    since = practitioner.independent_since
    if practitioner.licence_until < today:
        return _("Your licence has expired.")
    if not practitioner.institution_consents:
        return _("Your centre has not agreed to your working online.")
    if (today.year - since.year - ((today.month, today.day) < (since.month, since.day))) < years:
        return _("Working online needs %(years)s years of independent work.") % {"years": years}
    return None


def _refuse(actor: Actor, row: Prescription, key: signing.SigningKey, now: datetime) -> None:
    today = now.astimezone(row.organization.zone).date()
    reason = (
        PRESCRIPTION.refusal("sign", row, actor)
        or not_the_prescriber(actor, row)
        or unfit(row.practitioner, today)
        or next(filter(None, (guard(actor, row) for guard in _guards)), None)
    )
    if reason:
        raise Refused(reason)
    if key.practitioner_id != row.practitioner_id:
        raise signing.Locked(_("This signing key belongs to another doctor."))
    if actor.session_key and actor.session_key != key.session_key:
        raise signing.Locked(_("Your key was opened in another session. Enter your password."))


def _refuse_blocked(row: Prescription, record: Summary, now: datetime) -> None:
    standing = unanswered(row, alerts(row, record, now))
    if standing:
        sentence = standing[0].text
        if not standing[0].blocks:
            sentence = _("Give a reason first: %(alert)s") % {"alert": sentence}
        raise Blocked(sentence, standing)


def _confirmed(record: Summary, confirmed: datetime | None, now: datetime) -> datetime | None:
    """The confirmation that goes with old or unknown data (R169)."""
    if not summary.needs_confirmation(record, now):
        return None
    as_of = summary.as_of(record)
    if confirmed is None or timezone.is_naive(confirmed):
        raise NotConfirmed(_ask(as_of), as_of)
    if as_of is None and not now - CONFIRMED_WITHIN <= confirmed <= now + timedelta(minutes=1):
        raise NotConfirmed(_ask(as_of), as_of)
    if as_of is not None and abs(confirmed - as_of) >= timedelta(seconds=1):
        raise NotConfirmed(_("The record was read again meanwhile. Look at it once more."), as_of)
    return confirmed


def _ask(as_of: datetime | None) -> str:
    if as_of is None:
        return _("Allergies and medicines are not known. Confirm them with the patient first.")
    moment = formats.date_format(timezone.localtime(as_of), "DATETIME_FORMAT")
    return _("The data is as of %(moment)s. Confirm it with the patient first.") % {
        "moment": moment
    }


def _facts(row: Prescription, confirmed: datetime | None, now: datetime) -> dict[str, Any]:
    zone = row.organization.zone
    today = now.astimezone(zone).date()
    return {
        "signed_at": now,
        "valid_until": end_of_validity(now, parameters.value("rx.valid_days", on=today), zone),
        "extension_note": "",
        "confirmed_as_of": confirmed,
        "parameter_versions": versions(today),
    }


def _signed_version(
    row: Prescription, key: signing.SigningKey, facts: dict[str, Any]
) -> SignedPrescription:
    """The bytes that the doctor signs, their rendering, and the signature; one more version."""
    for name, value in facts.items():
        setattr(row, name, value)
    document = writing_out.document(row)
    data = signing.canonical(document)
    return SignedPrescription.objects.create(
        prescription=row,
        version=row.versions.count() + 1,
        certificate_id=key.certificate_id,
        signed_bytes=data.decode(),
        rendering=writing_out.rendering(document),
        digest=signing.digest(data),
        signature=signing.sign_bytes(key, data),
        signed_at=facts["signed_at"],
    )
