"""Whatever happens in whatever order: one custodian, a proof for each hand-over, everybody told."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from delivery import collecting, dispatch, handover, invariants, returning, settling
from delivery.models import RefundOrReplace, SupplyDelivery
from delivery.models.parcel import Stage
from portal.accounts.actor import Actor
from portal.workflow import Refused
from refill.models import MedicationDispense

ANYBODY = ["wu", "other", "sun", "gao"]
COURIER = st.sampled_from(["wu"] * 7 + ANYBODY)
COUNTER = st.sampled_from(["sun"] * 7 + ANYBODY)
PEOPLE = st.sampled_from(ANYBODY)
ONCE_IN_A_WHILE = st.sampled_from([True] + [False] * 5)
REASONS = st.sampled_from(sorted(handover.SAID_BY_COURIER))
QUESTIONS = (
    invariants.fees_that_differ_from_the_choice,
    invariants.steps_off_their_edges,
    invariants.parcels_without_their_proof,
    invariants.parcels_without_one_custodian,
    invariants.ends_without_a_case,
    invariants.ends_nobody_was_told,
    invariants.more_attempts_than_counted,
)


DEEDS = (
    dispatch.claim,
    dispatch.release,
    lambda a, row: handover.start(a, row, scanned=row.number),
    lambda a, row: handover.confirm(
        a, row, seal_intact=True, code=row.code, client_id=uuid.uuid4()
    ),
    lambda a, row: handover.failed(a, row, "not-home", uuid.uuid4()),
    lambda a, row: collecting.collect(a, row, code=row.code, client_id=uuid.uuid4()),
    lambda a, row: returning.receive(a, row, seal_intact=True),
    returning.quarantine,
    returning.destroy,
    returning.lose,
)  # fmt: skip


OUT = (("wu", DEEDS[0]), ("wu", DEEDS[2]))
#: Ways of a parcel; each life begins somewhere on one of them.
WAYS = (
    (*OUT, ("wu", lambda a, row: handover.failed(a, row, "wrong-address", uuid.uuid4())),
     ("sun", DEEDS[6]), ("sun", returning.quarantine), ("sun", DEEDS[8]), ("gao", DEEDS[8])),
    (*OUT, ("wu", DEEDS[4]), ("wu", handover.start), ("wu", DEEDS[3])),
    (*OUT, ("wu", returning.lose)),
)  # fmt: skip


def machine(cast, first_parcel, seen):
    """The life of one parcel, each life rolled back."""

    class Parcel(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)
            transaction.set_rollback(False)

        @property
        def row(self):
            return SupplyDelivery.objects.get(pk=first_parcel)

        def at(self, *stages):
            return self.row.stage in stages

        def attempt(self, who, deed):
            try:
                with transaction.atomic():
                    deed(Actor.of(cast[who]), self.row)
            except Refused:
                pass
            seen.add(self.row.stage)

        @initialize(way=st.sampled_from(WAYS), far=st.integers(0, 5))
        def begin(self, way, far):
            for who, deed in way[:far]:
                self.attempt(who, deed)
                self.all_is_well()
                self.in_the_right_hands_or_not_at_all()

        @precondition(lambda self: self.at("packed"))
        @rule(who=COURIER)
        def claim(self, who):
            self.attempt(who, dispatch.claim)

        @precondition(lambda self: self.at("assigned"))
        @rule(who=COURIER, instead=ONCE_IN_A_WHILE)
        def start(self, who, instead):
            if instead:
                self.attempt(who, dispatch.release)
            self.attempt(who, lambda a, row: handover.start(a, row, scanned=row.number))

        @precondition(lambda self: self.at("rescheduled"))
        @rule(who=COURIER)
        def start_again(self, who):
            self.attempt(who, handover.start)

        @precondition(lambda self: self.at("out-for-delivery"))
        @rule(who=COURIER, wrong=st.booleans(), broken=ONCE_IN_A_WHILE)
        def confirm(self, who, wrong, broken):
            self.attempt(who, lambda a, row: handover.confirm(
                a, row, seal_intact=not broken, code="x" if wrong else row.code,
                client_id=uuid.uuid4(),
            ))  # fmt: skip

        @precondition(lambda self: self.at("out-for-delivery"))
        @rule(who=COURIER, reason=REASONS)
        def fail(self, who, reason):
            self.attempt(who, lambda a, row: handover.failed(a, row, reason, uuid.uuid4()))

        @precondition(lambda self: self.at("returning", "rescheduled"))
        @rule(who=COUNTER, broken=ONCE_IN_A_WHILE)
        def receive(self, who, broken):
            self.attempt(who, lambda a, row: returning.receive(a, row, seal_intact=not broken))

        @precondition(lambda self: self.at("returned"))
        @rule(who=COUNTER, instead=st.booleans())
        def collect(self, who, instead):
            if instead:
                self.attempt(who, returning.quarantine)
            self.attempt(who, lambda a, row: collecting.collect(
                a, row, code=row.code, client_id=uuid.uuid4()
            ))  # fmt: skip

        @precondition(lambda self: self.at("quarantined"))
        @rule(first=PEOPLE, second=PEOPLE)
        def destroy(self, first, second):
            self.attempt(first, returning.destroy)
            self.attempt(second, returning.destroy)

        @precondition(lambda self: RefundOrReplace.objects.exists())
        @rule(who=COUNTER, again=st.booleans())
        def settle(self, who, again):
            deed = settling.replace if again else settling.refund
            case = RefundOrReplace.objects.get(parcel=first_parcel)
            self.attempt(who, lambda a, row: deed(a, case, "a reason"))

        @rule(who=PEOPLE, deed=st.sampled_from(DEEDS))
        def anything_at_any_time(self, who, deed):
            self.attempt(who, deed)

        @invariant()
        def all_is_well(self):
            assert {ask.__name__: n for ask in QUESTIONS if (n := ask())} == {}

        @invariant()
        def in_the_right_hands_or_not_at_all(self):
            given = MedicationDispense.objects.filter(status="completed").exists()
            assert given == (self.row.stage == Stage.DELIVERED)

    return Parcel


@pytest.mark.long
@pytest.mark.django_db
def test_no_order_of_deeds_breaks_a_parcel(parcel, wu, other_courier, sun, gao):
    cast = {"wu": wu, "other": other_courier, "sun": sun, "gao": gao}
    seen = set()
    parcels = machine(cast, parcel.pk, seen)
    for way in WAYS:  # each of them to its end, whatever chance finds besides
        life = parcels()
        life.begin(way, len(way))
        life.teardown()
    run_state_machine_as_test(
        parcels,
        settings=settings(
            max_examples=25, stateful_step_count=10, deadline=None,
            suppress_health_check=list(HealthCheck), derandomize=True, database=None,
            phases=(Phase.generate,),
        ),
    )  # fmt: skip
    assert seen == {stage.value for stage in Stage} - {"attempt-failed"}
