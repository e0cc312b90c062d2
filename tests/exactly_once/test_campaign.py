"""A small campaign with everything that goes wrong: each attempt once, in its hours, and told as it was."""

from __future__ import annotations

from pathlib import Path

from tests.campaign_compare import compare
from tests.campaign_run import Run, settings_of, start
from tests.stack import prepared

PEOPLE = 60


def test_a_campaign_with_faults_and_killed_workers_calls_each_once_and_its_sheet_says_what_was_seen(
    test_folder: Path,
) -> None:
    with prepared(test_folder / "campaign") as stack, settings_of(stack):
        start(stack)
        run = Run(stack, PEOPLE, say=lambda _: None)
        run.run()
        found = compare(run)
    assert not found.wrong, found.wrong
    assert found.sent == found.attempts > PEOPLE
    assert found.outcomes.keys() >= {"no_answer", "unreachable", "paid"}
