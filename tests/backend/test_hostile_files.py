"""500 files that nobody should send: none ends the service, none holds it up, each gets its sentence."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from backend.documents.inspection import PROBLEMS
from backend.settings import settings
from tests.backend.hostile import MAY_BE_SHOWN, NUMBER, Outcome, hostile_files, outcomes, table

SECONDS = 4.0
# A busy machine starts the clock of a file before the sandbox's own.
GRACE = 2.0
MOST_MEMORY = 150 * 1024 * 1024
OWN_MEMORY = Path("/proc/self/status")


@dataclass(frozen=True)
class Run:
    outcomes: list[Outcome]
    grown: int
    left: list[Path]


def peak() -> int:
    """The largest that this process was since `forget_peak`, in bytes."""
    line = next(line for line in OWN_MEMORY.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    files = hostile_files()
    folders = tmp_path_factory.mktemp("folders")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZELO_DATA_DIR", str(tmp_path_factory.mktemp("kept")))
        patch.setenv("ZELO_INSPECTION_SECONDS", str(SECONDS))
        patch.setattr(tempfile, "tempdir", str(folders))
        settings.cache_clear()
        forget_peak()
        before = peak()
        found = asyncio.run(outcomes(files))
        yield Run(found, peak() - before, list(folders.iterdir()))
    settings.cache_clear()


def test_there_are_500_of_them(run: Run) -> None:
    assert len(run.outcomes) == NUMBER


def test_each_is_refused_with_a_sentence_or_shown_whole(run: Run) -> None:
    for outcome in run.outcomes:
        seen = outcome.seen
        if seen.problem:
            assert seen.problem in PROBLEMS, outcome.file.name
            assert (seen.pages, seen.previews, seen.thumbnail) == (0, (), ""), outcome.file.name
        else:
            assert seen.pages >= len(seen.previews) >= 1, outcome.file.name
            assert seen.thumbnail, outcome.file.name


def test_what_is_dangerous_is_never_shown(run: Run) -> None:
    shown = [outcome.file for outcome in run.outcomes if not outcome.seen.problem]
    assert [(file.family, file.name) for file in shown if file.family not in MAY_BE_SHOWN] == []
    assert len({file.family for file in shown}) > 3, "what is merely odd is not all refused"


def test_pdfs_that_act_by_themselves_are_told_from_those_that_are_broken(run: Run) -> None:
    problems = {outcome.seen.problem for outcome in run.outcomes if outcome.file.family == "pdf_active"}
    assert problems == {"active_content", "executable"}


def test_none_takes_longer_than_its_limit(run: Run) -> None:
    late = [(outcome.file.name, outcome.seconds) for outcome in run.outcomes if outcome.seconds > SECONDS + GRACE]
    assert late == [], table(run.outcomes)


def test_the_service_does_not_grow_with_what_it_opens(run: Run) -> None:
    assert run.grown < MOST_MEMORY


def test_nothing_of_them_is_left(run: Run) -> None:
    assert run.left == []
    own = [
        " ".join(child.cmdline()) for child in psutil.Process().children(recursive=True) if child.status() != "zombie"
    ]
    assert [command for command in own if "backend.documents.sandbox" in command] == []


def test_they_are_the_same_each_time() -> None:
    salted = {"pdf_locked", "pdf_active"}
    first, second = ([file for file in hostile_files() if file.family not in salted] for _ in range(2))
    assert first == second
