"""`zelo doctor`: what is configured, reachable and missing, in one page."""

from __future__ import annotations

import asyncio
import json
import sys

import yaml
from sqlalchemy.exc import SQLAlchemyError

from backend import erp, mail
from backend.documents.scanning import clamd_state
from backend.errors import InvalidInput
from backend.settings import Settings, settings
from backend.store import files
from backend.store.bell import Bell
from backend.store.clock import local
from backend.store.engine import Store
from handoff import health
from handoff.cli import model
from handoff.dispatch.erp import Endpoint
from handoff.dispatch.mail import Server

Row = tuple[bool, str, str]
MARKS = {True: "ok   ", False: "FALTA"}


def show() -> int:
    """Prints the page; 1 where something is missing."""
    config = settings()
    rows = [*_configured(config), *_built(config), *_reachable(config)]
    for good, name, detail in rows:
        sys.stdout.write(f"  {MARKS[good]}  {name:<22} {detail}\n")
    return 0 if all(good for good, _, _ in rows) else 1


def _configured(config: Settings) -> list[Row]:
    live = not config.simulator
    token = bool(config.twilio_auth_token.get_secret_value())
    return [
        (bool(config.ans_registration) or not live, "Registro ANS", config.ans_registration or "da demonstração"),
        (token or not live, "Twilio", f"{config.twilio_from} em {config.twilio_url}"),
        (bool(config.public_url) or not live, "Endereço público", config.base_url),
        (not config.still_invented, "Quem recebe as faturas", ", ".join(config.still_invented) or "configurado"),
        (True, "Banco de dados", "por URL" if config.database_url else "embutido (PostgreSQL 18)"),
        (True, "Redis", "por URL" if config.redis_url else "embutido (Valkey)"),
        _templates(config),
        _files_key(config),
        _mail_server(config),
        (True, "E-mail das equipes", _teams(config) or "nenhum: só os quadros"),
        _erp(config),
        (True, "Notificação (RN 593)", _notice(config)),
    ]


def _templates(config: Settings) -> Row:
    """Each template of the file needs its ContentSid: what has none waits, and a campaign does not start."""
    name = "Modelos de mensagem"
    if config.simulator:
        return True, name, "pelo simulador"
    written = yaml.safe_load(config.templates_file.read_text(encoding="utf-8")) or {}
    missing = sorted(written.keys() - json.loads(config.template_sids or "{}").keys())
    return (
        not missing,
        name,
        f"faltam em ZELO_TEMPLATE_SIDS: {', '.join(missing)}" if missing else "todos com ContentSid",
    )


def _notice(config: Settings) -> str:
    counts = "o WhatsApp conta como meio" if config.notice_by_whatsapp else "o WhatsApp conta só como tentativa"
    return f"{counts}; meios: {config.notice_ladder.replace(',', ', ')}; {config.notice_days} dias"


def _files_key(config: Settings) -> Row:
    """In production the key is the operator's to keep: beside the files it guards nothing, and lost it loses them."""
    name = "Chave dos arquivos"
    try:
        count = files.count_keys()
    except InvalidInput as error:
        return False, name, error.message
    if count:
        return True, name, "configurada" if count == 1 else f"configurada, e {count - 1} de antes"
    if config.simulator:
        return True, name, "feita por `zelo up`"
    return False, name, "defina ZELO_FILES_KEY; a feita por `zelo up` fica ao lado dos arquivos, em secrets.json"


def _mail_server(config: Settings) -> Row:
    if not config.smtp_url:
        return True, "E-mail", f"arquivos em {config.data_dir / 'mail'}"
    try:
        server = Server.parse(config.smtp_url)
    except ValueError:
        return False, "E-mail", "ZELO_SMTP_URL precisa ser smtp://… ou smtps://…"
    return True, "E-mail", f"{server.sender} por {server.host}:{server.port}"


def _teams(config: Settings) -> str:
    addresses = {
        "cadastro": config.registration_email,
        "contas médicas": config.medical_accounts_email,
        "financeiro": config.finance_email,
    }
    return ", ".join(team for team, address in addresses.items() if address)


def _erp(config: Settings) -> Row:
    try:
        endpoint = Endpoint.configured(config)
    except InvalidInput as error:
        return False, "Avisos ao ERP", error.message
    return True, "Avisos ao ERP", endpoint.url.host if endpoint else "não configurado: as mudanças esperam"


def _built(config: Settings) -> list[Row]:
    path = config.data_dir.absolute() / "models" / f"{model.data_hash()}.tar.gz"
    return [
        (model.RASA_PYTHON.exists(), "Ambiente do Rasa", str(model.RASA_PYTHON.parent.parent.name)),
        (path.exists(), "Modelo treinado", path.name if path.exists() else "rode `zelo train`"),
    ]


def _reachable(config: Settings) -> list[Row]:
    return asyncio.run(_look(config))


async def _look(config: Settings) -> list[Row]:
    good, detail = await clamd_state()
    rows: list[Row] = [(good, "Antivírus (clamd)", detail)]
    if not (config.database_url and config.redis_url):
        return [*rows, (True, "Alcance", "servidores embutidos: só enquanto `zelo up` roda; veja /readyz")]
    store, bell = Store(config.database_url), Bell(config.redis_url)
    try:
        found = await health.check(store, bell, config)
        rows += [(good, f"Responde: {name}", "") for name, good in found.items()]
        return [*rows, *(await waiting(store) if found["database"] else [])]
    finally:
        await bell.close()
        await store.close()


async def waiting(store: Store) -> list[Row]:
    """What is still to leave, and what was given up: it is missing where it should have arrived."""
    try:
        async with store.sessions() as session:
            mails, lost = await mail.standing(session)
            changes = await erp.standing(session)
    except SQLAlchemyError:
        return [(False, "Filas", "o banco ainda não tem as tabelas: rode `zelo migrate`")]
    since = f" desde {local(changes.oldest):%d/%m %H:%M}" if changes.oldest else ""
    again = " (`zelo resend-erp` manda de novo)" if changes.failed else ""
    told = f"esperam {changes.waiting}{since}, recusadas {changes.failed}{again}"
    return [
        (not lost, "E-mails", f"esperam {mails}, falharam {lost}"),
        (not changes.failed, "Mudanças para o ERP", told),
    ]
