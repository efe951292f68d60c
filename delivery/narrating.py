"""Where each medicine is, in one sentence: until when, why it is late, who acts next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delivery.models import DeliveryAttempt, DeliveryChoice, ParcelLine, SupplyDelivery
from delivery.models.parcel import ENDED, Stage
from portal.payment.models import ChargeItem, Invoice
from portal.record.models import MedicationRequest
from refill.models import MedicationDispense

Fill = MedicationDispense.Status
Pair = tuple[MedicationRequest, MedicationDispense | None]
PARCEL = {
    Stage.PACKED: gettext_lazy("It is packed and sealed and waits for the courier."),
    Stage.ASSIGNED: gettext_lazy("A courier comes to the centre to fetch it."),
    Stage.OUT: gettext_lazy("It is on its way to you."),
    Stage.ATTEMPT_FAILED: gettext_lazy("The courier could not hand it over."),
    Stage.RESCHEDULED: gettext_lazy("Nobody could take it. The courier comes a second time."),
    Stage.RETURNING: gettext_lazy("It could not be handed over and goes back to the centre."),
    Stage.RETURNED: gettext_lazy("It is back at the centre, sealed, and waits for you."),
    Stage.QUARANTINED: gettext_lazy("It was put aside and is not given to anybody any more."),
    Stage.DESTROYED: gettext_lazy("It did not reach you and has been destroyed safely."),
    Stage.LOST: gettext_lazy("It got lost on its way. We are sorry."),
    Stage.DELIVERED: gettext_lazy("It has been handed over."),
}
NEXT = {
    Stage.PACKED: gettext_lazy("a courier of the centre takes it"),
    Stage.ASSIGNED: gettext_lazy("the courier fetches it and sets out"),
    Stage.OUT: gettext_lazy("you give the courier your code when you hold the parcel"),
    Stage.ATTEMPT_FAILED: gettext_lazy("the centre finds a way with you"),
    Stage.RESCHEDULED: gettext_lazy("the courier comes again, please be there or call us"),
    Stage.RETURNING: gettext_lazy("the centre finds a way with you"),
    Stage.RETURNED: gettext_lazy("you collect it with your code, or call us"),
    Stage.QUARANTINED: gettext_lazy("the centre pays you back or sends it again"),
    Stage.LOST: gettext_lazy("the centre pays you back or sends it again"),
}
LATE = {
    Stage.PACKED: gettext_lazy("It is late: no courier has taken it. The centre has been told."),
    Stage.ASSIGNED: gettext_lazy("It is late: the courier has not fetched it yet."),
    Stage.OUT: gettext_lazy("It is late: the courier is still on the way."),
    Stage.RESCHEDULED: gettext_lazy("It is late: the courier has not come again yet."),
}  # fmt: skip
KINDS = {
    Stage.DELIVERED: "done",
    Stage.LOST: "urgent",
    Stage.QUARANTINED: "stopped",
    Stage.DESTROYED: "stopped",
    Stage.RETURNING: "urgent",
    Stage.RETURNED: "waiting",
    Stage.OUT: "active",
}
PROMISED = (Stage.PACKED, Stage.ASSIGNED, Stage.OUT, Stage.RESCHEDULED)
CODE_SHOWN = (Stage.PACKED, Stage.ASSIGNED, Stage.OUT, Stage.RESCHEDULED, Stage.RETURNED)


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine and its sentence."""

    medicine: str
    sentence: str
    kind: str = "waiting"


@dataclass(frozen=True, slots=True)
class Story:
    """What the resident reads of one order."""

    choice: DeliveryChoice
    parcel: SupplyDelivery | None
    lines: list[Line]
    next_step: str = ""
    why_late: str = ""
    code: str = ""
    start: datetime | None = None
    end: datetime | None = None
    is_over: bool = False
    settled: str = ""

    @property
    def is_promised(self) -> bool:
        """Does a time still stand? Not for what comes back, was put aside or got lost."""
        return not self.is_over and (self.parcel is None or self.parcel.stage in PROMISED)

    @property
    def is_in_trouble(self) -> bool:
        """It comes late, or not this way any more."""
        return bool(self.why_late) or not (self.is_over or self.is_promised)


def story(choice: DeliveryChoice) -> Story:
    """The order as it stands now, with the newest parcel."""
    return stories([choice])[0]


def stories(choices: Sequence[DeliveryChoice]) -> list[Story]:
    """Many orders by as many questions to the database as one."""
    lines = _lines([choice.invoice_id for choice in choices])
    everything = [line for part in lines.values() for line in part]
    fills = MedicationDispense.objects.filter(line__in=everything).order_by("fill")
    newest = {fill.line_id: fill for fill in fills}
    rows = SupplyDelivery.objects.filter(choice__in=choices, replaced_by=None)
    rows = rows.select_related("organization", "case").order_by("created")
    parcels = {row.choice_id: row for row in rows}
    inside = set(ParcelLine.objects.filter(parcel__in=rows).values_list("dispense_id", flat=True))
    return [
        _told(choice, [(line, newest.get(line.pk)) for line in lines[choice.invoice_id]],
              parcels.get(choice.pk), inside)
        for choice in choices
    ]  # fmt: skip


