"""The pharmacist's verdict: before it nothing counts, and nothing is changed by it (R83, R84)."""

from __future__ import annotations

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.payment import invoicing
from portal.record.models import Prescription
from portal.workflow import Refused
from refill import dispensing, reviewing
from refill.models import MedicationDispense, PrescriptionReview, Shortage
from refill.reviewing import Finding
from tests.factories.people import PractitionerFactory
from tests.refill.conftest import GOOD
from tests.refill.test_dispense import packing

BAD = [Finding("lawful", True), Finding("complete", True), Finding("suitable", False, "dose")]


def test_a_signed_prescription_waits_for_the_pharmacist(review, prescription):
    assert review.status == PrescriptionReview.Status.PENDING
    assert review.due_at == prescription.valid_until


def test_passed_means_in_force_boxes_kept_and_the_price_known(
    actor, pharmacist, review, prescription, shelf, need, line
):
    reviewing.pass_(actor(pharmacist), review, GOOD)
    prescription.refresh_from_db()
    shelf.refresh_from_db()
    assert prescription.status == Prescription.Status.EFFECTIVE
    assert shelf.reserved == need
    assert invoicing.open_for(line.patient).owed_minor == need * line.medication.price_minor
    assert not MedicationDispense.objects.exists()


def test_a_double_tap_passes_once(actor, pharmacist, review, shelf, need):
    reviewing.pass_(actor(pharmacist), review, GOOD)
    with pytest.raises(Refused):
        reviewing.refuse(actor(pharmacist), review, BAD, "too late")
    shelf.refresh_from_db()
    assert shelf.reserved == need


def test_passed_again_after_it_was_packed_nothing_is_kept_anew(
    actor, pharmacist, dispense, review, shelf
):
    dispensing.pack(actor(pharmacist), dispense, packing())
    reviewing.pass_(actor(pharmacist), review, GOOD)
    shelf.refresh_from_db()
    assert shelf.reserved == 0


def test_a_bad_finding_cannot_pass(actor, pharmacist, review, shelf):
    with pytest.raises(Refused):
        reviewing.pass_(actor(pharmacist), review, BAD)


def test_two_blocks_are_not_enough(actor, pharmacist, review, shelf):
    with pytest.raises(Refused):
        reviewing.pass_(actor(pharmacist), review, GOOD[:2])


@pytest.mark.parametrize(
    ("deed", "status"), [(reviewing.return_, "returned"), (reviewing.refuse, "refused")]
)
def test_sent_back_with_a_reason_that_the_doctor_reads(
    actor, pharmacist, review, prescription, deed, status
):
    deed(actor(pharmacist), review, BAD, "the dose is too high")
    prescription.refresh_from_db()
    assert (prescription.status, prescription.status_reason) == (status, "the dose is too high")


def test_sent_back_without_a_reason_is_refused(actor, pharmacist, review):
    with pytest.raises(Refused):
        reviewing.return_(actor(pharmacist), review, BAD, " ")


def test_no_boxes_are_said_before_payment(actor, pharmacist, review, line):
    reviewing.pass_(actor(pharmacist), review, GOOD)
    assert Shortage.objects.get().line == line
    assert invoicing.open_for(line.patient).owed_minor == 0


def test_an_expired_prescription_cannot_pass(actor, pharmacist, review, shelf):
    with time_machine.travel(review.due_at, tick=False), pytest.raises(Refused):
        reviewing.pass_(actor(pharmacist), review, GOOD)


def test_a_pharmacist_of_another_centre_cannot(actor, review, other_centre, shelf):
    stranger = PractitionerFactory(organization=other_centre, user__role="pharmacist")
    with pytest.raises(Refused):
        reviewing.pass_(actor(stranger), review, GOOD)


def test_the_doctor_cannot_review(actor, dr_li, review, shelf):
    with pytest.raises(Refused):
        reviewing.pass_(actor(dr_li), review, GOOD)


def test_the_database_keeps_reviewer_and_prescriber_apart(review, dr_li):
    review.reviewer = dr_li
    review.reviewed_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        review.save()
