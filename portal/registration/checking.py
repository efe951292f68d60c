"""Ask the hospital system who somebody is; it may be slow or away, and nobody waits for it."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.celery import app
from portal.his import identity
from portal.his.errors import HisError
from portal.his.terms import Identifier, Person
from portal.record.models import ConsentText
from portal.registration import linking
from portal.registration.models import Registration
from portal.registration.workflow import IDENTITY

log = logging.getLogger(__name__)
Reason = Registration.Reason
PATIENCE = timedelta(hours=4)  # then a registrar looks, whatever the hospital system does
TASK = "portal.registration.tasks.check"


def begin(
    actor: Actor, user: User, facts: dict[str, Any], text: ConsentText | None
) -> Registration:
    """Write down who the person says to be; the check starts after commit. Twice is once."""
    try:
        with transaction.atomic():
            return _begun(actor, user, facts, text)
    except IntegrityError:
        return Registration.objects.open().get(user=user)


def _begun(
    actor: Actor, user: User, facts: dict[str, Any], text: ConsentText | None
) -> Registration:
    row = Registration.objects.create(
        organization=facts["organization"],
        user=user,
        name=facts["name"],
        birth_day=facts["birth_date"].isoformat(),
        gender=facts["gender"],
        id_number=facts["id_number"],
        record_number=facts["record_number"],
        consent_text=text,
        authored_on=timezone.now(),
    )
    if user.organization_id is None:
        user.organization = row.organization
        user.save(update_fields=["organization"])
    journal.write(actor, "say-who", row, after=row.status)
    transaction.on_commit(partial(_wake, row.pk))
    return row


def _wake(pk: UUID) -> None:
    """Without a broker the clock finds the row within half a minute."""
    try:
        app.send_task(TASK, (str(pk),), retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("identity check not sent: %s", type(error).__name__)


def check(pk: UUID) -> None:
    """Ask once and act on the answer; a hospital system that is away is asked again later."""
    row = Registration.objects.select_related("organization").get(pk=pk)
    if row.status != Registration.Status.REQUESTED:
        return
    if not row.id_number:
        _refer(row, Reason.NO_NUMBER)
        return
    Registration.objects.filter(pk=pk).update(asked_on=timezone.now())
    try:
        answer = identity.find(_person(row), row.organization)
    except HisError as error:
        log.info("identity not checked yet: %s", error)
        if timezone.now() - row.authored_on > PATIENCE:
            _refer(row, Reason.NO_ANSWER)
        return
    _act(row, answer)


def _act(row: Registration, answer: identity.One | identity.NoMatch | identity.Ambiguous) -> None:
    """Only a record that carries the very number links by itself (a name is not a proof)."""
    if isinstance(answer, identity.Ambiguous):
        _refer(row, Reason.AMBIGUOUS)
    elif isinstance(answer, identity.NoMatch):
        differs = answer.reason == "name-differs"
        _refer(row, Reason.NAME_DIFFERS if differs else Reason.NO_MATCH)
    elif answer.by != "identifier":
        _refer(row, Reason.NO_MATCH)
    else:
        try:
            linking.link(SYSTEM, row, answer.patient)
        except linking.LinkedToAnother:
            _refer(row, Reason.ALREADY_LINKED)


def _refer(row: Registration, reason: Reason) -> None:
    IDENTITY.apply("refer", row, actor=SYSTEM, reason=reason)


def _person(row: Registration) -> Person:
    numbers = (Identifier("", row.id_number),)
    return Person(row.name, row.birth_date, row.gender, numbers)
