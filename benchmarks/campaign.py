"""`make campaign`: a campaign of 5,000 people over the simulator, with everything that goes wrong.

429, 63018, 63016, 63024, connections cut before and after a message was taken, callbacks lost, doubled and out of
order, workers killed twice, the end of the day in the midst of it, and people who pay meanwhile. Counted from what
others saw: the simulator's log, and the sheet that finance gets back.
"""

from __future__ import annotations

import shutil
import sys
import time
import warnings

from tests.campaign_compare import Found, compare
from tests.campaign_run import Run, settings_of, start
from tests.stack import ROOT, prepared

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
FOLDER = ROOT / "var" / "campaign"


def report(found: Found, seconds: float) -> None:
    """Prints what was compared."""
    print(
        f"\n{PEOPLE} people, {found.sent} messages, {found.attempts} attempts, {found.not_made} taken back or too late"
        f" (made again), {seconds:.0f} s"
    )
    print(f"{found.twice} sent twice, {found.lost} lost, {found.unknown} unknown, {found.misnumbered} misnumbered")
    print(
        f"{found.outside_hours} outside the hours, {found.paid_but_called} called after they had paid,"
        f" {found.other_state} whose end is not known as the simulator knows it"
    )
    print(f"{found.sheet_differs} lines of the sheet that differ, {found.broken_chains} broken chains of evidence")
    print("outcomes:", ", ".join(f"{count} {outcome or 'none'}" for outcome, count in found.outcomes.items()))


def main() -> None:
    """Exit code 1 when anything was sent twice, lost, out of hours, or is told otherwise than it was."""
    warnings.simplefilter("ignore")
    shutil.rmtree(FOLDER, ignore_errors=True)
    with prepared(FOLDER) as stack, settings_of(stack):
        start(stack)
        began = time.perf_counter()
        run = Run(stack, PEOPLE, say=lambda words: print(f"{time.perf_counter() - began:6.0f} s  {words}", flush=True))
        run.run()
        seconds = time.perf_counter() - began
        found = compare(run)
    report(found, seconds)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
