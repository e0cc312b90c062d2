"""Finance's lists are read by the worker: whole or not at all, with progress, by one hand at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import attendant
from backend.audit import AuditRow
from backend.delinquency.lists import reading, verbs
from backend.delinquency.tables import Campaign, CampaignRow
from backend.demo.invented import cpf as invented_cpf
from backend.errors import InvalidInput, Taken
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store
from handoff.access.tables import Account
from handoff.conversations.tables import Contact, Conversation, Ownership
from handoff.desk.collections.sheets import filled_sheet
from handoff.dispatch import lists
from tests.backend.delinquency.lists_rig import HEADER, book, cpf, values
from tests.backend.test_invoices import Books

NOW = datetime(2026, 8, 3, 13, 0, tzinfo=UTC)
BOSS = attendant("7")
GUESSED: dict[str, int | None] = {"name": 0, "cpf": 1, "amount": 2, "days": 3}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


async def uploaded(store: Store, content: bytes, *, name: str = "Agosto") -> UUID:
    async with store.unit_of_work() as session:
        campaign = await verbs.upload(session, name=name, content=content, file_name="lista.xlsx", actor=BOSS, now=NOW)
        return campaign.id


async def confirmed(store: Store, campaign_id: UUID, columns: dict[str, int | None] | None = None) -> None:
    async with store.unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        await verbs.confirm_columns(session, campaign=campaign, columns=columns or GUESSED, actor=BOSS, now=NOW)


async def given(store: Store, *lines: tuple[object, ...]) -> UUID:
    """A list with these lines whose columns were confirmed."""
    campaign_id = await uploaded(store, book(HEADER, *lines))
    await confirmed(store, campaign_id)
    return campaign_id


async def campaign_of(store: Store, campaign_id: UUID) -> Campaign:
    async with store.sessions() as session:
        return await verbs.get(session, campaign_id)


async def rows_of(store: Store, campaign_id: UUID) -> list[CampaignRow]:
    async with store.sessions() as session:
        query = select(CampaignRow).where(CampaignRow.campaign_id == campaign_id).order_by(CampaignRow.line)
        return list(await session.scalars(query))


async def person(session: AsyncSession, number: int, standing: str = "holder", *, contract: UUID | None = None) -> UUID:
    books = Books(session)
    books.numbers = iter(range(number * 1000, number * 1000 + 999))
    signed = await books.contract()
    who = await books.person(signed, standing)
    who.cpf = invented_cpf(number)
    who.contract_id = contract or signed.id
    await session.flush()
    return who.contract_id


async def test_an_upload_is_kept_shows_its_columns_and_calls_nobody(store: Store) -> None:
    content = book(("Lista",), HEADER, *((f"Pessoa {n}", cpf(n), 350.5, 62) for n in range(7)))
    campaign = await campaign_of(store, await uploaded(store, content, name="  Agosto\n 2026 "))
    assert (campaign.state, campaign.name, campaign.created_by) == ("columns", "Agosto 2026", "7")
    assert (campaign.sheet, campaign.header_line, campaign.headers) == ("Lista", 2, list(HEADER))
    assert {field: column for field, column in campaign.columns.items() if column is not None} == GUESSED
    assert [line["line"] for line in campaign.sample] == [3, 4, 5, 6, 7]
    assert campaign.lines_total == 7
    assert files.read(campaign.file_sha256) == content
    assert not await rows_of(store, campaign.id)


async def test_a_file_that_is_no_list_leaves_nothing_behind(store: Store, folder: Path) -> None:
    with pytest.raises(InvalidInput):
        await uploaded(store, b"Nome;CPF\n")
    with pytest.raises(InvalidInput, match="invalid"):
        await uploaded(store, book(HEADER, ("Ana", cpf(1))), name=" ")
    async with store.sessions() as session:
        assert not await session.scalar(select(func.count()).select_from(Campaign))
    assert not (folder / "media").exists()


async def test_a_line_becomes_a_row_with_whom_the_register_knows(store: Store) -> None:
    async with store.unit_of_work() as session:
        holders = await person(session, 1)
        await person(session, 2, "dependent")
    campaign_id = await given(
        store, ("Pessoa Um", cpf(1), "R$ 1.250,00", "62 dias"), ("Pessoa Dois", cpf(2), 10, 55), ("Três", cpf(3)),
        ("Quatro", "111"), ("Pessoa Um", cpf(1), 99),
    )  # fmt: skip
    assert await lists.read_next(store)
    one, two, three, four, again = await rows_of(store, campaign_id)
    assert (one.full_name, one.cpf, one.listed_amount, one.listed_days) == (
        "Pessoa Um", invented_cpf(1), Decimal("1250.00"), 62,
    )  # fmt: skip
    assert (one.line, one.cells, one.contract_id) == (2, ["Pessoa Um", cpf(1), "R$ 1.250,00", "62 dias"], holders)
    assert (one.state, one.outcome, one.problem) == ("waiting", "", "")
    assert (two.beneficiary_id is not None, two.contract_id, two.outcome) == (True, None, "not_answering")
    assert (three.beneficiary_id, three.state, three.outcome) == (None, "left_out", "not_found")
    assert (four.outcome, four.problem) == ("bad_line", "Linha 5: o CPF 111… não é válido.")
    assert (again.outcome, again.problem) == ("duplicate", "Linha 6: o CPF é o mesmo da linha 2.")
    campaign = await campaign_of(store, campaign_id)
    assert (campaign.state, campaign.lines_done, campaign.lines_total) == ("read", 5, 5)
    async with store.sessions() as session:
        said = await session.scalar(select(AuditRow.details).where(AuditRow.action == "lists.read"))
    assert said == {"usable": 1, "not_answering": 1, "not_found": 1, "bad_line": 1, "duplicate": 1}


async def test_holder_and_payer_of_one_contract_are_one_call(store: Store) -> None:
    async with store.unit_of_work() as session:
        contract = await person(session, 1)
        await person(session, 2, "detached_member", contract=contract)
    rows = await rows_of(store, campaign_id := await given(store, ("Um", cpf(1)), ("Dois", cpf(2))))
    assert not rows
    assert await lists.read_next(store)
    first, second = await rows_of(store, campaign_id)
    assert (first.outcome, second.outcome) == ("", "duplicate")
    assert second.problem == "Linha 3: o contrato é o mesmo da linha 2."


async def test_whose_plan_has_ended_is_marked(store: Store) -> None:
    async with store.unit_of_work() as session:
        await person(session, 1)
        await session.flush()
        books = Books(session)
        ended = await books.contract()
        ended.ended_on = date(2020, 1, 1)
        await person(session, 2, contract=ended.id)
    campaign_id = await given(store, ("Um", cpf(1)), ("Dois", cpf(2)))
    await lists.read_next(store)
    assert [row.already_cancelled for row in await rows_of(store, campaign_id)] == [False, True]


async def test_nothing_is_read_twice_and_nothing_without_confirmed_columns(store: Store) -> None:
    await uploaded(store, book(HEADER, ("Ana", cpf(1))))
    assert not await lists.read_next(store)
    campaign_id = await given(store, ("Um", cpf(1)))
    assert await lists.read_next(store)
    assert not await lists.read_next(store)
    assert len(await rows_of(store, campaign_id)) == 1


async def test_two_workers_share_the_lists(store: Store) -> None:
    campaigns = [await given(store, *((f"P {n}", cpf(n)) for n in range(300))) for _ in range(2)]
    assert sorted(await asyncio.gather(*(lists.read_next(store) for _ in range(4)))) == [False, False, True, True]
    for campaign_id in campaigns:
        assert len(await rows_of(store, campaign_id)) == 300


async def test_a_worker_that_dies_leaves_nothing_and_the_next_one_begins_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await given(store, *((f"P {n}", cpf(n)) for n in range(50)))

    def dies(*_: object, **__: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", dies)  # the last step, when all rows are written
        with pytest.raises(OSError, match="killed"):
            await lists.read_next(store)
    assert (await campaign_of(store, campaign_id)).state == "reading"
    assert not await rows_of(store, campaign_id)
    assert await lists.read_next(store)
    assert len(await rows_of(store, campaign_id)) == 50


async def test_progress_is_seen_while_a_list_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "TELL_EVERY_SECONDS", 0.01)
    campaign_id = await given(store, *((f"P {n}", cpf(n)) for n in range(2000)))
    told: list[int] = []
    tell = lists._tell

    async def heard(store: Store, task: lists._Task, lines: int) -> None:
        await tell(store, task, lines)
        told.append((await campaign_of(store, campaign_id)).lines_done)

    monkeypatch.setattr(lists, "_tell", heard)
    await lists.read_next(store)
    assert told == sorted(told)
    assert max(told) > 0
    assert (await campaign_of(store, campaign_id)).lines_done == 2000


async def test_a_worker_that_is_stopped_stops_reading(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = await given(store, ("Um", cpf(1)))
    began, progress = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def slow(task: lists._Task, seen: lists._Progress) -> list[lists.Listed]:
        progress.append(seen)
        loop.call_soon_threadsafe(began.set)
        while not seen.stopped:
            pass
        return []

    monkeypatch.setattr(lists, "_parse", slow)
    reading_it = asyncio.create_task(lists.read_next(store))
    await began.wait()
    reading_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading_it
    assert progress[0].stopped
    assert (await campaign_of(store, campaign_id)).state == "reading"


async def test_a_list_with_too_many_lines_is_refused_with_the_reason(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await given(store, *((f"P {n}", cpf(n)) for n in range(5)))
    monkeypatch.setattr(reading, "MOST_LINES", 3)
    assert await lists.read_next(store)
    campaign = await campaign_of(store, campaign_id)
    assert (campaign.state, campaign.problem) == ("refused", "A planilha tem mais de 3 linhas. Divida em partes.")
    assert not await rows_of(store, campaign_id)


async def test_columns_may_be_set_right_until_the_approval(store: Store) -> None:
    campaign_id = await uploaded(store, book(HEADER, ("Ana Um", cpf(1), "10,00", 62)))
    await confirmed(store, campaign_id, {"name": 3, "cpf": 1})
    await confirmed(store, campaign_id, {"name": 3, "cpf": 1})  # again is nothing new
    with pytest.raises(Taken):
        await confirmed(store, campaign_id)
    await lists.read_next(store)
    assert [row.full_name for row in await rows_of(store, campaign_id)] == ["62"]
    await confirmed(store, campaign_id)
    await lists.read_next(store)
    assert [row.full_name for row in await rows_of(store, campaign_id)] == ["Ana Um"]
    async with store.unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        campaign.state, campaign.approved_by = "running", "7"
    with pytest.raises(Taken):
        await confirmed(store, campaign_id)


async def test_a_filled_sheet_names_the_ticket_and_who_attended_last(store: Store) -> None:
    async with store.unit_of_work() as session:
        await person(session, 1)
    campaign_id = await given(store, ("Pessoa de Teste", cpf(1)))
    await lists.read_next(store)
    async with store.unit_of_work() as session:
        conversation = await attended(session, "Rita de Teste", "Sara de Teste")
        row = (await session.scalars(select(CampaignRow))).one()
        row.conversation_id, row.attempts, row.state = conversation.id, 1, "answered"
    async with store.sessions() as session:
        campaign = await verbs.get(session, campaign_id)
        content, _ = await filled_sheet(session, campaign=campaign, now=NOW)
    head, line = values(content)[:2]
    shown = dict(zip(head, line, strict=True))
    assert (shown["Nº do chamado"], shown["Atendente"]) == (str(conversation.ticket), "Sara de Teste")


async def attended(session: AsyncSession, *names: str) -> Conversation:
    """A conversation that these attendants owned, one after the other."""
    contact = Contact(address="whatsapp:+5598988000001", phone="+5598988000001")
    session.add(contact)
    await session.flush()
    conversation = Conversation(
        contact_id=contact.id, our_address="whatsapp:+5598988009999", opened_at=NOW, last_inbound_at=NOW,
        last_activity_at=NOW,
    )  # fmt: skip
    accounts = [Account(username=name, name=name, password_hash="x", role="attendant") for name in names]
    session.add_all([conversation, *accounts])
    await session.flush()
    for account in accounts:
        owned = {"owner": "attendant", "attendant_id": account.id, "since": NOW, "until": NOW}
        session.add(Ownership(conversation_id=conversation.id, **owned))
        await session.flush()
    await session.refresh(conversation)
    return conversation


async def test_a_list_that_was_thrown_away_meanwhile_is_not_stored(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await given(store, ("Um", cpf(1)))
    read = lists._read

    async def and_thrown_away(store: Store, task: lists._Task) -> list[lists.Listed]:
        found = await read(store, task)
        async with store.unit_of_work() as session:
            await session.delete(await verbs.get(session, campaign_id))
        return found

    monkeypatch.setattr(lists, "_read", and_thrown_away)
    assert await lists.read_next(store)
    assert not await rows_of(store, campaign_id)


async def test_a_list_at_which_the_reading_stumbles_is_refused_and_does_not_stand_before_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await given(store, ("Ana Rocha", cpf(1), 10, 61))
    second = await given(store, ("Bia Luz", cpf(2), 10, 61))
    as_it_is = lists.checking.once_each
    stumbled: list[bool] = []

    def stumbles(lines: list[lists.Listed]) -> list[lists.Listed]:
        if not stumbled:
            stumbled.append(True)
            raise RuntimeError("nothing to be read in a log")
        return as_it_is(lines)

    monkeypatch.setattr(lists.checking, "once_each", stumbles)
    assert await lists.read_next(store)
    assert await lists.read_next(store)
    refused, read = await campaign_of(store, first), await campaign_of(store, second)
    assert (refused.state, refused.problem) == ("refused", lists.UNREADABLE)
    assert read.state == "read"
