"""`make bench`: every figure of the README in one run on this machine."""

from __future__ import annotations

import os
import shutil
import warnings

from benchmarks import boards, memory, searches, turns, webhooks
from tests.stack import ROOT, prepared, start_all

FOLDER = ROOT / "var" / "bench"


def main() -> None:
    """Runs all of it; a few minutes."""
    warnings.simplefilter("ignore")
    shutil.rmtree(FOLDER, ignore_errors=True)
    print(f"{os.cpu_count()} cores; load generator, simulator and servers share them")
    searches.run(FOLDER / "searches")
    boards.run(FOLDER / "boards")
    with prepared(FOLDER / "webhooks") as stack:
        webhooks.run(stack)
    with prepared(FOLDER / "turns") as stack:
        start_all(stack)
        turns.run(stack)
        memory.run(stack)
        alone, ours = turns.first_answer(stack)
        print(f"\nFrom start to the first answer: rasa run alone {alone:.1f} s, ours to a whole turn {ours:.1f} s")


if __name__ == "__main__":
    main()
