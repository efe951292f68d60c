"""The same medicine twice, or two of one kind (R77)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.record.rules.alert import OVERRIDE, SHOW, Alert
from portal.record.rules.case import Case, Taken, days_left
from portal.terminology import substances

RELIEVERS = {"salbutamol", "terbutaline", "glyceryl trinitrate"}  # beside what works all day


def check(case: Case) -> Iterator[Alert]:
    """Each new line against the lines before it and against all that is taken already."""
    by_mark: dict[str, list[Taken]] = {}
    for old in case.old:
        _file(by_mark, old)
    for new in case.new:
        met: set[str] = set()
        for other in _same_marks(by_mark, new):
            if other.key not in met and other is not new:
                met.add(other.key)
                yield from _compare(case, new, other)
        _file(by_mark, new)


def _file(by_mark: dict[str, list[Taken]], taken: Taken) -> None:
    for mark in (*taken.substances, *taken.groups):
        by_mark.setdefault(mark, []).append(taken)


def _same_marks(by_mark: dict[str, list[Taken]], new: Taken) -> Iterator[Taken]:
    for mark in sorted((*new.substances, *new.groups)):
        yield from by_mark.get(mark, ())


def _compare(case: Case, new: Taken, other: Taken) -> Iterator[Alert]:
    if _go_together(new, other) or (new.line and other.fact and case.is_continued(new.line, other)):
        return
    shared = new.substances & other.substances
    if shared and other.fact and new.substances == other.substances:
        yield _same_as_before(case, new, other)
    else:
        kind = _substance_names(shared) if shared else ", ".join(sorted(new.groups & other.groups))
        yield _alert(new, other, OVERRIDE, _wording(bool(shared)), kind)


def _same_as_before(case: Case, new: Taken, old: Taken) -> Alert:
    """A renewal whose supply is nearly used up is only shown; an early one needs a reason."""
    left = days_left(old, case.on)
    if left is not None and left <= case.limits["refill.open_days_left"]:
        return _alert(new, old, SHOW, _("%(new)s carries on %(other)s."), "renewal")
    if left is None:
        return _alert(new, old, OVERRIDE, _("%(other)s is already taken. Say why %(new)s."), "")
    sentence = _("%(other)s still lasts %(kind)s days. Say why %(new)s is needed now.")
    return _alert(new, old, OVERRIDE, sentence, str(left))


def _wording(same_substance: bool) -> str:
    if same_substance:
        return _("%(new)s and %(other)s hold the same substance (%(kind)s).")
    return _("%(new)s and %(other)s are of the same kind (%(kind)s).")


def _alert(new: Taken, other: Taken, severity: str, sentence: str, kind: str) -> Alert:
    text = sentence % {"new": new.name, "other": other.name, "kind": kind}
    key = "R77:" + ":".join(sorted([new.key, other.key]))
    needs = ("doctor",) if severity == OVERRIDE else ()
    return Alert("R77", key[:200], severity, new.position, text, "R77", needs)


def _substance_names(names: frozenset[str]) -> str:
    return ", ".join(substances.display(name) for name in sorted(names))


def _go_together(one: Taken, other: Taken) -> bool:
    """Pairs that are meant to be taken together."""
    if one.is_local != other.is_local:
        return True
    if "insulin" in one.tags and "insulin" in other.tags:
        return not one.groups & other.groups  # a long-acting and a mealtime insulin
    relieves = bool(one.substances & RELIEVERS) != bool(other.substances & RELIEVERS)
    return relieves and not one.substances & other.substances
