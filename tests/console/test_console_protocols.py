"""Protocols and documents in the console: opened for every channel, answered under their number, closed with a word."""

from uuid import UUID

from backend.demo import load_agenda, load_network
from backend.events import Event
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.store import files
from backend.store.files import File
from handoff.whatsapp.outgoing import Draft
from tests.console.console_rig import ANA, ANAS_CPF, BRUNO, BRUNOS_CPF, Browser, Desk, OpenBrowser, key


async def working(desk: Desk, open_browser: OpenBrowser, cpf: str = ANAS_CPF) -> tuple[Browser, str]:
    await desk.account("marta", "Marta Lopes")
    await desk.loads()
    browser = await open_browser("marta")
    return browser, await desk.claimed_by(browser, ANA, cpf)


async def opened(desk: Desk, browser: Browser, path: str, kind: str = "registration_update") -> Protocol:
    form = {"kind": kind, "channel": "counter", "text": "Mudou de endereço.", "request_key": key()}
    for _ in range(2):
        assert (await browser.post(f"{path}/protocols", **form, tell="1")).status_code == 200
    (protocol,) = await desk.rows(Protocol, Protocol.kind == kind)
    return protocol


async def lines(desk: Desk, protocol: Protocol) -> list[ProtocolEntry]:
    rows = await desk.rows(ProtocolEntry, ProtocolEntry.protocol_id == protocol.id)
    return sorted(rows, key=lambda row: row.id)


