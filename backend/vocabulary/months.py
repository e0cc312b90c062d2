"""The months by their Portuguese names."""

from __future__ import annotations

# Folded, in the order of the year: January first.
MONTHS = (
    "janeiro", "fevereiro", "marco", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip
