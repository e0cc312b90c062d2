"""Authorizations in the console: reading them, and telling where one stands in the assistant's words."""

from uuid import UUID

import pytest

from backend.demo import load_procedures
from backend.procedures import catalogue
from backend.procedures.tables import Authorization
from backend.protocols.tables import Protocol, ProtocolEntry
from tests.console.console_rig import CARLOS, CARLOS_CPF, DEBORAS_CPF, Browser, Desk, OpenBrowser, key


@pytest.fixture
async def browser(desk: Desk, open_browser: OpenBrowser) -> Browser:
    await desk.account("marta", "Marta Lopes")
    async with desk.store.unit_of_work() as session:
        await catalogue.load(session)
    await desk.loads(load_procedures)
    return await open_browser("marta")


async def of(desk: Desk, cpf: str, state: str) -> Authorization:
    person = await desk.person(cpf)
    found = Authorization.beneficiary_id == person.id, Authorization.state == state
    return (await desk.rows(Authorization, *found))[0]


async def test_state_opinion_and_what_is_missing_are_read_and_the_state_is_sent_once(
    desk: Desk, browser: Browser
) -> None:
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    page = (await browser.get(f"{path}/person/procedures", fragment=True)).text
    for words in (
        "aguardando documento",
        "Falta: Laudo da ultrassonografia",
        "negado",
        "Motivo:",
        "Parecer de Dra. Salete",
    ):
        assert words in page
    waits = await of(desk, CARLOS_CPF, "waiting_document")
    form = {"request_key": key()}
    for _ in range(2):
        assert (await browser.post(f"{path}/authorizations/{waits.id}/send", **form)).status_code == 200
    (message,) = await desk.messages(UUID(path.split("/")[-1]), "out")
    for words in (f"Guia {waits.number}: aguardando documento", "Falta: Laudo da ultrassonografia", "Prazo: até"):
        assert words in message.body
    (told,) = await desk.audited("procedures.tell")
    assert told.subject_id == str(waits.id)
    (protocol,) = await desk.rows(Protocol, Protocol.conversation_id == UUID(path.split("/")[-1]))
    assert (protocol.kind, protocol.state) == ("procedure_status", "closed")
    denied = await of(desk, CARLOS_CPF, "denied")
    await browser.post(f"{path}/authorizations/{denied.id}/send", request_key=key())
    *_, told_now, letter = await desk.messages(UUID(path.split("/")[-1]), "out")
    assert "Motivo:" in told_now.body
    assert letter.body.startswith("negativa-")


async def test_another_adults_health_is_told_only_on_the_attendants_reason(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, "whatsapp:+5598988000004", DEBORAS_CPF, name="Débora")
    carlos, waits = await desk.person(CARLOS_CPF), await of(desk, CARLOS_CPF, "waiting_document")
    page = (await browser.get(f"{path}/person/procedures?who={carlos.id}", fragment=True)).text
    assert "Dados de saúde são só de Carlos" in page
    assert "Por que você decidiu atender" in page
    address = f"{path}/authorizations/{waits.id}/send"
    answer = await browser.post(address, request_key=key(), who=str(carlos.id))
    assert (answer.status_code, "Débora não responde por Carlos" in answer.text) == (422, True)
    assert await desk.messages(UUID(path.split("/")[-1]), "out") == []
    done = await browser.post(address, request_key=key(), who=str(carlos.id), reason="Ele está ao lado e autorizou.")
    assert done.status_code == 200
    (message,) = await desk.messages(UUID(path.split("/")[-1]), "out")
    assert "Para: Carlos Eduardo Nunes" in message.body
    (line,) = await desk.rows(ProtocolEntry, ProtocolEntry.step == "decided")
    assert "autorizou" in line.text


async def test_without_an_identity_nothing_is_told(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, CARLOS, name="Carlos")
    waits = await of(desk, CARLOS_CPF, "waiting_document")
    answer = await browser.post(f"{path}/authorizations/{waits.id}/send", request_key=key(), reason="quero")
    assert (answer.status_code, "Confirme a identidade" in answer.text) == (403, True)
    assert await desk.messages(UUID(path.split("/")[-1]), "out") == []


async def test_the_catalogue_is_searched_by_code_and_by_words(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, CARLOS, name="Carlos")
    for words in ("31005101", "colecistectomia"):
        page = (await browser.get(f"{path}/person/procedures", fragment=True, params={"q": words})).text
        assert "31005101" in page
        assert "com auditoria" in page
    page = (await browser.get(f"{path}/person/procedures?q=qwertyuiop", fragment=True)).text
    assert "Nada encontrado" in page
