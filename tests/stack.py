"""The whole of Zelo as it runs, for tests and benchmarks: real servers, real processes, the simulator as Twilio."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from backend.settings import Settings, settings
from backend.store.embedded import EmbeddedPostgres, EmbeddedValkey, wait_for_port
from backend.store.migrate import upgrade
from handoff.cli import model, run
from handoff.cli.content import register_content
from handoff.schema import METADATA

ROOT = Path(__file__).parent.parent
FROM = "whatsapp:+559830000000"
TOKEN = "a-token-for-the-stack"
FILES_KEY = "the-key-of-the-files-in-tests-not-a-secretA="
PASSWORD = "senha-de-teste"
T = TypeVar("T")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def eventually(look: Callable[[], T], *, seconds: float = 20, what: str = "it") -> T:
    """The first true thing that `look` gives; AssertionError when the seconds are over."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


@dataclass
class Stack:
    """Processes by name, each of which may be killed and started again."""

    folder: Path
    database_url: str
    redis_url: str
    environment: dict[str, str]
    ports: dict[str, int]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def web(self) -> str:
        """The console's and the webhooks' address."""
        return f"http://127.0.0.1:{self.ports['web']}"

    @property
    def simulator(self) -> str:
        """The phone page's and the control API's address."""
        return f"http://127.0.0.1:{self.ports['simulator']}"

    def start(self, name: str, kind: str = "", **changed: str) -> None:
        """Starts a process of the Procfile; `name` may be another than its `kind` (a second worker)."""
        command = run.procfile()[kind or name]
        words = [os.path.expandvars(word) if "$" not in word else self._expand(word) for word in command.split()]
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            words,
            cwd=ROOT,
            env=self.environment | changed,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _expand(self, word: str) -> str:
        for name, value in self.environment.items():
            word = word.replace(f"${name}", value)
        return word

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def pause(self, name: str) -> None:
        """The process stands still."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        """It goes on."""
        self.processes[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends every process that this stack started."""
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_until_ready(self, seconds: float = 120) -> None:
        """Returns when `/readyz` says that everything answers."""

        def ready() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                return self.http.get(f"{self.web}/readyz").status_code == 200
            return False

        eventually(ready, seconds=seconds, what="readiness")

    # -- the person's side

    def write(self, phone: str, body: str = "", **more: Any) -> dict[str, Any]:
        """A person writes; returns when the webhook answered."""
        asked = {"phone": phone, "body": body, "wait": True, **more}
        answer = self.http.post(f"{self.simulator}/control/inbound", json=asked)
        answer.raise_for_status()
        return dict(answer.json()["messages"][0])

    def received(self, phone: str) -> list[str]:
        """What the phone was sent, in the order in which Twilio took it."""
        to = f"whatsapp:{phone}"
        return [send["body"] for send in self.log()["sends"] if send["to"] == to]

    def log(self) -> dict[str, Any]:
        """What the simulator saw."""
        return dict(self.http.get(f"{self.simulator}/control/log").json())

    def answers(self, phone: str, count: int, *, seconds: float = 30) -> list[str]:
        """Waits until the phone has been sent `count` messages; gives all of them."""
        got: list[str] = []

        def enough() -> bool:
            got[:] = self.received(phone)
            return len(got) >= count

        eventually(enough, seconds=seconds, what=f"message {count} to the phone")
        return got

    def faults(self, **faults: Any) -> None:
        """Makes the simulator misbehave."""
        self.http.post(f"{self.simulator}/control/faults", json=faults).raise_for_status()

    def no_faults(self) -> None:
        """Makes it behave again."""
        self.http.delete(f"{self.simulator}/control/faults").raise_for_status()

    # -- the database's side

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of a query in a connection of its own."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()  # type: ignore[arg-type]

    def run(self, statement: str, *parameters: object) -> None:
        """Carries out a statement."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statement, parameters)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def holding(self, statement: str, *parameters: object) -> Iterator[None]:
        """A transaction that holds what the statement locks, for as long as the block runs."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, parameters)  # type: ignore[arg-type]
            yield
            connection.rollback()


