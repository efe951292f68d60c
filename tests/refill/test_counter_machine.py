"""Whatever is pressed in whatever order: nothing is packed before it was passed and paid, no shelf
goes below zero, and no line gives more than was authorised.
"""

from __future__ import annotations

import contextlib
import itertools
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.accounts.actor import SYSTEM
from portal.payment import invoicing
from portal.payment.models import Invoice
from portal.record import prescribing
from portal.record.models import Prescription
from portal.workflow import Refused
from refill import dispensing, handing, invariants, lacking, recalling, reviewing, stocking
from refill.models import MedicationDispense, PickUp, PrescriptionReview, StockItem
from tests.factories import centre_day
from tests.refill.conftest import GOOD
from tests.refill.test_dispense import packing
from tests.refill.test_review import BAD

QUESTIONS = [
    invariants.more_dispensed_than_authorised,
    invariants.fills_of_what_no_pharmacist_passed,
    invariants.packed_without_being_paid,
    invariants.reviews_of_ones_own,
    invariants.shelves_that_do_not_add_up,
    invariants.boxes_kept_for_nobody,
    invariants.packed_boxes_without_their_codes,
    invariants.steps_off_their_edges,
]
numbers = itertools.count()


class Counter(RuleBasedStateMachine):
    """The counter with one signed prescription; set up by the test."""

    prescription: Prescription
    doctor = pharmacist = SYSTEM
    reached: set[str] = set()

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.refused = contextlib.suppress(Refused)

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def fills(self):
        return MedicationDispense.objects.order_by("fill")

    @rule(boxes=st.integers(1, 3))
    def receive(self, boxes):
        medication = self.prescription.lines.get().medication
        expires = centre_day.today() + timedelta(days=300)
        number = f"LOT{next(numbers)}"
        lot = stocking.receive(self.pharmacist, medication, number, expires, boxes)
        lacking.serve_waiting(lot)

    @rule(steps=st.integers(1, 5))
    def onward(self, steps):
        """The usual way, as far as it goes: boxes, passed, paid, packed, handed over."""
        usual = (lambda: self.receive(3), lambda: self.review("pass"), self.pay, self.pack)
        for step in (*usual, self.hand_over)[:steps]:
            step()

    @rule(boxes=st.integers(0, 3))
    def count(self, boxes):
        for item in StockItem.objects.all():
            with self.refused:
                stocking.correct(self.pharmacist, item, boxes, "counted")

    @rule()
    def recall(self):
        if item := StockItem.objects.filter(status="available").order_by("lot_number").first():
            recalling.recall(self.pharmacist, item.lot_number, "particles")

    @rule(verdict=st.sampled_from(["pass", "pass", "pass", "return", "refuse"]))
    def review(self, verdict):
        review = PrescriptionReview.objects.order_by("-version").first()
        with self.refused:
            if verdict == "pass":
                reviewing.pass_(self.pharmacist, review, GOOD)
            elif verdict == "return":
                reviewing.return_(self.pharmacist, review, BAD, "dose")
            else:
                reviewing.refuse(self.pharmacist, review, BAD, "dose")

    @rule()
    def pay(self):
        for invoice in Invoice.objects.filter(status="draft"):
            with self.refused:
                for line in invoice.lines.filter(withdrawn_at=None, waived_minor=0):
                    invoicing.waive(SYSTEM, line, line.cash_minor, "paid in the test")
                if invoice.lines.exists():
                    invoicing.issue(SYSTEM, invoice)

    @rule()
    def pack(self):
        for fill in self.fills():
            codes = [f"BOX-{next(numbers)}" for _box in range(fill.boxes)]
            with self.refused:
                dispensing.pack(self.pharmacist, fill, packing(*codes))

    @rule()
    def hand_over(self):
        for fill in self.fills():
            with self.refused:
                handing.hand_over(self.pharmacist, fill)

    @rule()
    def collect(self):
        pick_up = PickUp.objects.waiting().first()
        bags = list(self.fills().filter(status="in-progress"))
        with self.refused:
            code = pick_up.code if pick_up else ""
            handing.hand_over_at_counter(self.pharmacist, bags, code=code)

    @rule()
    def decline(self):
        for fill in self.fills():
            with self.refused:
                handing.decline(self.pharmacist, fill, "not-home")

    @rule()
    def replace(self):
        for fill in self.fills():
            with self.refused:
                handing.replace(self.pharmacist, fill, "lost")

    @rule(outcome=st.sampled_from(lacking.Outcome.values))
    def lack(self, outcome):
        day = centre_day.today() + timedelta(days=2)
        for fill in self.fills():
            with self.refused:
                lacking.lack(self.pharmacist, fill, outcome, day)

    @rule()
    def take_back(self):
        with self.refused:
            prescribing.cancel(self.doctor, self.prescription, "an allergy")

    @invariant()
    def everything_holds(self):
        broken = {ask.__name__: ask() for ask in QUESTIONS}
        assert not any(broken.values()), broken
        assert not StockItem.objects.filter(boxes__lt=0).exists()
        self.reached.update(MedicationDispense.objects.values_list("status", flat=True))


@pytest.mark.long
@pytest.mark.django_db
def test_nothing_leaves_the_counter_that_was_not_passed_and_paid(
    actor, dr_li, pharmacist, prescription
):
    Counter.prescription = prescription
    Counter.doctor, Counter.pharmacist = actor(dr_li), actor(pharmacist)
    usual = Counter()
    usual.onward(5)
    usual.everything_holds()
    usual.teardown()
    assert "completed" in Counter.reached  # else the machine would walk in place
    run_state_machine_as_test(
        Counter,
        settings=settings(
            max_examples=25,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_questions_see_what_is_broken(dispense, shelf):
    """Each kind of breach is found: a question that cannot fail asks nothing."""
    StockItem.objects.filter(pk=shelf.pk).update(boxes=9)
    assert invariants.shelves_that_do_not_add_up() == 1
    MedicationDispense.objects.filter(pk=dispense.pk).update(quantity=900)
    assert invariants.more_dispensed_than_authorised() == 1
    PrescriptionReview.objects.update(status="pending")
    assert invariants.fills_of_what_no_pharmacist_passed() == 1
    Invoice.objects.update(status="draft")
    MedicationDispense.objects.update(
        packed_at=timezone.now(), packed_by=dispense.patient.user, status="in-progress"
    )
    assert invariants.packed_without_being_paid() == 1
    assert invariants.packed_boxes_without_their_codes() == 1
    Prescription.objects.update(status="completed")
    assert invariants.boxes_kept_for_nobody() == 1
