"""Papers under a protocol: what a checklist still asks for, how papers are named, who decides about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import ASSISTANT, SYSTEM, attendant, person
from backend.documents import verbs
from backend.documents.checklist import ITEMS, kinds_in, missing, spoken, title_of
from backend.documents.verbs import Given
from backend.errors import InvalidInput, NotAllowed
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store.engine import Store
from backend.store.files import File

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
SENDER, TEAM = person("c"), attendant("somebody")
STUDENT = ["rg", "cpf", "enrolment_proof", "attendance_proof"]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([], STUDENT),
        (["rg"], STUDENT[1:]),
        (["licence"], ["enrolment_proof", "attendance_proof"]),  # shows the CPF as well
        (["identity_card", "enrolment_proof"], ["attendance_proof"]),
        (["other", "slip"], STUDENT),
        (["attendance_proof", "enrolment_proof", "cpf", "rg"], []),
    ],
)
def test_what_is_missing(given: list[str], left: list[str]) -> None:
    assert missing(STUDENT, given) == left


@pytest.mark.parametrize(
    ("text", "among", "kinds"),
    [
        ("meu RG", None, ["rg"]),
        ("rg_frente.jpg", STUDENT, ["rg"]),
        ("cnh", STUDENT, ["licence"]),
        ("habilitação", STUDENT, ["licence"]),
        ("carteira de identidade nacional", STUDENT, ["identity_card"]),
        ("declaração de matrícula", STUDENT, ["enrolment_proof"]),
        ("DECLARACAO-DE-FREQUENCIA.pdf", STUDENT, ["attendance_proof"]),
        ("comprovante de residência", None, ["address_proof"]),
        ("conta de luz", ["address_proof"], ["address_proof"]),
        ("Certidão de óbito", ["rg", "death_certificate"], ["death_certificate"]),
        ("rg e cpf", STUDENT, ["rg", "cpf"]),
        ("conta de luz", STUDENT, []),
        ("IMG_20261122_1030.jpg", None, []),
        ("segue", None, []),
        ("o pedido do médico", None, ["medical_request"]),
        ("formulário assinado", None, ["signed_form"]),
    ],
)
def test_how_papers_are_named(text: str, among: list[str] | None, kinds: list[str]) -> None:
    assert kinds_in(text, among) == kinds


def test_papers_are_spoken_of_with_their_articles() -> None:
    assert spoken(["rg", "death_certificate"]) == "o RG e a certidão de óbito"
    assert title_of("") == "arquivo sem nome"
    assert all(kinds_in(item.title) for item in ITEMS.values()), "each paper's own name names it"


@pytest.fixture
async def protocol(store: Store) -> AsyncIterator[tuple[AsyncSession, Protocol]]:
    async with store.sessions() as session:
        opened = await protocols.open_protocol(
            session, store, kind=KINDS["coming_of_age"], request_key="papers", conversation_id=None,
            beneficiary_id=None, actor=ASSISTANT, now=NOW,
        )  # fmt: skip
        yield session, opened
        await session.rollback()


def paper(number: int) -> Given:
    return Given(File(f"{number:064x}", "foto.jpg", "image/jpeg", 9), f"media:{number}")


async def test_a_file_is_taken_once_for_its_source(protocol: tuple[AsyncSession, Protocol]) -> None:
    session, opened = protocol
    for _ in range(2):
        await verbs.receive(session, protocol=opened, given=paper(1), kind="rg", actor=SENDER, now=NOW)
    assert len(await verbs.of_protocol(session, opened.id)) == 1
    assert await verbs.still_missing(session, opened.id, STUDENT) == STUDENT[1:]
    steps = [line.step for line in await protocols.history(session, opened.id)]
    assert steps == ["opened", "document_received"]


async def test_a_refused_paper_is_missing_again_until_it_is_sent_again(protocol: tuple[AsyncSession, Protocol]) -> None:
    session, opened = protocol
    first = await verbs.receive(session, protocol=opened, given=paper(1), kind="rg", actor=SENDER, now=NOW)
    await verbs.decide(session, document=first, accepted=False, reason="A foto está cortada.", actor=TEAM, now=NOW)
    await session.flush()
    assert "rg" in await verbs.still_missing(session, opened.id, STUDENT)
    assert [one.reason for one in await verbs.refused(session, opened.id)] == ["A foto está cortada."]
    await verbs.receive(session, protocol=opened, given=paper(2), kind="rg", actor=SENDER, now=NOW)
    assert await verbs.refused(session, opened.id) == []
    assert "rg" not in await verbs.still_missing(session, opened.id, STUDENT)


async def test_a_refused_licence_is_followed_by_what_it_stood_for(protocol: tuple[AsyncSession, Protocol]) -> None:
    session, opened = protocol
    licence = await verbs.receive(session, protocol=opened, given=paper(1), kind="licence", actor=SENDER, now=NOW)
    await verbs.decide(session, document=licence, accepted=False, reason="Está vencida.", actor=TEAM, now=NOW)
    await verbs.receive(session, protocol=opened, given=paper(2), kind="rg", actor=SENDER, now=NOW)
    assert await verbs.refused(session, opened.id) == [licence]
    await verbs.receive(session, protocol=opened, given=paper(3), kind="cpf", actor=SENDER, now=NOW)
    assert await verbs.refused(session, opened.id) == []


async def test_a_paper_gets_its_name_later_and_a_decided_one_keeps_it(protocol: tuple[AsyncSession, Protocol]) -> None:
    session, opened = protocol
    sent = await verbs.receive(session, protocol=opened, given=paper(1), actor=SENDER, now=NOW)
    await verbs.name(session, document=sent, kind="cpf", actor=SENDER, now=NOW)
    await verbs.decide(session, document=sent, accepted=True, actor=TEAM, now=NOW)
    await verbs.name(session, document=sent, kind="rg", actor=SENDER, now=NOW)
    assert (sent.kind, sent.state) == ("cpf", "accepted")


async def test_a_program_refuses_no_paper_and_nobody_without_a_reason(protocol: tuple[AsyncSession, Protocol]) -> None:
    session, opened = protocol
    sent = await verbs.receive(session, protocol=opened, given=paper(1), kind="rg", actor=SENDER, now=NOW)
    for actor, reason, error in ((ASSISTANT, "x", NotAllowed), (SYSTEM, "x", NotAllowed), (TEAM, " ", InvalidInput)):
        with pytest.raises(error):
            await verbs.decide(session, document=sent, accepted=False, reason=reason, actor=actor, now=NOW)
    with pytest.raises(InvalidInput):
        await verbs.receive(session, protocol=opened, given=paper(2), kind="passport", actor=SENDER, now=NOW)
    assert sent.state == "received"
