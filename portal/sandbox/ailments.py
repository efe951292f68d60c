"""What the invented residents suffer from and take: real diagnoses, medicines and tests."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.tables import table


@dataclass(frozen=True, slots=True)
class Medicine:
    """One community medicine as the hospital's catalogue has it."""

    name: str
    written: str
    atc: str
    strength: str
    form: str
    dose: float
    unit: str
    times_a_day: int
    timing: str
    pack: int

    @property
    def text(self) -> str:
        return f"{self.name} {self.strength} {self.form} {self.written}"

    @property
    def days(self) -> int:
        """How long one pack lasts."""
        return int(self.pack // (self.dose * self.times_a_day))

    @property
    def is_acute(self) -> bool:
        return self.days < 14


@dataclass(frozen=True, slots=True)
class Test:
    """One measurement with the range it usually falls in."""

    loinc: str
    name: str
    unit: str
    ucum: str
    low: float
    high: float
    digits: int


@dataclass(frozen=True, slots=True)
class Ailment:
    """A diagnosis with what is usually taken and measured for it."""

    icd10: str
    name: str
    medicines: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allergy:
    """What a body refuses, by ATC code or class, and how it showed."""

    atc: str
    substance: str
    reaction: str
    severity: str
    kind: str


MEDICINES = {
    key: Medicine(
        row["name"], row["written"], row["atc"], row["strength"], row["form"],
        float(row["dose"]), row["unit"], int(row["times_a_day"]), row["timing"], int(row["pack"]),
    )
    for key, row in table("medicines")
}  # fmt: skip
TESTS = {
    key: Test(
        row["loinc"], row["name"], row["unit"], row["ucum"],
        float(row["low"]), float(row["high"]), int(row["digits"]),
    )
    for key, row in table("tests")
}  # fmt: skip
AILMENTS = {
    key: Ailment(
        row["icd10"], row["name"], tuple(row["medicines"].split()), tuple(row["tests"].split())
    )
    for key, row in table("ailments")
}
ALLERGIES = {key: Allergy(**row) for key, row in table("allergies")}
