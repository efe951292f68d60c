"""What a doctor can choose from while prescribing: medicines by name, terms of frequency."""

from __future__ import annotations

from django.db.models import Q

from portal.terminology.models import Frequency, Medication

FOUND = 20


def search(words: str) -> list[Medication]:
    """Medicines whose generic name, brand or code holds every word, in either language."""
    rows = Medication.objects.filter(is_active=True)
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(name_en__icontains=word)
            | Q(name_zh__icontains=word)
            | Q(brand__icontains=word)
            | Q(code__iexact=word)
            | Q(atc__istartswith=word)
        )
    return list(rows[:FOUND]) if words.strip() else []


def medicine(code: str) -> Medication | None:
    """The medicine of this code, if it can still be prescribed."""
    return Medication.objects.filter(code=code, is_active=True).first()


def frequencies() -> list[tuple[str, str]]:
    """Code and words of every frequency."""
    return [(row.code, row.display()) for row in Frequency.objects.all()]


def frequency(code: str) -> Frequency | None:
    return Frequency.objects.filter(code=code).first()
