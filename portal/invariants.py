"""What must always hold, asked of the database itself: each answer is a count of breaches.

The platform asks its own questions here; each service adds its own in a module
`invariants`, found by name. One id may be asked from several sides: the breaches add up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Count, Model
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from portal.audit import verifying
from portal.audit.models import AuditEvent
from portal.outbox import relaying
from portal.payment import reconciling
from portal.payment.gateway import GatewayRefused, GatewayUnavailable
from portal.record import signing
from portal.record.models import Prescription, SignedPrescription
from portal.workflow import Workflow

TEXTS = {
    "I1": "Every acknowledged message is stored exactly once.",
    "I3": "The order in which a person wrote is kept.",
    "I4": "Messages of a conversation are numbered from 1 without a gap.",
    "I8": "No time is sold twice; every live appointment has exactly one time.",
    "I9": "What was captured is what is owed less what is refunded.",
    "I10": "Nothing is handed out that was not signed, passed, paid and on the shelf.",
    "I11": "States only move along the edges that are drawn.",
    "I12": "The journal is whole: no line missing, changed or out of place.",
    "I13": "Nothing waits for more than 15 minutes while the other side answers.",
    "I14": "No row without its file, no file without its row.",
}
UNSENT_FOR = timedelta(minutes=15)
UPLOADING_FOR = timedelta(hours=1)

Question = Callable[[], int]
_questions: dict[str, list[Question]] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """One invariant and how often it is broken now."""

    id: str
    text: str
    breaches: int


def keeps(invariant: str) -> Callable[[Question], Question]:
    """Register a question whose answer is the number of breaches."""

    def register(count: Question) -> Question:
        if count not in _questions.setdefault(invariant, []):
            _questions[invariant].append(count)
        return count

    return register


def check() -> list[Answer]:
    """Ask every question; 0 means whole."""
    autodiscover_modules("invariants")
    known = (name for name in TEXTS if name in _questions)
    return [Answer(name, TEXTS[name], sum(ask() for ask in _questions[name])) for name in known]


def steps_off_the_edges(entity: str, *workflows: Workflow) -> int:
    """Journal lines about `entity` (app.Model) whose step is no transition of its workflows."""
    edges = {
        (name, source, step.target)
        for workflow in workflows
        for name, step in workflow.transitions.items()
        for source in step.sources
    }
    taken = (
        AuditEvent.objects.filter(entity=entity)
        .exclude(before="")
        .order_by()
        .values_list("action", "before", "after")
        .annotate(Count("pk"))
    )
    return sum(n for action, before, after, n in taken if (action, before, after) not in edges)


def files_without_match(model: type[Model], field: str, folder: str) -> int:
    """Rows of `model` whose file is gone, and files under `folder` that no row names."""
    rows: models.Manager[Any] = model._default_manager
    named = set(rows.exclude(**{field: ""}).values_list(field, flat=True))
    stored = set(_files(folder))
    young = timezone.now() - UPLOADING_FOR
    orphans = [name for name in stored - named if default_storage.get_modified_time(name) < young]
    return len(named - stored) + len(orphans)


def _files(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    for name in files:
        yield (Path(folder) / name).as_posix()
    for name in folders:
        yield from _files((Path(folder) / name).as_posix())


@keeps("I9")
def books_that_do_not_add_up() -> int:
    """Our own books, and the cashier's where there is one that answers now."""
    found = list(reconciling.own_books())
    if settings.STRIPE_API_KEY:
        with contextlib.suppress(GatewayUnavailable, GatewayRefused):
            found += [row for row in reconciling.against_cashier() if not row.is_under_way]
    return len(found)


@keeps("I10")
def prescriptions_without_a_valid_signature() -> int:
    """Each form that was ever signed verifies, and none is in force unsigned."""
    forms = SignedPrescription.objects.only("signature", "signed_bytes", "signed_at")
    broken = sum(
        not signing.verify(form.signature, form.signed_bytes.encode(), form.signed_at)
        for form in forms.iterator(chunk_size=500)
    )
    in_force = Prescription.objects.filter(signed_at__isnull=False, versions=None)
    return broken + in_force.count()


@keeps("I12")
def journal_broken() -> int:
    return len(verifying.breaks())


@keeps("I13")
def messages_left_unsent() -> int:
    """Rows that could be sent, and were not: those of a silent peer have a later `next_at`."""
    return relaying.due().filter(next_at__lt=timezone.now() - UNSENT_FOR).count()
