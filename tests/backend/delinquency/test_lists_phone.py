"""The telephone list: who is on it, over which numbers, and what was tried."""

from __future__ import annotations

from typing import Any

import pytest

from backend.beneficiaries import BeneficiaryPhone
from backend.delinquency.lists.phone_list import COLUMNS, NO_NUMBER, phone_list, spoken_number
from backend.delinquency.tables import Campaign, NumberMark
from backend.papers.layout import printed_cpf
from tests.backend.delinquency.lists_rig import HEADER, approved, book, called, listed, row_of, values
from tests.backend.delinquency.owing import CARLOS, DEBORA, ELZA, NORMA, NOW, Books

NAMES = {CARLOS: "Carlos Eduardo Nunes", ELZA: "Elza Ferreira Costa", NORMA: "Norma Gusmão Reis", DEBORA: "Débora"}


async def ended(books: Books, *cpfs: str, outcome: str = "no_answer") -> Campaign:
    """A campaign whose people were all called twice in vain, with this outcome."""
    content = book(HEADER, *((NAMES[one], printed_cpf(one)) for one in cpfs))
    campaign = await approved(books, await listed(books, content))
    for line in range(2, len(cpfs) + 2):
        row = await row_of(books, campaign, line)
        if row.contract_id is None:
            continue
        await called(books, row, "read", "no_answer")
        row.state, row.outcome = "done", outcome
    await books.session.flush()
    return campaign


async def lines(books: Books, campaign: Campaign) -> list[dict[str, Any]]:
    content, name = await phone_list(books.session, campaign=campaign, now=NOW)
    assert name == "telefones-2026-11-23.xlsx"
    head, *rows = values(content)
    assert head == [title for title, _ in COLUMNS]
    return [dict(zip(head, row, strict=True)) for row in rows]


async def mark(books: Books, cpf: str, kind: str) -> None:
    person = await books.who(cpf)
    books.session.add(
        NumberMark(
            beneficiary_id=person.id, number=await books.phone(cpf), mark=kind, marked_at=NOW, marked_by="assistant"
        )
    )
    await books.session.flush()


async def test_who_did_not_answer_is_listed_with_what_is_owed_and_what_was_tried(books: Books) -> None:
    campaign = await ended(books, CARLOS)
    position = await books.stands(CARLOS)
    assert await lines(books, campaign) == [
        {
            "Nome completo": "Carlos Eduardo Nunes", "CPF": "390.533.447-05", "Contrato": "10000002",
            "Telefones do cadastro": "(98) 98800-0003", "Tentativas": 2, "Mensalidades em atraso": 2,
            "Dias de atraso": position.days, "Valor atualizado": pytest.approx(float(position.total)),
            "Contatos feitos": "1ª tentativa em 22/11/2026 às 10:00: lida. "
            "2ª tentativa em 23/11/2026 às 10:00: sem resposta.",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "is_listed"),
    [
        ("no_answer", True), ("unreachable", True), ("wrong_number", True), ("ended", True), ("notified", False),
        ("paid", False), ("deceased", False), ("stopped", False), ("legal", False), ("negotiated", False),
        ("in_hospital", False), ("says_paid", False),
    ],
)  # fmt: skip
async def test_only_who_may_still_be_called_is_listed(books: Books, outcome: str, is_listed: bool) -> None:
    assert len(await lines(books, await ended(books, CARLOS, outcome=outcome))) == is_listed


async def test_who_has_paid_since_is_not_called(books: Books) -> None:
    campaign = await ended(books, CARLOS, ELZA)
    await books.pays((await books.who(CARLOS)).contract_id, now=NOW)
    assert [line["Nome completo"] for line in await lines(books, campaign)] == ["Elza Ferreira Costa"]


async def test_dependents_and_those_still_being_called_are_not_listed(books: Books) -> None:
    campaign = await ended(books, DEBORA, ELZA)
    row = await row_of(books, campaign, 3)
    row.state, row.outcome = "waiting", ""
    await books.session.flush()
    assert await lines(books, campaign) == []


@pytest.mark.parametrize("kind", ["not_his", "stopped", "deceased"])
async def test_a_marked_number_is_not_listed_and_who_has_no_other_comes_last(books: Books, kind: str) -> None:
    campaign = await ended(books, CARLOS, ELZA)
    await mark(books, CARLOS, kind)
    assert [(line["Nome completo"], line["Telefones do cadastro"]) for line in await lines(books, campaign)] == [
        ("Elza Ferreira Costa", "(98) 98800-0005"),
        ("Carlos Eduardo Nunes", NO_NUMBER),
    ]


async def test_a_number_that_asked_for_no_more_calls_is_nobodys(books: Books) -> None:
    campaign = await ended(books, CARLOS)
    person = await books.who(CARLOS)
    books.session.add(BeneficiaryPhone(beneficiary_id=person.id, number=await books.phone(ELZA)))
    await mark(books, ELZA, "stopped")
    assert [line["Telefones do cadastro"] for line in await lines(books, campaign)] == ["(98) 98800-0003"]


def test_a_number_as_people_dial_it() -> None:
    assert spoken_number("+5598988000003") == "(98) 98800-0003"