async def test_a_protocol_is_opened_for_who_came_to_the_counter_and_its_number_is_told(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser, path = await working(desk, open_browser)
    protocol = await opened(desk, browser, path)
    ana = await desk.person(ANAS_CPF)
    assert (protocol.beneficiary_id, protocol.team) == (ana.id, "registration")
    assert [line.text for line in await lines(desk, protocol)][-1] == "Por balcão. Mudou de endereço."
    (message,) = await desk.messages(UUID(path.split("/")[-1]), "out")
    assert protocol.number in message.body
    for form in ({"kind": "nothing", "channel": "counter"}, {"kind": "complaint", "channel": "pigeon"}):
        answer = await browser.post(f"{path}/protocols", **form, text="x", request_key=key())
        assert answer.status_code == 422
    answer = await browser.post(f"{path}/protocols", kind="complaint", channel="email", text=" ", request_key=key())
    assert (answer.status_code, "Escreva o texto" in answer.text) == (422, True)


async def test_an_answer_is_written_once_and_the_person_is_told_of_it(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, path = await working(desk, open_browser)
    protocol = await opened(desk, browser, path)
    address = f"{path}/protocols/{protocol.id}"
    page = (await browser.get(f"{path}/person/protocols?protocol={protocol.id}", fragment=True)).text
    assert "Por balcão. Mudou de endereço." in page
    assert "Marta Lopes" in page
    seen = str((await lines(desk, protocol))[-1].id)
    form = {"text": "Recebemos o comprovante.", "seen": seen, "request_key": key()}
    for _ in range(2):
        assert (await browser.post(f"{address}/reply", **form)).status_code == 200
    written = [line for line in await lines(desk, protocol) if line.step == "reply"]
    assert [(line.text, line.actor_kind) for line in written] == [("Recebemos o comprovante.", "attendant")]
    (event,) = await desk.rows(Event)
    assert (event.kind, event.protocol_id) == ("protocol_answered", protocol.id)
    assert len(await desk.audited("protocols.reply")) == 1


async def test_what_a_colleague_wrote_meanwhile_is_shown_and_what_was_typed_stays(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser, path = await working(desk, open_browser)
    protocol = await opened(desk, browser, path, "member_card")
    address = f"{path}/protocols/{protocol.id}"
    seen = str((await lines(desk, protocol))[-1].id)
    await browser.post(f"{address}/wait", text="Aguarda o cartório.", seen=seen, request_key=key())
    late = await browser.post(f"{address}/close", text="Tudo certo, encerrado.", seen=seen, request_key=key())
    assert (late.status_code, "mudou enquanto você escrevia" in late.text) == (409, True)
    assert "Aguarda o cartório." in late.text
    assert ">Tudo certo, encerrado.</textarea>" in late.text
    (row,) = await desk.rows(Protocol, Protocol.id == protocol.id)
    assert row.state == "waiting"
    seen = str((await lines(desk, protocol))[-1].id)
    done = await browser.post(f"{address}/close", text="Tudo certo, encerrado.", seen=seen, request_key=key())
    assert "Protocolo concluído." in done.text
    (row,) = await desk.rows(Protocol, Protocol.id == protocol.id)
    assert row.state == "closed"
    seen = str((await lines(desk, protocol))[-1].id)
    over = await browser.post(f"{address}/reply", text="e mais", seen=seen, request_key=key())
    assert (over.status_code, "já foi concluído" in over.text) == (409, True)


async def test_what_is_decided_on_a_board_is_not_closed_beside_it(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, path = await working(desk, open_browser)
    protocol = await opened(desk, browser, path)
    page = (await browser.get(f"{path}/person/protocols?protocol={protocol.id}", fragment=True)).text
    assert (f'href="/protocols/{protocol.id}"' in page, ">Concluir<" in page) == (True, False)
    assert f'href="/protocols/{protocol.id}"' in (await browser.get(f"{path}/person/protocols", fragment=True)).text
    seen = str((await lines(desk, protocol))[-1].id)
    answer = await browser.post(
        f"{path}/protocols/{protocol.id}/close", text="Resolvido por telefone.", seen=seen, request_key=key()
    )
    assert (answer.status_code, "termina no quadro" in answer.text) == (422, True)
    assert f'href="/protocols/{protocol.id}"' in answer.text
    (row,) = await desk.rows(Protocol, Protocol.id == protocol.id)
    assert row.state != "closed"


async def test_somebody_elses_protocol_is_neither_shown_nor_written(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, path = await working(desk, open_browser)
    protocol = await opened(desk, browser, path)
    other = await desk.claimed_by(browser, BRUNO, BRUNOS_CPF, name="Bruno")
    page = await browser.get(f"{other}/person/protocols?protocol={protocol.id}", fragment=True)
    assert (page.status_code, "Mudou de endereço" in page.text) == (403, False)
    answer = await browser.post(f"{other}/protocols/{protocol.id}/reply", text="oi", seen="0", request_key=key())
    assert (answer.status_code, "é de outra pessoa" in answer.text) == (403, True)


async def test_all_of_a_persons_protocols_are_listed_the_open_ones_first(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, path = await working(desk, open_browser)
    await desk.loads(load_network, load_agenda)
    protocol = await opened(desk, browser, path)
    page = (await browser.get(f"{path}/person/protocols", fragment=True)).text
    numbers = [part.split("<")[0] for part in page.split("<code>")[1:]]
    assert len(numbers) > 1
    assert numbers[0] == protocol.number
    assert "outra conversa" in page


async def test_documents_are_those_of_this_conversation_and_of_the_persons_earlier_ones(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser, path = await working(desk, open_browser)
    conversation = UUID(path.split("/")[-1])
    file = File(files.keep(b"%PDF-1.7 x"), "declaracao.pdf", "application/pdf", 10)
    await desk.assistant_sends(conversation, Draft(file=file))
    page = (await browser.get(f"{path}/person/documents", fragment=True)).text
    assert "declaracao.pdf" in page.split("De conversas anteriores")[0]
    await browser.post(f"{path}/close")
    again = await desk.claimed_by(browser, ANA, ANAS_CPF)
    page = (await browser.get(f"{again}/person/documents", fragment=True)).text
    assert "declaracao.pdf" in page.split("De conversas anteriores")[1]
    assert f"/conversations/{conversation}/media/" in page
    stranger = await desk.claimed_by(browser, BRUNO, BRUNOS_CPF, name="Bruno")
    assert "declaracao.pdf" not in (await browser.get(f"{stranger}/person/documents", fragment=True)).text
