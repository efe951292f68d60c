"""What the body refuses (R74, R75): by the very substance, by its class, or only badly borne."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from portal.record.facts import AllergyFact
from portal.record.rules.alert import NOTE, OVERRIDE, SHOW, STOP, Alert
from portal.record.rules.case import Case, Taken
from portal.terminology import reactions, substances

WRONG = {"refuted", "entered-in-error"}
ATC_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Refusal:
    """One allergy as the checks understand it."""

    name: str
    substances: frozenset[str]
    classes: frozenset[str]  # recorded as a whole class
    is_immune: bool
    is_severe: bool
    is_no_medicine: bool


def check(case: Case) -> Iterator[Alert]:
    entries = case.summary.allergies.entries
    if not entries:
        yield _not_asked(case)
        return
    for entry in entries:
        if entry.none_known or entry.certainty in WRONG:
            continue
        refusal = understood(entry)
        if not (refusal.substances or refusal.classes or refusal.is_no_medicine):
            yield _not_understood(refusal)
        for new in case.new:
            yield from _compare(refusal, new)


@lru_cache(maxsize=8192)
def understood(fact: AllergyFact) -> Refusal:
    """The substances and classes of an allergy, from its codes and its words together."""
    names, classes = (
        set(substances.of_text(fact.substance)),
        set(substances.classes_of_text(fact.substance)),
    )
    for coding in fact.codings:
        names |= substances.of_coding(coding.system, coding.code)
        names |= substances.of_text(coding.text)
        if coding.system in substances.ATC_SYSTEMS and len(coding.code) < ATC_LENGTH:
            names |= substances.of_atc_group(coding.code) if len(coding.code) > 3 else frozenset()
        classes |= substances.classes_of_coding(coding.system, coding.code)
        classes |= substances.classes_of_text(coding.text)
    return Refusal(
        name=fact.substance,
        substances=frozenset(names),
        classes=frozenset(classes),
        is_immune=_is_immune(fact),
        is_severe=fact.severity == "severe",
        is_no_medicine=reactions.NO_MEDICINE in reactions.kinds(fact.substance),
    )


def _is_immune(fact: AllergyFact) -> bool:
    """An allergy unless it is called an intolerance, or only nausea and the like is described."""
    kinds = reactions.kinds(fact.reaction)
    if reactions.IMMUNE in kinds:
        return True
    return fact.kind != "intolerance" and reactions.BADLY_BORNE not in kinds


def _compare(refusal: Refusal, new: Taken) -> Iterator[Alert]:
    exact = refusal.substances & new.substances
    covered = refusal.classes & new.classes
    related = _classes_of(refusal) & new.classes
    if not refusal.is_immune:
        if exact or covered or related:
            yield _badly_borne(refusal, new, bool(exact))
    elif exact or covered:
        yield _refused(refusal, new)
    elif related:
        yield _same_class(refusal, new)
    else:
        yield from _crossing(refusal, new)


def _classes_of(refusal: Refusal) -> frozenset[str]:
    """The classes that the refused substances belong to."""
    own = (substances.named(name).classes for name in refusal.substances)
    return refusal.classes.union(*own)


def _refused(refusal: Refusal, new: Taken) -> Alert:
    text = _("%(medicine)s: the resident is allergic to %(allergy)s.")
    return _alert(refusal, new, STOP, text, ("doctor", "pharmacist"))


def _same_class(refusal: Refusal, new: Taken) -> Alert:
    text = _("%(medicine)s is of the same class as %(allergy)s, to which the resident is allergic.")
    return _alert(refusal, new, OVERRIDE, text, ("doctor",))


def _badly_borne(refusal: Refusal, new: Taken, exact: bool) -> Alert:
    severity = OVERRIDE if exact and refusal.is_severe else NOTE
    text = _("%(medicine)s: %(allergy)s was badly borne before; it was no allergy.")
    return _alert(refusal, new, severity, text, ("doctor",) if severity == OVERRIDE else ())


def _crossing(refusal: Refusal, new: Taken) -> Iterator[Alert]:
    """Classes that sometimes share an allergy, such as penicillins and cephalosporins."""
    weights = {
        weight
        for (allergic_to, given), weight in substances.crossings().items()
        if allergic_to in _classes_of(refusal) and given in new.classes
    }
    if weights:
        severity = OVERRIDE if OVERRIDE in weights else SHOW
        text = _("%(medicine)s may also be refused by somebody allergic to %(allergy)s.")
        yield _alert(refusal, new, severity, text, ("doctor",) if severity == OVERRIDE else ())


def _alert(
    refusal: Refusal, new: Taken, severity: str, sentence: str, needs: tuple[str, ...]
) -> Alert:
    key = f"R74:{new.key}:{refusal.name[:80]}"
    text = sentence % {"medicine": new.name, "allergy": refusal.name}
    return Alert("R74", key, severity, new.position, text, "R74", needs)


def _not_understood(refusal: Refusal) -> Alert:
    text = _("Allergy to %(allergy)s: not known to the checks. Compare it yourself.")
    key = f"R74:?:{refusal.name[:80]}"
    return Alert("R74", key, SHOW, None, text % {"allergy": refusal.name}, "R74")


def _not_asked(case: Case) -> Alert:
    """Unknown and empty are both "not asked": somebody must ask first (R75)."""
    text = _("Nobody has asked about allergies yet. Ask, and record the answer.")
    if case.summary.allergies.entries is None:
        text = _("The allergies are not known: the record cannot be read. Ask, and record it.")
    return Alert("R75", "R75:not-asked", STOP, None, text, "R75")
