"""A pipeline trained and served by Rasa itself, asked over HTTP: time, size, memory, answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.nlu.figures import Parse
from benchmarks.nlu.messages import ROOT, Message

_START_LIMIT = 300.0


@dataclass(slots=True)
class Served:
    """A running server and what it took to get there. Seconds and megabytes."""

    address: str
    process: subprocess.Popen[bytes]
    training_seconds: float
    model_megabytes: float
    first_answer_seconds: float = 0.0

    def parse(self, messages: Sequence[Message]) -> list[Parse]:
        """Each message parsed, one after the other, with the time that it took."""
        found = []
        with requests.Session() as session:
            for message in messages:
                start = time.perf_counter()
                answer = session.post(f"{self.address}/model/parse", json={"text": message.text}, timeout=60).json()
                found.append(Parse.of(answer, time.perf_counter() - start))
        return found

    def megabytes(self) -> float:
        """Resident memory of the server's process."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def train(config: Path, data: Path, folder: Path, name: str) -> tuple[Path, float]:
    """`rasa train nlu` from nothing; the model and the seconds of the whole command, Rasa's start with them."""
    start = time.perf_counter()
    command = ["-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(data), "--out", str(folder),
               "--fixed-model-name", name]  # fmt: skip
    with (folder / f"{name}.log").open("wb") as log:
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=_environment(), check=True, stdout=log, stderr=subprocess.STDOUT
        )
    return folder / f"{name}.tar.gz", time.perf_counter() - start


@contextmanager
def served(model: Path, training_seconds: float) -> Iterator[Served]:
    """`rasa run` with this model and nothing else, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # ours name the action server and the database, which understanding does not need
    endpoints, credentials = model.parent / "endpoints.yml", model.parent / "credentials.yml"
    endpoints.write_text("lock_store: {type: in_memory}\n", encoding="utf-8")
    credentials.write_text("rest:\n", encoding="utf-8")
    command = ["-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port), "--model",
               str(model), "--endpoints", str(endpoints), "--credentials", str(credentials)]  # fmt: skip
    start = time.perf_counter()
    with model.with_suffix(".run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=_environment(), stdout=log, stderr=subprocess.STDOUT
        )
        here = Served(f"http://127.0.0.1:{port}", process, training_seconds, model.stat().st_size / 2**20)
        try:
            _wait(here)
            here.first_answer_seconds = time.perf_counter() - start
            yield here
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(here: Served) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while time.monotonic() < deadline:
        if here.process.poll() is not None:
            raise RuntimeError(f"rasa run ended with {here.process.returncode}")
        try:
            if requests.post(f"{here.address}/model/parse", json={"text": "oi"}, timeout=10).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise TimeoutError("rasa run gave no answer")


def _environment() -> dict[str, str]:
    # Rasa's cache would make a second training look fast
    return {
        **os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_MAX_CACHE_SIZE": "0",
        "PYTHONPATH": str(ROOT), "SANIC_HOST": "127.0.0.1",
    }  # fmt: skip
