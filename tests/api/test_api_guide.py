"""The guide's examples are calls that the API understands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.api.api_rig import System

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
EXAMPLES = re.findall(
    r'^curl (?:-X (\w+) )?"\$ZELO(/[^"]*)"(.*?)(?=\n\n|\ncurl|\n```)', GUIDE, re.MULTILINE | re.DOTALL
)


def test_every_example_was_found() -> None:
    assert len(EXAMPLES) == GUIDE.count("\ncurl ") == 14


@pytest.mark.parametrize(("method", "path", "rest"), EXAMPLES, ids=[f"{m or 'GET'} {p}" for m, p, _ in EXAMPLES])
async def test_an_example_is_understood(method: str, path: str, rest: str, erp: System) -> None:
    body = re.search(r"-d '(.*)'", rest, re.DOTALL)
    answer = await erp.call(method or "GET", path, json.loads(body.group(1)) if body else None)
    assert answer.status_code in {200, 404}
    assert answer.json().get("code") in {None, "not_found"}
    assert ("Idempotency-Key" in rest) == (bool(method) and "lookup" not in path)
