"""Walk every chain of the journal and find the first link that does not hold (R112)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction

from portal.audit import journal
from portal.audit.models import AuditEvent, JournalHead

Anchors = Mapping[str, tuple[int, str]]  # centre → number and digest of a line printed earlier


@dataclass(frozen=True, slots=True)
class Break:
    """Where a centre's chain does not hold, and why."""

    centre: str
    sequence: int
    why: str


def breaks(anchors: Anchors | None = None) -> list[Break]:
    """The first broken link of each centre's chain; none when the journal is whole.

    `anchors` are heads kept outside the database: they find a tail that was cut off
    together with its head.
    """
    found = []
    with transaction.atomic():
        for head in JournalHead.objects.order_by("organization_id"):
            first = next(_broken(head, (anchors or {}).get(str(head.organization_id))), None)
            if first:
                found.append(first)
        found += list(_headless(anchors or {}))
    return found


def anchors() -> dict[str, tuple[int, str]]:
    """Each centre's newest line: print it, and keep it where the database cannot reach."""
    return {
        str(head.organization_id): (head.sequence, head.digest)
        for head in JournalHead.objects.order_by("organization_id")
    }


def _broken(head: JournalHead, anchor: tuple[int, str] | None) -> Iterator[Break]:
    centre = str(head.organization_id)
    lines = AuditEvent.objects.filter(organization_id=head.organization_id).order_by("sequence")
    number, digest = 0, ""
    for line in lines.iterator(chunk_size=2000):
        number += 1
        if line.sequence != number:
            yield Break(centre, number, "line missing")
        if line.previous_digest != digest:
            yield Break(centre, number, "does not follow the line before")
        if not hmac.compare_digest(journal.digest(line), line.digest):
            yield Break(centre, number, "line changed")
        digest = line.digest
        if anchor and anchor[0] == number and anchor[1] != digest:
            yield Break(centre, number, "not the line that was printed")
    if (number, digest) != (head.sequence, head.digest):
        yield Break(centre, number + 1, "tail cut off")
    if anchor and anchor[0] > number:
        yield Break(centre, number + 1, "tail cut off since it was printed")


def _headless(anchors: Anchors) -> Iterable[Break]:
    """Lines or anchors of a centre whose head is gone."""
    heads = {str(pk) for pk in JournalHead.objects.values_list("pk", flat=True)}
    centres = AuditEvent.objects.order_by().values_list("organization_id", flat=True).distinct()
    for centre in {*map(str, centres), *anchors} - heads:
        yield Break(centre, 1, "the head is gone")
