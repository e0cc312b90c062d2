"""What the desk says by itself, from the same files as the assistant's texts (data/responses/)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

RESPONSES = Path(__file__).parent.parent / "data" / "responses" / "desk.yml"


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    responses = yaml.safe_load(RESPONSES.read_text(encoding="utf-8"))["responses"]
    return {name: variants[0]["text"].strip() for name, variants in responses.items()}


def say(name: str, **values: object) -> str:
    """The text of this name with its places filled; KeyError where the file has none."""
    return _texts()[f"utter_desk_{name}"].format(**values)
