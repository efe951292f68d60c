"""Where a pharmacist starts."""

from __future__ import annotations

from portal.worklist import start_page

start_page("pharmacist", "refill:counter")
