"""What the desk says, from the same files as the assistant's texts (data/responses/): no sentence stands twice."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

RESPONSES = Path(__file__).parent.parent / "data" / "responses"


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(RESPONSES.glob("*.yml")):
        for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            found[name] = str(variants[0].get("text") or "").strip()
    return found


def say(name: str, /, **values: object) -> str:
    """What the desk says by itself (data/responses/desk.yml), its places filled; KeyError without such a text."""
    return spoken(f"desk_{name}", **values)


def spoken(name: str, /, **values: object) -> str:
    """What the assistant would say, by its response's name without 'utter_', its places filled; KeyError without one.

    An attendant who does what the assistant does sends the same words.
    """
    return _texts()[f"utter_{name}"].format(**values)
