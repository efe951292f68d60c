"""Rows kept still for a deed: in one order everywhere, `docs/adr/one-order-of-locks.md`."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def for_update(
    rows: models.Manager[Row] | models.QuerySet[Row], *, skip_locked: bool = False
) -> models.QuerySet[Row]:
    """These rows, kept still until the transaction ends; what is joined to them is not.

    `NO KEY`: rows that refer to them may still be added, so that a new message does not wait for
    its resident, nor a new appointment for its doctor's hours.
    """
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
