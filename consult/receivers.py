"""What visits tell the platform at start, and what they do when the platform has news."""

from __future__ import annotations

from consult.kinds import register_kinds

register_kinds()
