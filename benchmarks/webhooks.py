"""Webhooks acknowledged a second, beside pgbench's one-row inserts on the same server and settings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from backend.store.embedded import BINARIES
from benchmarks.load import Measured
from tests.stack import Stack, eventually

CLIENTS = (1, 16, 64)
PGBENCH_SECONDS = 5
INSERT = "INSERT INTO bench_row (body) VALUES ('uma linha de cem caracteres, mais ou menos como uma mensagem de WhatsApp costuma ser por aqui');\n"


def pgbench(stack: Stack, clients: int) -> float:
    """Commits a second of a one-row insert, by so many clients."""
    stack.run("CREATE TABLE IF NOT EXISTS bench_row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)")
    script = Path(stack.folder) / "insert.sql"
    script.write_text(INSERT)
    command = [
        str(BINARIES / "bin" / "pgbench"), "-n", "-f", str(script), "-c", str(clients), "-j", "2", "-T",
        str(PGBENCH_SECONDS), stack.database_url,
    ]  # fmt: skip
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    assert found is not None, output
    return float(found.group(1))


def acknowledged(stack: Stack, clients: int, count: int) -> Measured:
    """Messages that were answered 204, from a generator in a process of its own."""
    code = (
        "import asyncio, sys; from benchmarks.load import drive, requests_for;"
        f"m = asyncio.run(drive({stack.web!r}, requests_for({stack.web!r}, {count}, phones=2000), {clients}));"
        "print(m.rate, m.p50, m.p99, m.refused)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    rate, p50, p99, refused = output.split()
    return Measured(float(rate), float(p50), float(p99), int(refused))


def run(stack: Stack) -> None:
    """Prints the table for one and for two web processes; nothing else of Zelo runs meanwhile."""
    print("\nWebhooks acknowledged (signed, committed before 204), beside pgbench's one-row commits")
    print(f"{'clients':>8} {'pgbench/s':>10} | {'web':>3} {'acks/s':>8} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7}")
    baselines = {clients: pgbench(stack, clients) for clients in CLIENTS}
    for processes in (1, 2):
        stack.environment["ZELO_WEB_PROCESSES"] = str(processes)
        stack.start("web")
        eventually(lambda: _alive(stack), seconds=60, what="the web process")
        acknowledged(stack, 16, 2000)  # warm
        for clients in CLIENTS:
            measured = acknowledged(stack, clients, 1500 if clients == 1 else 8000)
            assert not measured.refused, f"{measured.refused} requests were refused"
            ratio = measured.rate / baselines[clients]
            print(
                f"{clients:>8} {baselines[clients]:>10.0f} | {processes:>3} {measured.rate:>8.0f} {ratio:>6.2f}"
                f" {measured.p50:>7.1f} {measured.p99:>7.1f}"
            )
        web = stack.processes.pop("web")
        web.terminate()
        web.wait()
    stack.environment["ZELO_WEB_PROCESSES"] = "1"


def _alive(stack: Stack) -> bool:
    try:
        return stack.http.get(f"{stack.web}/healthz").status_code == 200
    except httpx.HTTPError:
        return False
