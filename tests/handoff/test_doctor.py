"""`zelo doctor`: what is missing is said, and nothing secret with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import yaml
from pydantic import SecretStr
from sqlalchemy import update

from backend import erp, mail
from backend.actor import SYSTEM
from backend.erp import ErpChange
from backend.mail import Mail
from backend.settings import Settings, settings
from backend.store.engine import Store
from handoff.cli import doctor_page as doctor
from tests.stack import FILES_KEY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(name: str, **configured: object) -> tuple[bool, str]:
    """A row of the page by its name: whether it is well, and what it says."""
    rows = doctor._configured(Settings(**configured))  # type: ignore[arg-type]
    [found] = [(good, detail) for good, title, detail in rows if title == name]
    return found


@pytest.mark.parametrize(
    ("written", "simulator", "good", "said"),
    [
        ("", True, True, "feita por"),
        ("", False, False, "defina ZELO_FILES_KEY"),
        (FILES_KEY, False, True, "configurada"),
        (f"{FILES_KEY},{FILES_KEY}", False, True, "e 1 de antes"),
        ("senha-fraca", True, False, "32 bytes em base64"),
    ],
)
def test_the_key_of_the_files_is_missing_where_it_is_real(
    written: str, simulator: bool, good: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "files_key", SecretStr(written))
    well, detail = row("Chave dos arquivos", simulator=simulator)
    assert (well, said in detail) == (good, True)
    assert not written or written not in detail


@pytest.mark.parametrize(
    ("configured", "good", "said"),
    [
        ({}, True, "as mudanças esperam"),
        ({"erp_webhook_url": "https://u:p@erp.example/x?token=1", "erp_webhook_secret": "s3cret"}, True, "erp.example"),
        ({"erp_webhook_url": "https://erp.example/x"}, False, "ZELO_ERP_WEBHOOK_SECRET"),
        ({"erp_webhook_url": "http://erp.example/x", "erp_webhook_secret": "s3cret"}, False, "https://"),
    ],
)
def test_the_erps_address_is_shown_without_what_opens_it(configured: dict[str, str], good: bool, said: str) -> None:
    well, detail = row("Avisos ao ERP", **configured)
    assert (well, said in detail) == (good, True)
    assert not any(secret in detail for secret in ("s3cret", "token", "u:p"))


@pytest.mark.parametrize(
    ("url", "good", "said"),
    [
        ("", True, "arquivos em"),
        ("smtp://u:s3cret@h.example?from=a@plano.example", True, "a@plano.example por h.example:587"),
        ("http://h.example", False, "smtp://"),
    ],
)
def test_the_mail_server_is_shown_without_its_password(url: str, good: bool, said: str) -> None:
    well, detail = row("E-mail", smtp_url=url)
    assert (well, said in detail, "s3cret" in detail) == (good, True, False)


def test_the_teams_that_get_emails_are_named() -> None:
    assert row("E-mail das equipes") == (True, "nenhum: só os quadros")
    assert row("E-mail das equipes", finance_email="f@p.example")[1] == "financeiro"


async def test_what_waits_is_counted_and_what_failed_is_missing(store: Store) -> None:
    async with store.unit_of_work() as session:
        for key in ("a", "b"):
            await erp.publish(session, kind="x.y", subject=("x", key), values={}, change_key=key, now=NOW)
            await mail.write_to_team(
                session, address="f@p.example", kind="slip", values={}, request_key=key, actor=SYSTEM, now=NOW
            )
    assert await doctor.waiting(store) == [
        (True, "E-mails", "esperam 2, falharam 0"),
        (True, "Mudanças para o ERP", "esperam 2 desde 22/11 09:00, recusadas 0"),
    ]
    async with store.unit_of_work() as session:
        await session.execute(update(Mail).where(Mail.request_key == "a").values(state="failed"))
        await session.execute(update(ErpChange).where(ErpChange.change_key == "a").values(state="failed"))
    assert await doctor.waiting(store) == [
        (False, "E-mails", "esperam 1, falharam 1"),
        (False, "Mudanças para o ERP", "esperam 1 desde 22/11 09:00, recusadas 1 (`zelo resend-erp` manda de novo)"),
    ]


async def test_the_virus_scanner_has_its_row() -> None:
    assert "Antivírus (clamd)" in {name for _, name, _ in await doctor._look(Settings())}


def test_a_template_without_its_content_is_named_since_nothing_is_sent_with_it() -> None:
    written = yaml.safe_load(settings().templates_file.read_text(encoding="utf-8"))
    some = json.dumps({name: "HX" + "0" * 32 for name in written if name != "campaign_greeting"})
    assert row("Modelos de mensagem", simulator=False, template_sids=some) == (
        False, "faltam em ZELO_TEMPLATE_SIDS: campaign_greeting",
    )  # fmt: skip
    every = json.dumps(dict.fromkeys(written, "HX" + "0" * 32))
    assert row("Modelos de mensagem", simulator=False, template_sids=every) == (True, "todos com ContentSid")


@pytest.mark.parametrize(("counts", "said"), [(True, "conta como meio"), (False, "só como tentativa")])
def test_it_says_whether_whatsapp_is_a_means_of_notice(counts: bool, said: str) -> None:
    assert said in row("Notificação (RN 593)", notice_by_whatsapp=counts)[1]
