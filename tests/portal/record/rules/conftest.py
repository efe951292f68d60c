"""Cases for the checks, made from the shipped catalogue without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.record.facts import AllergyFact, MedicineFact, Section, Summary
from portal.record.rules import Case, Line, judge
from portal.record.rules.checking import LIMITS
from portal.terminology import catalogue

TODAY = date(2026, 11, 22)
SHIPPED = catalogue._medications()
TERMS = {term.code: term for term in catalogue._frequencies()}
DEFAULTS = {row.key: row.value for row in catalogue.parameter_rows() if row.key in LIMITS}
NONE_KNOWN = AllergyFact(substance="", none_known=True)


def drug(name, form=None):
    """The first shipped medicine whose English name begins so."""
    found = [m for m in SHIPPED if m.name_en.lower().startswith(name.lower())]
    return next(m for m in found if form is None or m.form == form)


def line(name, dose=1, often="qd", days=7, position=1, **more):
    medication = drug(name, more.pop("form", None)) if isinstance(name, str) else name
    term = TERMS[often]
    facts = {
        "quantity": Decimal(str(dose)) * term.doses_per_day * days,
        "dose_unit": medication.unit,
    }
    return Line(
        position=position, medication=medication, dose=Decimal(str(dose)), frequency=term,
        days=days, **{**facts, **more},
    )  # fmt: skip


def old(text, atc="", **facts):
    """A medicine that the HIS says is taken."""
    return MedicineFact(text=text, atc=atc, status=facts.pop("status", "active"), **facts)


def known(entries):
    return Section(tuple(entries))


def case(*lines, allergies=(NONE_KNOWN,), medicines=(), observations=(), conditions=(), **facts):
    limits = {**DEFAULTS, **facts.pop("limits", {})}
    summary = facts.pop("summary", None) or Summary(
        allergies=known(allergies), medicines=known(medicines), observations=known(observations),
        conditions=known(conditions), reports=known(()),
    )  # fmt: skip
    person = {
        "birth_date": date(1955, 3, 8), "gender": "female", "name": "Chen Guilan", "on": TODAY,
        "diagnosis": ("I10",), "department": "General practice", "title": "attending",
    }  # fmt: skip
    return Case(lines=lines, summary=summary, limits=limits, **{**person, **facts})


def found(*lines, rule=None, **facts):
    """What the checks find, of one rule or of all."""
    return [a for a in judge(case(*lines, **facts)) if rule is None or a.rule == rule]


@pytest.fixture(autouse=True)
def _in_english():
    from django.utils import translation

    with translation.override("en"):
        yield
