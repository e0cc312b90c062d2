"""`zelo notices`: the evidence of cases checked, a list brought in, a campaign's sheet given back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from backend.delinquency.tables import Campaign, EvidenceLink
from backend.errors import InvalidInput, NotFound
from backend.settings import settings
from backend.store.engine import Store
from backend.store.ids import new_id
from handoff.cli import app
from handoff.conversations.tables import OutboxRow
from tests.backend.delinquency.lists_rig import HEADER, book, listed, values
from tests.backend.delinquency.owing import CARLOS, ELZA, Books

RUN = CliRunner()


@pytest.fixture(autouse=True)
def configured(clean_database: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "database_url", clean_database)
    monkeypatch.setattr(settings(), "redis_url", redis_url)
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    monkeypatch.setattr(settings(), "notice_by_whatsapp", True)


async def said(*words: str) -> Result:
    done = await asyncio.to_thread(RUN.invoke, app, ["notices", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
async def noticed(store: Store) -> tuple[UUID, UUID]:
    """Two cases, each with a notice that counts."""
    async with store.unit_of_work() as session:
        books = await Books.opened(session, store)
        first, second = await books.noticed(CARLOS), await books.noticed(ELZA)
        return first.case_id, second.case_id


async def test_every_case_is_checked_and_the_broken_one_named(store: Store, noticed: tuple[UUID, UUID]) -> None:
    whole = await said("verify", "--all")
    assert (whole.exit_code, whole.output.count("íntegro (3 registros)")) == (0, 2)
    async with store.unit_of_work() as session:
        changed = update(EvidenceLink).where(EvidenceLink.case_id == noticed[1], EvidenceLink.ordinal == 2)
        await session.execute(changed.values(content={"text": "estou ciente de tudo"}))
    broken = await said("verify", "--all")
    assert broken.exit_code == 1
    assert f"{noticed[1]}  contrato 10000003  NÃO CONFERE a partir do registro 2" in broken.output
    assert (await said("verify", str(noticed[0]))).exit_code == 0


async def test_cases_are_named_or_all_are_asked_for(noticed: tuple[UUID, UUID]) -> None:
    for words in ((), (str(noticed[0]), "--all")):
        with pytest.raises(InvalidInput):
            await said("verify", *words)
    with pytest.raises(NotFound):
        await said("verify", str(new_id()))


async def test_a_list_is_brought_in_and_nothing_is_sent(store: Store, tmp_path: Path) -> None:
    sheet = tmp_path / "lista.xlsx"
    sheet.write_bytes(book(HEADER, ("Carlos Eduardo Nunes", "390.533.447-05", 1960.8, 55)))
    done = await said("import", str(sheet), "--name", "Novembro")
    assert "Nada foi enviado" in done.output
    async with store.sessions() as session:
        campaign = (await session.scalars(select(Campaign))).one()
        assert (campaign.name, campaign.state) == ("Novembro", "columns")
        assert (await session.scalars(select(OutboxRow))).all() == []


async def test_a_campaigns_sheet_is_given_back_as_a_workbook(store: Store, tmp_path: Path) -> None:
    async with store.unit_of_work() as session:
        books = await Books.opened(session, store)
        campaign = await listed(books, book(HEADER, ("Carlos Eduardo Nunes", "390.533.447-05", 1960.8, 55)))
    target = tmp_path / "preenchida.xlsx"
    await said("export", str(campaign.id), str(target))
    header, line = values(target.read_bytes())[:2]
    assert "Carlos Eduardo Nunes" in line
    assert len(header) > len(HEADER)


async def test_what_is_no_list_is_refused_in_words(tmp_path: Path) -> None:
    sheet = tmp_path / "lista.xlsx"
    sheet.write_bytes(b"nome;cpf")
    with pytest.raises(InvalidInput):
        await said("import", str(sheet), "--name", "Novembro")