@contextlib.contextmanager
def prepared(folder: Path, **overrides: str) -> Iterator[Stack]:
    """A stack with its servers and its schema, nothing else started yet."""
    folder.mkdir(parents=True, exist_ok=True)
    postgres, valkey = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    database, redis = postgres.start(), valkey.start()
    try:
        upgrade(database, METADATA)
        ports = {name: free_port() for name in ("web", "simulator", "rasa", "actions")}
        stack = Stack(folder, database, redis, _environment(folder, database, redis, ports) | overrides, ports)
        try:
            yield stack
        finally:
            stack.stop()
    finally:
        valkey.stop()
        postgres.stop()


def _environment(folder: Path, database: str, redis: str, ports: dict[str, int]) -> dict[str, str]:
    actions = f"http://127.0.0.1:{ports['actions']}"
    return {
        **model.environment(),
        "ZELO_HOST": "127.0.0.1",
        "ZELO_PORT": str(ports["web"]),
        "ZELO_WEB_PROCESSES": "1",
        "ZELO_PUBLIC_URL": f"http://127.0.0.1:{ports['web']}",
        "ZELO_DATABASE_URL": database,
        "ZELO_REDIS_URL": redis,
        "ZELO_DATA_DIR": str(folder),
        "ZELO_SIMULATOR": "1",
        "ZELO_SIMULATOR_PORT": str(ports["simulator"]),
        "ZELO_TWILIO_AUTH_TOKEN": TOKEN,
        "ZELO_TWILIO_FROM": FROM,
        "ZELO_TWILIO_API_URL": f"http://127.0.0.1:{ports['simulator']}",
        "ZELO_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "ZELO_RASA_TOKEN": TOKEN,
        "ZELO_SECRET_KEY": TOKEN,
        "ZELO_FILES_KEY": FILES_KEY,
        "ZELO_RASA_URLS": f"http://127.0.0.1:{ports['rasa']}",
        "ZELO_RASA_PORT": str(ports["rasa"]),
        "ZELO_ACTIONS_URL": actions,
        "ZELO_ACTIONS_PORT": str(ports["actions"]),
        "ZELO_ACTIONS_WEBHOOK": f"{actions}/webhook",
        "ZELO_RASA_DATABASE_URL": database,
        "ZELO_RASA_TRACKER_URL": run.tracker_url(database),
        "ZELO_ANS_REGISTRATION": "999999",
        "ZELO_MEDICAL_ACCOUNTS_EMAIL": "contas@zelo.example",
        "ZELO_FINANCE_EMAIL": "financeiro@zelo.example",
        "ZELO_LEASE_SECONDS": "4",
        "ZELO_TURN_TIMEOUT_SECONDS": "10",
        "ZELO_GIVE_UP_SECONDS": "60",
    }


def configured(stack: Stack) -> Settings:
    """Settings as the stack's processes read them."""
    names = {
        name.removeprefix("ZELO_").lower(): value
        for name, value in stack.environment.items()
        if name.startswith("ZELO_")
    }
    return Settings(**{name: value for name, value in names.items() if name in Settings.model_fields})  # type: ignore[arg-type]


def start_all(stack: Stack, *, workers: int = 1) -> None:
    """Trains where needed, starts every process, loads the demo people, waits until all answer."""
    stack.environment["ZELO_MODEL"] = str(model.ensure(ROOT / "var"))
    stack.start("simulator")
    wait_for_port("127.0.0.1", stack.ports["simulator"], 30)
    config = configured(stack)
    config.demo_password = type(config.demo_password)(PASSWORD)
    stack.environment["ZELO_TEMPLATE_SIDS"] = json.dumps(register_content(config))
    for name in ("rasa", "actions", "web"):
        stack.start(name)
    for number in range(workers):
        stack.start(f"worker.{number}" if number else "worker", "worker")
    _load_demo(stack, config)
    stack.wait_until_ready()


def _load_demo(stack: Stack, config: Settings) -> None:
    import asyncio

    os.environ.update({name: value for name, value in stack.environment.items() if name.startswith("ZELO_")})
    settings.cache_clear()
    asyncio.run(run._load_demo(stack.database_url, config))
