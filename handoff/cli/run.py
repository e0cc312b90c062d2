"""`zelo up`: servers, schema, model, demo data, and the Procfile's processes under one parent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
from pydantic import SecretStr

from backend import demo
from backend.actor import SYSTEM
from backend.errors import InvalidInput
from backend.settings import LOOPBACK_HOSTS, Settings, settings
from backend.store import files, migrate
from backend.store.clock import business_now
from backend.store.embedded import EmbeddedPostgres, EmbeddedValkey, wait_for_port
from backend.store.engine import Store
from handoff.access import verbs as access
from handoff.cli import model
from handoff.cli.content import register_content
from handoff.cli.supervise import Supervisor
from handoff.dispatch.erp import Endpoint
from handoff.dispatch.mail import Server
from handoff.schema import METADATA

DEMO_ANS_REGISTRATION = "999999"
DEMO_ACCOUNTS = (
    ("atendente", "Marina Atendente", "attendant"),
    ("operador", "Otávio Operador", "operator"),
    ("admin", "Aline Administradora", "admin"),
)
READY_SECONDS = 180.0
SECRETS = "secrets.json"
# What the environment leaves open is made once, kept in the data folder, and the same at the next start.
MADE_HERE: dict[str, Callable[[], str]] = {
    "rasa_token": partial(secrets.token_urlsafe, 24),
    "secret_key": partial(secrets.token_urlsafe, 24),
    "files_key": files.new_key,
    "twilio_auth_token": partial(secrets.token_urlsafe, 24),
    "demo_password": partial(secrets.token_urlsafe, 9),
}


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the two servers are."""

    database: str
    redis: str


@contextlib.contextmanager
def servers(*, own: bool = False) -> Iterator[Urls]:
    """The configured servers, or embedded ones that live as long as the block.

    A PostgreSQL that was running before goes on after it, unless it is to be owned (`zelo up` after a crash).
    """
    config = settings()
    config.data_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        database, redis = config.database_url, config.redis_url
        if not database:
            postgres = EmbeddedPostgres(config.data_dir)
            database = postgres.start()
            if own or postgres.started_here:
                stack.callback(postgres.stop)
        if not redis:
            valkey = EmbeddedValkey(config.data_dir)
            stack.callback(valkey.stop)
            redis = valkey.start()
        yield Urls(database, redis)


def up() -> int:
    """Starts everything and waits; gives the exit code. What is missing is said before anything starts."""
    config = _with_secrets(settings())
    trained = model.ensure(config.data_dir)
    with servers(own=True) as urls:
        migrate.upgrade(urls.database, METADATA)
        environment = _environment(config, urls, trained)
        os.environ.update(environment)
        settings.cache_clear()
        if config.simulator:
            asyncio.run(_load_demo(urls.database, config))
        with _simulator(config, environment):
            return _run_processes(config, environment)


def _with_secrets(config: Settings) -> Settings:
    """Fills what the environment leaves open: random tokens kept between starts, the demo's registration."""
    config.data_dir.mkdir(parents=True, exist_ok=True)
    kept = _kept_secrets(config)
    for name, made in MADE_HERE.items():
        given = getattr(config, name).get_secret_value()
        if given:
            continue
        if name == "twilio_auth_token" and not config.simulator:
            raise InvalidInput("Falta ZELO_TWILIO_AUTH_TOKEN.", detail="twilio auth token")
        if name not in kept:
            kept[name] = made()
        setattr(config, name, SecretStr(kept[name]))
    path = config.data_dir / SECRETS
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(kept))
    fill_ans_registration(config)
    _check_written(config)
    return config


def _check_written(config: Settings) -> None:
    """InvalidInput for what is set and cannot be read: said now, not by a process that begins again and again."""
    files.count_keys()
    Endpoint.configured(config)
    try:
        Server.parse(config.smtp_url or "smtp://localhost")
    except ValueError as error:
        raise InvalidInput("ZELO_SMTP_URL precisa ser smtp://… ou smtps://….", detail="smtp url") from error


def _kept_secrets(config: Settings) -> dict[str, str]:
    path = config.data_dir / SECRETS
    return dict(json.loads(path.read_text())) if path.exists() else {}


def renew_files() -> files.Renewed:
    """Encrypts every kept file under the first of `ZELO_FILES_KEY`, or the key of `zelo up`; InvalidInput without one.

    After it the former keys may be taken out of the variable.
    """
    config = settings()
    if not config.files_key.get_secret_value():
        config.files_key = SecretStr(_kept_secrets(config).get("files_key", ""))
    return files.renew()


def fill_ans_registration(config: Settings) -> None:
    """The demo's registration where none is set; InvalidInput where messages leave the machine without one."""
    if not config.ans_registration:
        if not config.simulator:
            raise InvalidInput("Falta ZELO_ANS_REGISTRATION, o registro ANS da operadora (6 dígitos).", detail="ans")
        config.ans_registration = DEMO_ANS_REGISTRATION


