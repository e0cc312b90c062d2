"""`zelo doctor`: what is configured, reachable and missing, in one page."""

from __future__ import annotations

import asyncio
import sys

from backend.settings import Settings, settings
from backend.store.bell import Bell
from backend.store.engine import Store
from handoff import health
from handoff.cli import model

MARKS = {True: "ok   ", False: "FALTA"}


def show() -> int:
    """Prints the page; 1 where something is missing."""
    config = settings()
    rows = [*_configured(config), *_built(config), *_reachable(config)]
    for good, name, detail in rows:
        sys.stdout.write(f"  {MARKS[good]}  {name:<22} {detail}\n")
    return 0 if all(good for good, _, _ in rows) else 1


def _configured(config: Settings) -> list[tuple[bool, str, str]]:
    live = not config.simulator
    token = bool(config.twilio_auth_token.get_secret_value())
    return [
        (bool(config.ans_registration) or not live, "Registro ANS", config.ans_registration or "da demonstração"),
        (token or not live, "Twilio", f"{config.twilio_from} em {config.twilio_url}"),
        (bool(config.public_url) or not live, "Endereço público", config.base_url),
        (not config.still_invented, "Quem recebe as faturas", ", ".join(config.still_invented) or "configurado"),
        (True, "Banco de dados", "por URL" if config.database_url else "embutido (PostgreSQL 18)"),
        (True, "Redis", "por URL" if config.redis_url else "embutido (Valkey)"),
        (
            bool(config.template_sids) or not live,
            "Modelos de mensagem",
            "ZELO_TEMPLATE_SIDS" if live else "pelo simulador",
        ),
        (True, "E-mail", config.smtp_url.split("@")[-1] if config.smtp_url else f"arquivos em {config.data_dir}"),
    ]


def _built(config: Settings) -> list[tuple[bool, str, str]]:
    path = config.data_dir.absolute() / "models" / f"{model.data_hash()}.tar.gz"
    return [
        (model.RASA_PYTHON.exists(), "Ambiente do Rasa", str(model.RASA_PYTHON.parent.parent.name)),
        (path.exists(), "Modelo treinado", path.name if path.exists() else "rode `zelo train`"),
    ]


def _reachable(config: Settings) -> list[tuple[bool, str, str]]:
    if not (config.database_url and config.redis_url):
        return [(True, "Alcance", "servidores embutidos: só enquanto `zelo up` roda; veja /readyz")]

    async def look() -> dict[str, bool]:
        store, bell = Store(config.database_url), Bell(config.redis_url)
        try:
            return await health.check(store, bell, config)
        finally:
            await bell.close()
            await store.close()

    return [(good, f"Responde: {name}", "") for name, good in asyncio.run(look()).items()]
