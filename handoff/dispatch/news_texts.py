"""What the plan tells by itself: texts of data/responses/news.yml, days as they are said, and what a kind is told with.

A neutral text names nothing of health or money: whoever holds the telephone may read it. [rule 2, regulation.md]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import yaml

from backend.store.clock import local
from backend.words import spoken_moment

RESPONSES = Path(__file__).parent.parent.parent / "data" / "responses" / "news.yml"


@dataclass(frozen=True, slots=True)
class Neutral:
    """A template by name and what stands in its places; `text` is said instead while the window is open."""

    template: str
    values: tuple[str, ...]
    text: str = ""


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    responses = yaml.safe_load(RESPONSES.read_text(encoding="utf-8"))["responses"]
    return {name: variants[0]["text"].strip() for name, variants in responses.items()}


def say(text: str, /, **values: str) -> str:
    """The text of this name with its places filled; KeyError where the file has none."""
    return _texts()[f"utter_news_{text}"].format(**values)


def spoken_from(moment: datetime, now: datetime) -> str:
    """`amanhã, terça-feira, 24/11, às 09:00`: with 'hoje' or 'amanhã' before it where it is so. Pure."""
    days = (local(moment).date() - local(now).date()) / timedelta(days=1)
    near = {0: "hoje, ", 1: "amanhã, "}.get(int(days), "")
    return near + spoken_moment(moment)