def _told(
    choice: DeliveryChoice, pairs: list[Pair], parcel: SupplyDelivery | None, inside: set[UUID]
) -> Story:
    fills = [fill for _line, fill in pairs if fill is not None]
    return Story(
        choice=choice,
        parcel=parcel,
        lines=[
            _line(line, fill, choice, parcel if fill and fill.pk in inside else None)
            for line, fill in pairs
        ],
        next_step=_next(choice, parcel, fills),
        why_late=why_late(parcel),
        code=parcel.code if parcel and parcel.stage in CODE_SHOWN else "",
        start=parcel.window_start if parcel else choice.window_start,
        end=parcel.window_end if parcel else choice.window_end,
        is_over=_is_over(choice, parcel, fills),
        settled=_settled(parcel),
    )


def _lines(bills: Sequence[UUID]) -> dict[UUID, list[MedicationRequest]]:
    """The prescription lines of each bill."""
    charged = ChargeItem.objects.filter(invoice__in=bills, kind=ChargeItem.Kind.MEDICINE)
    bill_of = dict(charged.values_list("entity_id", "invoice_id"))
    found: defaultdict[UUID, list[MedicationRequest]] = defaultdict(list)
    rows = MedicationRequest.objects.filter(pk__in=list(bill_of)).select_related("medication")
    for row in rows.order_by("position"):
        found[bill_of[str(row.pk)]].append(row)
    return found


def why_late(parcel: SupplyDelivery | None) -> str:
    """Said before anybody asks; nothing while the promise holds."""
    if parcel is None or parcel.window_end > timezone.now():
        return ""
    return str(LATE.get(Stage(parcel.stage), ""))


def headline(parcel: SupplyDelivery) -> str:
    """The state of a parcel in one sentence."""
    return str(PARCEL[Stage(parcel.stage)])


def _line(
    line: MedicationRequest,
    fill: MedicationDispense | None,
    choice: DeliveryChoice,
    parcel: SupplyDelivery | None,
) -> Line:
    name = str(line.medication)
    if fill is None:
        return Line(name, _not_begun(choice))
    if fill.status == Fill.PREPARATION:
        return Line(name, _("It is paid. The pharmacist packs it now."), "active")
    if fill.status == Fill.COMPLETED:
        return Line(name, _("It has been handed over."), "done")
    if fill.status in (Fill.DECLINED, Fill.CANCELLED):
        return Line(name, _("It was not handed over. What you paid for it goes back."), "stopped")
    if parcel is not None:
        return Line(name, headline(parcel), KINDS.get(Stage(parcel.stage), "waiting"))
    if choice.is_brought:
        return Line(name, _("It is packed and waits for the rest of your order."))
    return Line(name, _("It is packed: you can collect it at the centre."), "active")


def _not_begun(choice: DeliveryChoice) -> str:
    if choice.invoice.status == Invoice.Status.CANCELLED:
        return _("The bill is cancelled. Nothing has to be paid.")
    return _("It waits for your payment.")


def _next(
    choice: DeliveryChoice, parcel: SupplyDelivery | None, fills: list[MedicationDispense]
) -> str:
    open_fills = [fill for fill in fills if fill.status in (Fill.PREPARATION, Fill.IN_PROGRESS)]
    if choice.invoice.status == Invoice.Status.ISSUED:
        return _("you pay once, then it is packed")
    if any(fill.status == Fill.PREPARATION for fill in open_fills):
        return _("the pharmacist packs it")
    if parcel is not None and not _settled(parcel):
        return str(NEXT.get(Stage(parcel.stage), ""))
    if open_fills and not choice.is_brought:
        return _("you collect it at the centre with your code")
    return ""


def _is_over(
    choice: DeliveryChoice, parcel: SupplyDelivery | None, fills: list[MedicationDispense]
) -> bool:
    if choice.invoice.status == Invoice.Status.CANCELLED:
        return True
    waits = any(fill.status in (Fill.PREPARATION, Fill.IN_PROGRESS) for fill in fills)
    if not fills or waits:
        return False
    return parcel is None or parcel.stage in ENDED or bool(_settled(parcel))


def _settled(parcel: SupplyDelivery | None) -> str:
    """How the centre made good for a parcel that did not arrive."""
    case = getattr(parcel, "case", None)
    return case.get_outcome_display() if case and case.outcome else ""


def attempts(parcel: SupplyDelivery) -> list[DeliveryAttempt]:
    """Each time the courier was there, and why it was not handed over."""
    return list(parcel.attempts.all())