def _environment(config: Settings, urls: Urls, trained: Path) -> dict[str, str]:
    rasa_port = str(urlsplit(config.rasa_addresses[0]).port or 5005)
    actions = config.actions_url.rstrip("/")
    return {
        **model.environment(),
        "ZELO_HOST": config.host,
        "ZELO_PORT": str(config.port),
        "ZELO_WEB_PROCESSES": str(config.web_processes),
        "ZELO_DATA_DIR": str(config.data_dir.absolute()),
        "ZELO_DATABASE_URL": urls.database,
        "ZELO_REDIS_URL": urls.redis,
        "ZELO_PUBLIC_URL": config.base_url,
        "ZELO_SIMULATOR": "1" if config.simulator else "0",
        "ZELO_SIMULATOR_PORT": str(config.simulator_port),
        "ZELO_TWILIO_ACCOUNT_SID": config.twilio_account_sid,
        "ZELO_TWILIO_AUTH_TOKEN": config.twilio_auth_token.get_secret_value(),
        "ZELO_TWILIO_FROM": config.twilio_from,
        "ZELO_TWILIO_API_URL": config.twilio_url,
        "ZELO_RASA_TOKEN": config.rasa_token.get_secret_value(),
        "ZELO_SECRET_KEY": config.secret_key.get_secret_value(),
        "ZELO_FILES_KEY": config.files_key.get_secret_value(),
        "ZELO_ANS_REGISTRATION": config.ans_registration,
        "ZELO_RASA_DATABASE_URL": urls.database,
        "ZELO_RASA_TRACKER_URL": tracker_url(urls.database),
        "ZELO_RASA_PORT": rasa_port,
        "ZELO_ACTIONS_PORT": str(urlsplit(actions).port or 5055),
        "ZELO_ACTIONS_WEBHOOK": f"{actions}/webhook",
        "ZELO_MODEL": str(trained),
    }


def tracker_url(database_url: str) -> str:
    """The same database for Rasa's tracker, in a schema of its own (psycopg2's driver)."""
    joint = "&" if "?" in database_url else "?"
    return f"{database_url}{joint}options={quote('-csearch_path=rasa')}"


async def _load_demo(url: str, config: Settings) -> None:
    store = Store(url)
    try:
        async with store.unit_of_work() as session:
            now = await business_now(session)
            await demo.load(session, actor=SYSTEM, now=now)
            password = config.demo_password.get_secret_value()
            for username, name, role in DEMO_ACCOUNTS:
                account = await access.by_username(session, username)
                if account is None:
                    await access.add_account(
                        session, username=username, name=name, role=role, password=password, actor=SYSTEM, now=now
                    )
                else:
                    await access.set_password(session, account=account, password=password, actor=SYSTEM, now=now)
    finally:
        await store.close()


def procfile() -> dict[str, str]:
    """The processes by name, in the Procfile's order."""
    lines = (model.ROOT / "Procfile").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): command.strip() for name, command in pairs}


def _run_processes(config: Settings, environment: dict[str, str]) -> int:
    commands: dict[str, str] = {}
    for name, command in procfile().items():
        if name == "simulator":
            continue  # started before the others, which need its templates' ContentSids
        if name == "rasa":  # one for each address on this machine; others are somebody else's to start
            commands.update(_rasas(config, command))
            continue
        count = config.workers if name == "worker" else 1
        commands.update({f"{name}.{n}" if count > 1 else name: command for n in range(1, count + 1)})
    os.environ.update(environment)  # the Procfile's variables
    threading.Thread(target=_announce, args=(config, time.monotonic()), daemon=True).start()
    asyncio.run(Supervisor(commands, environment, model.ROOT).run())
    return 0


def _rasas(config: Settings, command: str) -> dict[str, str]:
    addresses = [urlsplit(url) for url in config.rasa_addresses]
    ports = [str(address.port or 5005) for address in addresses if address.hostname in LOOPBACK_HOSTS]
    return {
        f"rasa.{n}" if len(ports) > 1 else "rasa": command.replace("$ZELO_RASA_PORT", port)
        for n, port in enumerate(ports, 1)
    }


@contextlib.contextmanager
def _simulator(config: Settings, environment: dict[str, str]) -> Iterator[None]:
    """The demo's Twilio, where it is wanted, with our templates in it; ends with the block."""
    if not config.simulator:
        yield
        return
    process = subprocess.Popen(shlex.split(procfile()["simulator"]), env=environment, cwd=model.ROOT)
    try:
        if not wait_for_port("127.0.0.1", config.simulator_port, 20):
            raise InvalidInput("O simulador não iniciou. A porta está ocupada?", detail="simulator")
        environment["ZELO_TEMPLATE_SIDS"] = json.dumps(register_content(config))
        yield
    finally:
        process.terminate()
        process.wait(10)


def _announce(config: Settings, started: float) -> None:
    deadline = started + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{config.port}/readyz", timeout=3).status_code == 200:  # noqa: PLR2004
                break
        time.sleep(0.2)
    else:
        sys.stdout.write("Zelo ainda não está pronta. Veja `zelo doctor`.\n")
        return
    lines = [f"Zelo está pronta ({time.monotonic() - started:.0f} s).", "", f"  Console    {config.base_url}/"]
    if config.simulator:
        password = config.demo_password.get_secret_value()
        lines += [
            f"  Telefone   http://127.0.0.1:{config.simulator_port}/",
            f"  Usuários   atendente, operador, admin   Senha  {password}",
        ]
    lines += ["", "  Ctrl-C encerra tudo."]
    sys.stdout.write("\n".join(["", *lines, "", ""]))
    sys.stdout.flush()
