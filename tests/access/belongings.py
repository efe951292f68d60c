"""What Chen, Dr Li and the centre hold: a row for every door that opens to a row."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.utils import timezone

from consult.models import (
    Attachment,
    Communication,
    ConsultationRecord,
    EmergencyDuty,
    EvidencePaper,
    HospitalDifference,
    QuickPhrase,
    ScheduleException,
)
from portal.his.models import RegistrarTask
from portal.organization.models import CalendarDay
from portal.outbox.models import OutboxMessage
from portal.record.models import Prescription
from tests.factories import centre_day
from tests.factories.counter import LineFactory, PrescriptionFactory
from tests.factories.visits import ScheduleFactory

A_JPEG = ContentFile(b"\xff\xd8\xff\xe0 a picture", name="picture.jpg")


@pytest.fixture
def attachment(room):
    """Chen has shown a picture in the conversation."""
    row = Attachment.objects.create(
        organization=room.organization, encounter=room, owner=room.patient.user, file=A_JPEG,
        content_type="image/jpeg", size=14, digest="0" * 64,
    )  # fmt: skip
    Communication.objects.create(
        encounter=room, seq=2, client_id=uuid.uuid4(), sender=room.patient.user,
        author_kind="resident", sent=timezone.now(), kind="picture", fingerprint="y",
        body={"attachment": str(row.pk), "width": 1, "height": 1, "url": "/"},
    )  # fmt: skip
    return row


@pytest.fixture
def paper(chen):
    """A discharge summary that Chen photographed."""
    return EvidencePaper.objects.create(
        organization=chen.organization, patient=chen, owner=chen.user, file=A_JPEG,
        content_type="image/jpeg", digest="0" * 64, icd10="I10", text="Hypertension",
        day=centre_day.today(),
    )  # fmt: skip


@pytest.fixture
def note(room):
    """Dr Li's signed note of the visit."""
    now = timezone.now()
    return ConsultationRecord.objects.create(
        encounter=room, organization=room.organization, patient=room.patient,
        practitioner=room.practitioner, status="final", verdict="meets", verdict_at=now,
        verdict_by=room.practitioner, signed_at=now, signature="x", signed_bytes="As before.",
        assessment=[{"code": "I10", "text": "Hypertension"}],
    )  # fmt: skip


@pytest.fixture
def draft(room):
    """Dr Li's draft of the visit; Chen is asked to agree to eight weeks."""
    row = PrescriptionFactory(
        patient=room.patient, encounter_id=room.pk,
        long_assessment={"text": "Steady.", "educated": True, "at": "2026-11-22T02:00:00+00:00"},
    )  # fmt: skip
    LineFactory(prescription=row, days=56)
    return row


@pytest.fixture
def signed(chen):
    """An earlier prescription of Chen's."""
    now = timezone.now()
    return PrescriptionFactory(
        patient=chen, status=Prescription.Status.SIGNED, signed_at=now,
        valid_until=now + timedelta(days=3),
    )  # fmt: skip


@pytest.fixture
def duty(room):
    """The visit was urgent: somebody must reach Chen."""
    now = timezone.now()
    return EmergencyDuty.objects.create(
        organization=room.organization, encounter=room, patient=room.patient, opened=now,
        alerted_at=now,
    )  # fmt: skip


@pytest.fixture
def device(chen):
    """Chen is signed in on another telephone."""
    return UserSession.objects.create(user=chen.user, session_key="k" * 32, ip="127.0.0.1")


@pytest.fixture
def factor(dr_li):
    """Dr Li's authenticator app."""
    return Authenticator.objects.create(user=dr_li.user, type=Authenticator.Type.TOTP, data={})


@pytest.fixture
def belongings(
    centre, chen, dr_li, room, draft, attachment, paper, note, signed, duty, device, factor
):
    """Every row beside those of the visit itself, by name."""
    tomorrow = centre_day.today() + timedelta(days=1)
    about = {"organization": centre, "practitioner": dr_li}
    return {
        "attachment": attachment,
        "paper": paper,
        "note": note,
        "draft": draft,
        "line": draft.lines.get(),
        "signed": signed,
        "duty": duty,
        "device": device,
        "factor": factor,
        "hours": ScheduleFactory(practitioner=dr_li, start=time(1), end=time(2)),
        "day": ScheduleException.objects.create(day=tomorrow, **about),
        "day_off": CalendarDay.objects.create(
            organization=centre, day=tomorrow, name="Festival", source="a notice"
        ),
        "phrase": QuickPhrase.objects.create(practitioner=dr_li, text="How do you feel?"),
        "difference": HospitalDifference.objects.create(kind="not-there", **about),
        "question": RegistrarTask.objects.create(
            organization=centre, kind=RegistrarTask.Kind.AMBIGUOUS, patient=chen
        ),
        "message": OutboxMessage.objects.create(
            organization=centre, kind="his.book", lane=str(chen.pk), state="dead"
        ),
    }
