"""Six digits that the receiver says; the last one tells a slip of the ear or the finger (Damm)."""

from __future__ import annotations

import secrets

# Every single wrong digit and every swap of neighbours is found; nothing else is given away.
TABLE = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def new_code() -> str:
    """Five digits by chance and the one that belongs to them."""
    digits = f"{secrets.randbelow(10**5):05d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that makes these digits a code."""
    row = 0
    for digit in digits:
        row = int(TABLE[row][int(digit)])
    return str(row)


def could_be_right(code: str) -> bool:
    """Is it a code at all? What a telephone can know without the portal."""
    return check_digit(code) == "0"
