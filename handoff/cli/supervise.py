"""Keeps the Procfile's processes running: prefixes their lines, starts again whoever dies, stops all at once.

honcho, which reads the same Procfile, ends everything when one process dies; a service desk must not.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

STOP_SECONDS = 25.0  # longer than a turn may take
STABLE_SECONDS = 30.0
LONGEST_PAUSE = 10.0
PR_SET_PDEATHSIG = 1
# Said by Rasa's own libraries about themselves at every start.
_NOISE = (b"DeprecationWarning", b"UserWarning", b"declare_namespace")


def _die_with_parent() -> None:
    """In the child: the kernel ends it when the parent is killed, so that nothing is left behind (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs commands until SIGINT, SIGTERM or SIGHUP."""

    def __init__(self, commands: Mapping[str, str], environment: Mapping[str, str], folder: Path) -> None:
        self._commands, self._environment, self._folder = commands, environment, folder
        self._width = max(map(len, commands))
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Returns when everything has stopped."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, self._stopping.set)
        await asyncio.gather(*(self._keep(name, command) for name, command in self._commands.items()))

    async def _keep(self, name: str, command: str) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            process = await self._start(command)
            code = await self._watch(name, process)
            if self._stopping.is_set():
                return
            pause = 0.5 if time.monotonic() - started > STABLE_SECONDS else min(pause * 2, LONGEST_PAUSE)
            self._write(name, f"terminou com código {code}; recomeça em {pause:.0f} s".encode())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _start(self, command: str) -> asyncio.subprocess.Process:
        words = [os.path.expandvars(word) for word in shlex.split(command)]
        return await asyncio.create_subprocess_exec(
            *words, env=dict(self._environment), cwd=self._folder, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
            preexec_fn=_die_with_parent, limit=1024 * 1024,
        )  # fmt: skip

    async def _watch(self, name: str, process: asyncio.subprocess.Process) -> int:
        reading = asyncio.create_task(self._pump(name, process))
        stopping = asyncio.create_task(self._stopping.wait())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()
            try:
                await asyncio.wait_for(asyncio.shield(ended), STOP_SECONDS)
            except TimeoutError:
                process.kill()
        stopping.cancel()
        code = await ended
        await reading
        return code

    async def _pump(self, name: str, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            if not any(noise in line for noise in _NOISE) and not line.startswith(b"  "):
                self._write(name, line.rstrip())

    def _write(self, name: str, line: bytes) -> None:
        sys.stdout.buffer.write(f"{name:<{self._width}} | ".encode() + line + b"\n")
        sys.stdout.flush()
