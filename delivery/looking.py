"""What a courier sees: three lists, one parcel at a time, never what is in it (R99)."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from delivery import dispatch, ringing
from delivery.models import DeliveryAttempt, SupplyDelivery
from delivery.models.parcel import CARRIED, Stage
from portal.accounts.actor import Actor

GOING_BACK = (Stage.RETURNING, Stage.ATTEMPT_FAILED)
HAS_A_STEP = (Stage.ASSIGNED, Stage.OUT)  # on the parcel's own page, after the last one
TABS = {"pool": (), "to_collect": (Stage.ASSIGNED,), "on_the_way": CARRIED[1:]}
MOST_FREE = 100  # as many free parcels as anybody reads through
FRESH_MINUTES = 10  # a kept list is asked for again at least this often


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason that the courier can choose, and where it leads (R98)."""

    reason: DeliveryAttempt.Reason
    path: object

    @property
    def value(self) -> str:
        return self.reason.value

    @property
    def label(self) -> object:
        return self.reason.label


AGAIN = gettext_lazy("The resident is told. A second time is set.")
BACK = gettext_lazy("The resident is told. Bring it back today.")
CALLED = gettext_lazy("The centre calls the resident. Bring it back today.")
NEVER = gettext_lazy("Do not hand it over. Bring it back today.")
PROBLEMS = (
    Problem(DeliveryAttempt.Reason.NO_ANSWER, AGAIN),
    Problem(DeliveryAttempt.Reason.NOT_HOME, AGAIN),
    Problem(DeliveryAttempt.Reason.REFUSED, BACK),
    Problem(DeliveryAttempt.Reason.WRONG_ADDRESS, CALLED),
    Problem(DeliveryAttempt.Reason.DAMAGED, NEVER),
)


@dataclass(frozen=True, slots=True)
class Card:
    """One parcel as its courier may know it; of a free one only the area."""

    pk: uuid.UUID
    number: str
    stage: str
    reason: str
    url: str
    step: str
    window_start: datetime
    window_end: datetime
    is_late: bool
    is_cold: bool
    failed_attempts: int
    is_mine: bool
    area: str
    name: str = ""
    line: str = ""
    geo: str = ""
    is_receiver: bool = False

    @property
    def is_going_back(self) -> bool:
        """Straight back, or over night: a parcel never sleeps at a courier's (R98)."""
        return self.stage in GOING_BACK or (self.stage == Stage.RESCHEDULED and not self.is_today)

    @property
    def is_today(self) -> bool:
        return _is_today(self.window_start)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the three lists, and how many parcels are on it."""

    key: str
    name: str
    icon: str
    nothing: str
    count: int

    @property
    def url(self) -> str:
        return reverse(f"delivery:{self.key}")


def card(actor: Actor, parcel: SupplyDelivery) -> Card:
    """What this courier may read of this parcel now."""
    is_mine = parcel.courier_id == actor.user_id
    known = dispatch.stop(parcel) if is_mine else None
    zone = parcel.choice.zone
    return Card(
        pk=parcel.pk,
        number=parcel.number,
        stage=parcel.stage,
        reason=_reason(parcel.stage_reason),
        url=reverse("delivery:courier_parcel", args=[parcel.pk]),
        step=next_step(parcel),
        window_start=parcel.window_start,
        window_end=parcel.window_end,
        is_late=parcel.window_end < timezone.now(),
        is_cold=parcel.is_cold,
        failed_attempts=parcel.failed_attempts,
        is_mine=is_mine,
        area=zone.name if zone else "",
        name=known.name if known else "",
        line=known.line if known else "",
        geo=known.geo if known else "",
        is_receiver=is_mine and parcel.choice.mode == "receiver",
    )


def _is_today(moment: datetime) -> bool:
    return timezone.localdate(moment) == timezone.localdate()


def _reason(code: str) -> str:
    known = {reason.value: str(reason.label) for reason in DeliveryAttempt.Reason}
    return known.get(code, "")


def next_step(parcel: SupplyDelivery) -> str:
    """The words of the one yellow button."""
    if parcel.stage == Stage.RESCHEDULED and not _is_today(parcel.window_start):
        return _("Bring it back")
    words = {
        Stage.PACKED: _("Look and take it"),
        Stage.ASSIGNED: _("Collect it"),
        Stage.OUT: _("At the door"),
        Stage.RESCHEDULED: _("Go there again"),
    }
    return words.get(Stage(parcel.stage), _("Bring it back"))


def cards(actor: Actor, key: str) -> list[Card]:
    """The parcels of one list: by promise, then always the nearest next; those going back last."""
    if key == "pool":
        return [card(actor, parcel) for parcel in dispatch.pool(actor)[:MOST_FREE]]
    run = [stop.parcel for stop in dispatch.run_sheet(actor)]
    back = SupplyDelivery.objects.carried_by(actor).filter(stage__in=GOING_BACK)
    run += back.select_related("choice__zone", "patient").order_by("window_end", "number")
    return [card(actor, parcel) for parcel in run if parcel.stage in TABS[key]]


def tabs(actor: Actor) -> list[Tab]:
    """The three lists with their counts."""
    stages = Counter(SupplyDelivery.objects.carried_by(actor).values_list("stage", flat=True))
    counts = {key: sum(stages[stage] for stage in wanted) for key, wanted in TABS.items()}
    counts["pool"] = dispatch.pool(actor).count()
    words = {
        "pool": (pgettext("courier's list", "New"), "bell", _("No new parcels.")),
        "to_collect": (_("To collect"), "parcel", _("Nothing to collect.")),
        "on_the_way": (_("On the way"), "next", _("Nothing on the way.")),
    }
    return [Tab(key, *words[key], counts[key]) for key in TABS]


def pages(actor: Actor, drawn_for: str) -> list[dict[str, str]]:
    """Every page of the actor's run, each with a mark that changes when the page would."""
    own = SupplyDelivery.objects.carried_by(actor).order_by("pk")
    rows = list(own.values_list("pk", "stage", "window_start", "failed_attempts", "wrong_codes"))
    free = dispatch.pool(actor)[:MOST_FREE].values_list("pk", flat=True)
    frame = (drawn_for, get_language(), _lists_age(), len(rows), *sorted(map(str, free)))
    lists = _mark([*frame, *rows])
    found = [{"url": reverse(f"delivery:{key}"), "version": lists} for key in TABS]
    lent = ringing.numbers(actor, [row[0] for row in rows])
    for row in rows:
        url = reverse("delivery:courier_parcel", args=[row[0]])
        facts = [drawn_for, get_language(), lent.get(row[0], ""), *row]
        found.append({"url": url, "version": _mark(facts)})
    return found


def _lists_age() -> int:
    return int(timezone.now().timestamp()) // (60 * FRESH_MINUTES)


def _mark(facts: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(facts)).encode()).hexdigest()[:16]
