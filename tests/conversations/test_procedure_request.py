"""Asking for a procedure over the simulator, with real files: each way in which it is answered, and what the desk does."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import attendant
from backend.beneficiaries import Beneficiary
from backend.procedures import verbs
from backend.procedures.tables import Authorization
from backend.store import files
from backend.store.clock import business_now
from tests.conversations.families import Family, pdf, photo, settle
from tests.conversations.people import Dialogue, of_protocols, settled
from tests.conversations.test_news import carry_out
from tests.stack import Stack, eventually

AUDITOR = attendant("auditor-1")
SIGNED = "Dra. Salete Queirós, médica auditora, CRM-MA 4207"
REQUEST = photo("PEDIDO MEDICO")


@pytest.fixture
def family(stack: Stack, phone: str) -> Family:
    """Invented people, of whom the holder has this telephone."""
    return settle(stack, phone, "holder")


def decide(stack: Stack, authorization: UUID, state: str, **given: str) -> None:
    """What the auditor does on the board."""

    async def step(session: AsyncSession) -> None:
        now = await business_now(session)
        found = await verbs.get(session, authorization)
        await verbs.move(
            session, authorization=found, state=state, text="", actor=AUDITOR, now=now,
            request_key=f"{authorization}:{state}", **given,  # type: ignore[arg-type]
        )  # fmt: skip

    carry_out(stack, step)


def asked(chat: Dialogue) -> Authorization:
    """The one authorization that the telephone's dialogue asked for."""

    async def look(session: AsyncSession) -> Authorization:
        [(found,)] = of_protocols(chat.stack, chat.phone, "procedure_authorization", "x.id")
        return await verbs.get(session, found)

    return carry_out(chat.stack, look)


def papers(chat: Dialogue) -> list[tuple[str, str]]:
    """The files under the telephone's protocols: (kind, state of the protocol)."""
    return [
        (str(kind), str(state)) for kind, state in of_protocols(chat.stack, chat.phone, "document", "x.kind, r.state")
    ]


def told(chat: Dialogue, happens: Callable[[], None]) -> str:
    """What the telephone is told because of something that happens elsewhere."""
    before = len(chat.stack.received(chat.phone))
    happens()
    chat.stack.answers(chat.phone, before + 1)
    settled(chat.stack, chat.phone)
    return "\n".join(chat.stack.received(chat.phone)[before:])


def owner_of(stack: Stack, authorization: Authorization) -> str:
    async def look(session: AsyncSession) -> str:
        return (await session.get_one(Beneficiary, authorization.beneficiary_id)).full_name

    return carry_out(stack, look)


def test_all_in_one_message_with_the_photograph_is_authorized_at_once(chat: Dialogue, family: Family) -> None:
    opened = chat("preciso autorizar um hemograma, dra. Helena Prado que pediu", media=[REQUEST])
    assert "Seu protocolo é" in opened
    summary = chat(family.holder.facts)
    for part in ("Recebi o pedido do médico", "Hemograma com contagem", "Tereza Ensaio Prado", "Dra. Helena Prado"):
        assert part in summary
    answer = chat("sim, pode registrar")
    authorization = asked(chat)
    assert authorization.state == "approved"
    assert authorization.valid_until is not None
    for part in ("está autorizado", authorization.number, f"{authorization.valid_until:%d/%m/%Y}"):
        assert part in answer
    assert chat.protocols == [("procedure_request", "closed")]
    assert papers(chat) == [("medical_request", "closed")]
    told = chat.stack.rows(
        "SELECT kind, values->>'state' FROM erp_change WHERE subject_id = %s ORDER BY id", str(authorization.id)
    )
    assert told == [
        ("authorization.requested", "requested"), ("authorization.moved", "approved"),
        ("authorization.decided", "approved"),
    ]  # fmt: skip


