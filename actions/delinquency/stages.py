"""Where the talk about arrears stands: which question is asked now, after the identity."""

from __future__ import annotations

CONFIRM = "confirm"
WAYS = "ways"
MONTHS = "months"
NEGOTIATE = "negotiate"
DISPUTE = "dispute"
