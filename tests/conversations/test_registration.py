"""A registration update: whole dialogues with real files, the desk's decisions, and what stands in the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import attendant
from backend.documents import verbs as documents
from backend.protocols.tables import Protocol
from backend.registration import verbs
from backend.store.clock import business_now
from tests.conversations.families import Family, pdf, photo, settle
from tests.conversations.people import Dialogue
from tests.conversations.test_news import carry_out
from tests.stack import Stack, eventually

CLERK = attendant("registration-clerk")
_OF_PHONE = (
    "FROM protocol r JOIN conversation c ON c.id = r.conversation_id JOIN contact p ON p.id = c.contact_id"
    " WHERE p.address = %s AND r.kind = 'registration_update' AND r.stage <> 'withdrawn' ORDER BY r.number DESC LIMIT 1"
)


class Desk:
    """The registration team at the newest update of a telephone."""

    def __init__(self, stack: Stack, phone: str) -> None:
        self.stack, self.phone = stack, phone

    def _one(self, column: str) -> Any:
        return self.stack.rows(f"SELECT r.{column} {_OF_PHONE}", f"whatsapp:{self.phone}")[0][0]

    @property
    def stage(self) -> str:
        """Where the request stands."""
        return str(self._one("stage"))

    @property
    def papers(self) -> list[tuple[str, str]]:
        """(kind, state) of what lies under it, in the order in which it came."""
        query = (
            f"SELECT kind, state FROM document WHERE protocol_id = (SELECT r.id {_OF_PHONE}) ORDER BY received_at, id"  # noqa: S608
        )
        return self.stack.rows(query, f"whatsapp:{self.phone}")  # type: ignore[return-value]

    def decides(self, *, refuses: str = "", reason: str = "") -> None:
        """Accepts every change but the refused one; every paper but the refused one; then gives it back if it is."""
        protocol_id: UUID = self._one("id")

        async def step(session: AsyncSession) -> None:
            now, protocol = await business_now(session), await session.get_one(Protocol, protocol_id)
            for paper in await documents.of_protocol(session, protocol_id):
                if paper.state == "received":
                    wrong = paper.kind == refuses
                    await documents.decide(
                        session,
                        document=paper,
                        accepted=not wrong,
                        reason=reason if wrong else "",
                        actor=CLERK,
                        now=now,
                    )
            refused_paper = bool(await documents.refused(session, protocol_id))
            for change in await verbs.changes_of(session, protocol_id):
                key = f"{change.id}:{now}"
                if change.field == refuses and change.state == "proposed":
                    await verbs.refuse(session, change=change, reason=reason, request_key=key, actor=CLERK, now=now)
                elif change.state == "proposed" and not refused_paper:
                    await verbs.accept(session, change=change, request_key=key, actor=CLERK, now=now)
            if refuses:
                await verbs.ask_correction(
                    session, protocol=protocol, request_key=f"{protocol_id}:back:{now}", actor=CLERK, now=now
                )

        carry_out(self.stack, step)

    def register(self, person: UUID) -> tuple[str, ...]:
        """Street, district, city, state, CEP, e-mail and telephones of somebody."""
        query = (
            "SELECT b.street, b.district, b.city, b.state, b.postal_code, b.email,"
            " (SELECT string_agg(n.number, ',' ORDER BY n.number) FROM beneficiary_phone n WHERE n.beneficiary_id = b.id)"
            " FROM beneficiary b WHERE b.id = %s"
        )
        return self.stack.rows(query, person)[0]


@pytest.fixture
def desk(stack: Stack, phone: str) -> Desk:
    return Desk(stack, phone)


@pytest.fixture
def family(stack: Stack, phone: str) -> Family:
    return settle(stack, phone, "holder")


@pytest.fixture
def clock(stack: Stack) -> Iterator[Callable[[timedelta], None]]:
    """Moves business time ahead; back again after the test."""

    def move(ahead: timedelta) -> None:
        answer = stack.http.post(
            f"{stack.simulator}/control/clock", json={"offset_seconds": ahead.total_seconds()}
        ).json()
        assert answer["forwarded"]["ok"], answer

    yield move
    move(timedelta())


def told_after(stack: Stack, phone: str, deed: Callable[[], None]) -> str:
    """What the person is told once somebody at the desk has done something."""
    before = len(stack.received(phone))
    deed()
    return stack.answers(phone, before + 1)[-1]


def test_all_of_it_in_one_message_with_a_photograph(
    stack: Stack, chat: Dialogue, desk: Desk, family: Family, phone: str
) -> None:
    said = "mudei pra rua das flores 123 apto 2 bairro centro são luís ma cep 65010-000 e meu telefone agora é 98 98866-0101"
    chat(said, media=[photo("CONTA DE LUZ\nCOMPROVANTE DE ENDERECO")])
    assert chat.protocols == [("registration_update", "open")]
    chat(family.holder.facts)
    assert "Rua das Flores, 123, apto 2, Centro, São Luís/MA, 65010-000" in chat.last
    assert "(98) 98866-0101" in chat.last
    chat("sim, confere")
    assert "foi para a equipe do cadastro" in chat.last
    assert (desk.stage, desk.papers) == ("in_review", [("address_proof", "received")])
    told_after(stack, phone, desk.decides)  # in the conversation in which it was asked
    assert desk.stage == "done"
    assert desk.register(family.holder.id) == (
        "Rua das Flores, 123, apto 2", "Centro", "São Luís", "MA", "65010000", "", "+5598988660101",
    )  # fmt: skip


def test_value_by_value_with_a_wrong_cep(chat: Dialogue, desk: Desk, family: Family) -> None:
    chat("quero atualizar meu cadastro", family.holder.facts)
    assert "O que mudou" in chat.last
    assert "Qual é o CEP" in chat("mudei de endereço")
    assert "8 números" in chat("6501-000")
    assert "rua" in chat("cep 65010-000")
    assert "número" in chat("rua do sol")
    assert "bairro" in chat("100")
    assert "cidade" in chat("centro")
    assert "Rua do Sol, 100, Centro, São Luís/MA" in chat("são luís")
    assert "comprovante de endereço" in chat("isso mesmo")
    assert "foi para a equipe do cadastro" in chat("", media=[pdf("Fatura de energia. Comprovante de residência")])
    assert desk.papers == [("address_proof", "received")]


def test_the_file_first_and_the_words_after_it(chat: Dialogue, desk: Desk, family: Family) -> None:
    chat("segue meu comprovante de endereço novo pra atualizar o cadastro", media=[photo("CONTA", kind="PNG")])
    chat(family.holder.facts)
    assert "Recebi o comprovante de endereço" in chat.last
    assert "CEP" in chat.last
    chat("65010-000", "avenida dos holandeses 1500 apto 302, calhau, são luís")
    assert "Avenida dos Holandeses, 1500, apto 302, Calhau, São Luís/MA" in chat.last
    chat("não, o número é 1505")
    assert "1505" in chat.last
    chat("agora sim")
    assert desk.stage == "in_review"


def test_two_files_in_a_row_one_named_wrongly(chat: Dialogue, desk: Desk, family: Family) -> None:
    chat("casei e mudei de casa", family.holder.facts)
    chat("rua do sol 10, centro, são luís - ma, 65010-000")
    assert "casado(a)" in chat.last
    chat("confere")
    assert "Comprovante de endereço" in chat.last
    chat("", media=[photo("UM"), photo("DOIS")])
    assert "qual documento é o primeiro" in chat.last
    chat("comprovante de endereço")
    assert "Qual documento é esse" in chat.last
    chat("comprovante de endereço")
    assert "falta só a certidão" in chat.last
    chat("errei, esse é a certidão de casamento")
    assert desk.stage == "in_review"
    assert sorted(desk.papers) == [("address_proof", "received"), ("civil_certificate", "received")]


def test_a_refused_value_is_corrected_with_a_tap_under_the_same_protocol(
    stack: Stack, chat: Dialogue, desk: Desk, family: Family, phone: str
) -> None:
    chat("meu email mudou, agora é tereza.nova@exemplo.com e quero por meu nome social Teca", family.holder.facts)
    assert "Teca" in chat.last
    chat("tá certo")
    told = told_after(stack, phone, lambda: desk.decides(refuses="email", reason="A mensagem voltou."))
    assert "A mensagem voltou." in told
    assert desk.stage == "correction"
    chat("Corrigir agora", button={"title": "Corrigir agora", "id": "option_1"})
    assert "tereza.nova@exemplo.com" in chat.last
    assert "Teca" not in chat.last
    chat("o certo é tereza.prado@exemplo.com")
    assert "no mesmo protocolo" in chat("sim")
    assert [kind for kind, _ in chat.protocols] == ["registration_update"]
    told = told_after(stack, phone, desk.decides)
    assert "atualizado no cadastro" in told
    assert desk.register(family.holder.id)[5] == "tereza.prado@exemplo.com"


def test_a_refused_paper_comes_again_and_nothing_else_is_asked(
    stack: Stack, chat: Dialogue, desk: Desk, family: Family, phone: str
) -> None:
    chat("meu endereço mudou: rua do sol, 10, centro, são luís/ma, cep 65010-000", family.holder.facts, "sim")
    chat("conta de luz", media=[pdf("conta de luz")])
    told = told_after(
        stack, phone, lambda: desk.decides(refuses="address_proof", reason="Está em nome de outra pessoa.")
    )
    assert "Está em nome de outra pessoa." in told
    chat("segue o comprovante de endereço de novo, agora no meu nome", media=[photo("CONTA DE AGUA")])
    assert "no mesmo protocolo" in chat.last
    assert desk.papers == [("address_proof", "refused"), ("address_proof", "received")]
    told_after(stack, phone, desk.decides)
    assert desk.register(family.holder.id)[0] == "Rua do Sol, 10"


def test_who_stops_and_comes_back_after_three_days_goes_on_where_he_was(
    stack: Stack, chat: Dialogue, desk: Desk, family: Family, clock: Callable[[timedelta], None]
) -> None:
    chat("troquei de endereço", family.holder.facts, "65010-000", "rua do sol 10")
    assert "bairro" in chat.last
    clock(timedelta(days=3))
    chat("oi")
    chat("sim")
    chat(family.holder.facts)
    assert "bairro" in chat.last
    chat("centro", "são luís", "sim")
    assert "comprovante de endereço" in chat.last
    chat("", media=[photo("CONTA")])
    eventually(lambda: desk.stage == "in_review", what="the request at the desk")
    rows = stack.rows("SELECT count(*) FROM protocol WHERE beneficiary_id = %s", family.holder.id)
    assert rows == [(1,)]