def test_implants_are_audited_and_the_approval_is_told_in_the_conversation(chat: Dialogue, family: Family) -> None:
    chat("o médico mandou pedir uma cirurgia pra mim", family.holder.facts)
    assert "Qual exame, cirurgia ou tratamento" in chat.last
    assert "Artroplastia total de joelho" in chat("artroplastia total de joelho com implante")
    assert "Qual é o nome do médico" in chat("", media=[pdf("PEDIDO MEDICO: artroplastia total de joelho")])
    assert "Médico: Otacílio Menezes, CRM-MA 1234" in chat("Otacílio Menezes, CRM 1234 MA")
    answer = chat("1")
    authorization = asked(chat)
    assert "está em análise" in answer
    assert "10 dias úteis" in answer
    assert chat.protocols == [("procedure_request", "open")]
    news = told(chat, lambda: decide(chat.stack, authorization.id, "approved", decided_by=SIGNED))
    assert "foi autorizado" in news
    assert authorization.number in news
    assert "válida até" in news
    assert chat.protocols == [("procedure_request", "closed")]


def test_a_denial_comes_in_writing_with_its_ground_and_the_ombudsman(chat: Dialogue, family: Family) -> None:
    chat(f"quero pedir autorização de ressonancia do joelho, dr Paulo Prates. {family.holder.facts}")
    chat("", media=[REQUEST])
    assert "está em análise" in chat("confirmo")
    authorization = asked(chat)
    reason, clause = "O pedido não traz o exame anterior que a diretriz exige.", "Cláusula 6.3, autorização prévia"
    news = told(
        chat,
        lambda: decide(chat.stack, authorization.id, "denied", reason=reason, clause=clause, decided_by=SIGNED),
    )  # fmt: skip
    for part in ("foi negado", reason, clause, "ouvidoria", "7 dias úteis"):
        assert part in news
    letter = written_denial(chat)
    for part in (reason, "Dra. Salete Queirós", "CRM-MA 4207", authorization.number, "Tereza Ensaio Prado"):
        assert part in letter
    chat("ouvidoria")
    assert chat.owner == ("team", "ombudsman")


def fetched(chat: Dialogue) -> list[str]:
    """The names of the files that the telephone has."""
    sends = [send for send in chat.stack.log()["sends"] if send["to"] == f"whatsapp:{chat.phone}"]
    return [str(item["name"]) for send in sends for item in send["fetched"]]


