"""Memory of each process, its own pages alone (USS) and with what it shares (RSS)."""

from __future__ import annotations

import psutil

from tests.stack import Stack


def run(stack: Stack) -> None:
    """Prints a line for each process; children are counted with their parent."""
    print("\nMemory of each process")
    print(f"{'process':>12} {'USS MB':>8} {'RSS MB':>8}")
    for name, process in stack.processes.items():
        parent = psutil.Process(process.pid)
        family = [parent, *parent.children(recursive=True)]
        uss = sum(member.memory_full_info().uss for member in family) / 1e6
        rss = sum(member.memory_info().rss for member in family) / 1e6
        print(f"{name:>12} {uss:>8.0f} {rss:>8.0f}")
