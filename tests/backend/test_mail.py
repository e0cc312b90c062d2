"""E-mails: to the registered address alone, once for a request, until a server has taken them."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import mail
from backend.actor import ASSISTANT
from backend.errors import InvalidInput
from backend.mail import Mail, masked
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.settings import settings
from backend.store.engine import Store
from handoff.dispatch.mail import FIRST_PAUSE, MOST_ATTEMPTS, TEXTS, Server, subject_of
from tests.backend.mail_rig import (
    ADDRESS,
    NOW,
    SLIP,
    VALUES,
    SmtpServer,
    due_again,
    mailer,
    person,
    read,
    row,
    write,
    written,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ana@exemplo.com", "an***@exemplo.com"),
        ("ab@exemplo.com", "a***@exemplo.com"),
        ("a@exemplo.com", "***@exemplo.com"),
        ("maria.modelo@exemplo.com", "ma***@exemplo.com"),
    ],
)
def test_an_address_is_asked_about_so_that_only_its_owner_knows_it(address: str, shown: str) -> None:
    assert masked(address) == shown


async def test_an_email_is_written_once_for_a_request_key(store: Store) -> None:
    async with store.unit_of_work() as session:
        to = await person(session)
        assert (await write(session, to)).id == (await write(session, to)).id
        assert await session.scalar(select(func.count()).select_from(Mail)) == 1


async def test_without_a_registered_address_nothing_is_written(store: Store) -> None:
    async with store.unit_of_work() as session:
        with pytest.raises(InvalidInput):
            await write(session, await person(session, ""))


async def test_without_a_server_an_email_becomes_a_file(store: Store, folder: Path) -> None:
    await written(store)
    assert await mailer(store).send_due()
    assert not await mailer(store).send_due()
    [file] = (folder / "mail").iterdir()
    letter = read(file.read_bytes())
    assert letter["To"] == ADDRESS
    assert letter["Subject"] == "Segunda via do boleto: 06/2026 (protocolo 99999920260803000001)"
    [attached] = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (SLIP[1], SLIP[0])
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Total: R$ 1.038,67" in body.get_content()
    assert (await row(store)).state == "sent"


async def test_a_server_takes_it_in_the_operators_name(store: Store) -> None:
    server = SmtpServer()
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
    [letter] = server.letters()
    assert letter["From"] == "Zelo Saúde <boletos@zelo.example>"
    assert (await row(store)).sent_at is not None


async def test_what_was_not_taken_is_tried_again_later_under_the_same_message_id(store: Store) -> None:
    server = SmtpServer(data="451 later")
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
        waiting = await row(store)
        assert (waiting.state, waiting.attempts, waiting.problem) == ("ready", 1, "smtp_451")
        assert not await mailer(store, url).send_due(), "not at once"
        async with store.sessions() as session:
            now = await session.scalar(select(func.clock_timestamp()))
        assert now is not None
        assert FIRST_PAUSE * 0.9 < waiting.next_try_at - now <= FIRST_PAUSE
        server.data = "250 OK"
        await due_again(store)
        assert await mailer(store, url).send_due()
    first, second = server.letters()
    assert first["Message-ID"] == second["Message-ID"] == f"<{waiting.id}@zelo.example>"
    assert (await row(store)).state == "sent"


async def test_a_refused_address_ends_the_tries_and_stands_in_the_protocol(store: Store) -> None:
    async with store.unit_of_work() as session:
        to = await person(session)
        protocol = await protocols.open_protocol(
            session, store, kind=KINDS["invoice_copy"], request_key="p", conversation_id=None, beneficiary_id=to.id,
            actor=ASSISTANT, now=NOW,
        )  # fmt: skip
        await write(session, to, protocol_id=protocol.id)
    async with SmtpServer(rcpt="550 nobody").running() as url:
        assert await mailer(store, url).send_due()
    assert (await row(store)).state == "failed"
    async with store.sessions() as session:
        assert "mail_failed" in [entry.step for entry in await protocols.history(session, protocol.id)]


async def to_team(session: AsyncSession, address: str = "contas@plano.example", **more: Any) -> Mail:
    given: dict[str, Any] = {"request_key": "t", "attached": [SLIP], "values": VALUES} | more
    return await mail.write_to_team(session, address=address, kind="slip", actor=ASSISTANT, now=NOW, **given)


async def test_an_email_to_a_team_leaves_as_any_other_and_is_nobodys_of_the_register(
    store: Store, folder: Path
) -> None:
    async with store.unit_of_work() as session:
        assert (await to_team(session)).id == (await to_team(session)).id
    assert (await row(store)).beneficiary_id is None
    assert await mailer(store).send_due()
    [file] = (folder / "mail").iterdir()
    assert read(file.read_bytes())["To"] == "contas@plano.example"


@pytest.mark.parametrize("address", ["", " "])
async def test_to_a_team_without_an_address_nothing_is_written(store: Store, address: str) -> None:
    async with store.unit_of_work() as session:
        with pytest.raises(InvalidInput):
            await to_team(session, address)


async def test_an_email_about_a_protocol_says_its_number_though_nobody_gave_it(store: Store) -> None:
    values = {name: value for name, value in VALUES.items() if name != "number"}
    async with store.unit_of_work() as session:
        protocol = await protocols.open_protocol(
            session, store, kind=KINDS["invoice_copy"], request_key="p", conversation_id=None, beneficiary_id=None,
            actor=ASSISTANT, now=NOW,
        )  # fmt: skip
        await to_team(session, protocol_id=protocol.id, values=values)
    assert protocol.number in subject_of("slip", (await row(store)).values)


SUBJECTS = sorted(re.findall(r"utter_mail_(\w+)_subject:", TEXTS.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_subject_carries_the_protocol_where_there_is_one(kind: str) -> None:
    places = re.findall(r"{(\w+)}", TEXTS.read_text(encoding="utf-8"))
    filled = dict.fromkeys(places, "x") | {"number": "99999920260803000001"}
    assert "99999920260803000001" in subject_of(kind, filled)


async def test_a_server_that_is_away_is_given_up_after_the_last_try(store: Store) -> None:
    await written(store)
    away = mailer(store, "smtp://127.0.0.1:9")
    for _ in range(MOST_ATTEMPTS):
        assert (await row(store)).state == "ready"
        await due_again(store)
        assert await away.send_due()
    assert ((await row(store)).state, (await row(store)).attempts) == ("failed", MOST_ATTEMPTS)


async def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(store: Store) -> None:
    await written(store)
    dying = mailer(store)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    dying._deliver = die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await dying.send_due()
    assert (await row(store)).state == "ready"
    await due_again(store)
    assert await mailer(store).send_due()
    assert (await row(store)).state == "sent"


async def test_nothing_that_is_logged_names_an_address(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await written(store)
    async with SmtpServer(rcpt=f"550 {ADDRESS} unknown").running() as url:
        await mailer(store, url).send_due()
    assert "not delivered" in caplog.text
    assert "exemplo" not in caplog.text


async def test_what_cannot_be_composed_fails_at_once_and_stops_nothing_else(store: Store) -> None:
    await written(store, values={})
    assert await mailer(store).send_due()
    assert (await row(store)).problem == "KeyError"
    assert not await mailer(store).send_due()


async def test_an_address_with_a_line_break_writes_no_header_of_its_own(store: Store, folder: Path) -> None:
    async with store.unit_of_work() as session:
        await write(session, await person(session, "a@exemplo.invalid\nBcc: b@exemplo.invalid"))
    assert await mailer(store).send_due()
    assert (await row(store)).state == "failed"
    assert not (folder / "mail").exists()


@pytest.mark.parametrize(
    "address", ["", "@", "a@", "a@exemplo.invalid>", "<a@exemplo.invalid", "a b@", '"a', "a@[", "("]
)
async def test_an_address_that_is_none_fails_for_good_and_the_duty_goes_on(store: Store, address: str) -> None:
    await written(store)
    async with store.unit_of_work() as session:
        await session.execute(text("UPDATE mail SET recipient = :address"), {"address": address})
    assert await mailer(store).send_due()
    assert (await row(store)).state == "failed"
    assert not await mailer(store).send_due()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://smtp.plano.example", Server("smtp.plano.example", 587, False, "", "", "nao-responda@smtp.plano.example")),
        ("smtps://b%40p.example:s%3A1@h.example",
         Server("h.example", 465, True, "b@p.example", "s:1", "b@p.example")),
        ("smtp://u:p@h.example:25?from=x@p.example", Server("h.example", 25, False, "u", "p", "x@p.example")),
    ],
)  # fmt: skip
def test_the_servers_address_is_read(url: str, server: Server) -> None:
    assert Server.parse(url) == server


@pytest.mark.parametrize("url", ["http://h.example", "smtp://", "mail"])
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ZELO_SMTP_URL"):
        Server.parse(url)