def written_denial(chat: Dialogue) -> str:
    """The text of the PDF that the telephone was sent."""
    query = (
        "SELECT d.sha256, d.name FROM media d JOIN message m ON m.id = d.message_id JOIN conversation c"
        " ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s AND m.direction = 'out' AND d.content_type = 'application/pdf'"
    )
    [(digest, name)] = chat.stack.rows(query, f"whatsapp:{chat.phone}")
    assert str(name).startswith("negativa-")
    eventually(lambda: fetched(chat), what="a fetched letter")
    pages = PdfReader(io.BytesIO(files.read(digest))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_missing_document_is_sent_and_the_auditor_has_it_again(chat: Dialogue, family: Family) -> None:
    chat("preciso da guia da tomografia do torax que o doutor Rui Castelhano pediu", family.holder.facts)
    chat("segue", media=[REQUEST])
    chat("isso mesmo")
    authorization = asked(chat)
    news = told(
        chat,
        lambda: decide(chat.stack, authorization.id, "waiting_document", missing="Laudo do pneumologista"),
    )  # fmt: skip
    assert "falta: Laudo do pneumologista" in news
    answer = chat("", media=[photo("LAUDO")])
    assert "voltou para a análise" in answer
    assert asked(chat).state == "in_audit"
    assert papers(chat) == [("medical_request", "open"), ("medical_report", "open")]
    assert [kind for kind, state in chat.protocols if state != "closed"] == ["procedure_request"]


def test_from_where_it_stands_the_missing_document_is_sent(chat: Dialogue, family: Family) -> None:
    chat(f"autorizar endoscopia digestiva alta com biopsia, dra lia prates, {family.holder.facts}")
    if chat.offered():
        chat("1")
    chat("pedido", media=[REQUEST])
    chat("ok")
    authorization = asked(chat)
    if authorization.state == "approved":
        chat.stack.run("UPDATE procedure_authorization SET state = 'in_audit' WHERE id = %s", authorization.id)
        chat.stack.run("UPDATE protocol SET state = 'open' WHERE id = %s", authorization.protocol_id)
    told(chat, lambda: decide(chat.stack, authorization.id, "waiting_document", missing="Exame de sangue recente"))
    status = chat("falta alguma coisa no meu pedido de endoscopia?")
    assert "Falta: Exame de sangue recente" in status
    assert "falta: Exame de sangue recente" in chat("Enviar o documento")
    assert "voltou para a análise" in chat("", media=[pdf("Resultado de exame de sangue")])
    assert asked(chat).state == "in_audit"


def test_what_is_not_covered_is_under_audit_and_no_program_says_no(chat: Dialogue, family: Family) -> None:
    chat("quero autorização pra lipoaspiração", family.holder.facts)
    chat("", media=[REQUEST])
    chat("está no pedido")
    answer = chat("pode pedir")
    assert "está em análise" in answer
    assert "cobr" not in answer.lower()
    assert "estétic" not in answer
    assert asked(chat).state == "in_audit"
    assert chat.protocols == [("procedure_request", "open")]


def test_the_holder_asks_for_a_minor_of_the_contract(chat: Dialogue, family: Family) -> None:
    chat("boa noite, meu filho precisa autorizar um eletrocardiograma, a dra. Noêmia Bandeira pediu")
    chat(family.holder.facts)
    summary = chat("aqui o pedido", media=[REQUEST])
    assert "Nilo Ensaio Prado" in summary
    chat("sim")
    assert owner_of(chat.stack, asked(chat)) == "Nilo Ensaio Prado"


def test_an_adult_dependent_asks_for_himself(chat: Dialogue, family: Family) -> None:
    chat(f"preciso de autorização de um exame pro meu marido otavio, {family.holder.facts}")
    assert "Otávio é maior de idade" in chat.last
    chat("2")
    assert chat.owner == ("team", "authorizations")
    assert of_protocols(chat.stack, chat.phone, "procedure_authorization", "x.id") == []


def test_a_procedure_that_nobody_finds_is_a_persons(chat: Dialogue, family: Family) -> None:
    chat("preciso de uma guia de procedimento", family.holder.facts)
    assert "outras palavras" in chat("zurugudum do lambari")
    chat("exame do mafagafo")
    assert chat.owner == ("team", "authorizations")
    assert "zurugudum" in chat.summary() or "mafagafo" in chat.summary() or "guia de procedimento" in chat.summary()


def test_urgent_care_meets_a_person_at_once(chat: Dialogue) -> None:
    chat("preciso urgente da guia da ressonância, o médico suspeita de tumor")
    assert chat.owner[0] == "team"
    assert of_protocols(chat.stack, chat.phone, "procedure_authorization", "x.id") == []


def test_the_photograph_comes_first_and_the_words_later(chat: Dialogue, family: Family) -> None:
    chat("quero autorizar isso aqui", media=[REQUEST])
    assert "Qual exame, cirurgia ou tratamento" in chat(family.holder.facts)
    assert "Qual destes" in chat("ressonância") or chat.offered()
    chat("a da coluna")
    assert "Qual é o nome do médico" in chat.last
    assert "Posso registrar?" in chat("dr. danilo baptistella")
    assert "está em análise" in chat("👍")


def test_the_same_request_twice_is_told_and_not_doubled(chat: Dialogue, family: Family) -> None:
    chat(f"autorização de ressonância do ombro, dr. Paulo Prates, {family.holder.facts}", media=[REQUEST])
    chat("sim")
    number = asked(chat).number
    answer = chat("quero pedir autorização da ressonância do ombro")
    assert "Já existe um pedido" in answer
    assert number in answer
    assert "É esse o pedido?" in answer
    chat("1")
    assert asked(chat).number == number
    assert chat.protocols == [("procedure_request", "open"), ("procedure_request", "closed")]
