"""The operator's history: search, transcripts, and who may see them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.audit import AuditRow
from backend.errors import InvalidInput
from backend.store.clock import local
from handoff.console.operator import Typed, read_filters
from handoff.conversations.tables import Conversation, Message
from tests.console.console_rig import ANA, BRUNO, Browser, Desk, OpenBrowser


async def operator(desk: Desk, open_browser: OpenBrowser) -> Browser:
    await desk.account("otavio", "Otávio Prado", "operator")
    return await open_browser("otavio")


async def found(browser: Browser, query: str) -> list[str]:
    answer = await browser.get(f"/operator?{query}")
    assert answer.status_code == 200
    return re.findall(r'scope="row"><a [^>]*>([^<]+)<', answer.text)


async def two_conversations(desk: Desk) -> tuple[UUID, UUID]:
    ana = await desk.write(ANA, "Quero marcar uma consulta com o neurologista, é urgência")
    await desk.known_person(ana)
    bruno = await desk.write(BRUNO, "e o boleto?", name="Bruno")
    return ana, bruno


async def test_conversations_are_found_by_text_without_accents_by_phone_and_by_protocol(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await operator(desk, open_browser)
    await two_conversations(desk)
    assert await found(browser, "") == ["Bruno", "Ana Beatriz"]
    assert await found(browser, "text=urgencia") == ["Ana Beatriz"]
    assert await found(browser, "text=CONSULTAS+neurologista") == ["Ana Beatriz"]
    assert await found(browser, "text=dentista") == []
    assert await found(browser, "phone=(98)+98800-0002") == ["Bruno"]
    assert await found(browser, "phone=98+8800-0001") == ["Ana Beatriz"]
    assert await found(browser, "protocol=999999+20261122+000017") == ["Ana Beatriz"]
    assert await found(browser, "protocol=99999920261122000018") == []
    assert await found(browser, "text=boleto&phone=98988000001") == []


async def test_days_are_local(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await operator(desk, open_browser)
    ana, _ = await two_conversations(desk)
    row = await desk.conversation(ana)
    long_ago = row.opened_at - timedelta(days=40)
    await desk.change(Conversation, ana, opened_at=long_ago, last_activity_at=long_ago)
    today, then = local(row.opened_at).date(), local(long_ago).date()
    assert await found(browser, f"since={today}") == ["Bruno"]
    assert await found(browser, f"until={then}") == ["Ana Beatriz"]
    assert await found(browser, f"since={then}&until={today}") == ["Bruno", "Ana Beatriz"]
    assert await found(browser, f"until={then - timedelta(days=1)}") == []


def test_a_day_begins_and_ends_at_midnight_in_sao_paulo() -> None:
    wanted = read_filters(Typed(since="2026-11-22", until="2026-11-22"))
    assert wanted.since is not None
    assert wanted.until is not None
    assert wanted.since.isoformat() == "2026-11-22T00:00:00-03:00"
    assert wanted.until - wanted.since == timedelta(days=1, microseconds=-1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (Typed(since="2026-11-23", until="2026-11-22"), "A data inicial vem depois da final."),
        (Typed(since="31/02/2026"), "A data inicial não parece certa."),
        (Typed(until="amanhã"), "A data final não parece certa."),
        (Typed(text="a" * 201), "passa de 200 caracteres"),
    ],
)
def test_a_filter_that_cannot_be_read_says_what_to_correct(typed: Typed, sentence: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_filters(typed)
    assert sentence in raised.value.message


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("protocol=123&text=boleto", "Um protocolo tem 20 números."),
        ("phone=abc&text=boleto", "Digite o telefone com números."),
        ("since=ontem&text=boleto", "A data inicial não parece certa."),
        ("before=ontem&text=boleto", "Essa página da lista não existe."),
    ],
)
async def test_a_wrong_filter_loses_nothing_of_what_was_typed(
    query: str, sentence: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await operator(desk, open_browser)
    answer = await browser.get(f"/operator?{query}")
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'name="text" value="boleto"' in answer.text


async def test_a_long_list_has_pages(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await operator(desk, open_browser)
    for n in range(51):
        await desk.write(f"whatsapp:+55989880020{n:02}", "oi", name=f"P{n}")
    first = await browser.get("/operator?text=oi")
    assert first.text.count('scope="row"') == 50
    older = re.search(r'href="(/operator\?[^"]*before=[^"]+)"', first.text)
    assert older is not None
    second = await browser.get(older[1].replace("&amp;", "&"))
    assert re.findall(r'scope="row"><a [^>]*>([^<]+)<', second.text) == ["P0"]
    assert "Começo da lista" in second.text


async def test_a_transcript_shows_what_was_understood_and_who_had_it(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await operator(desk, open_browser)
    conversation = await desk.write(ANA, "quero marca consulta")
    turn = await desk.turn(conversation)
    message = (await desk.messages(conversation, "in"))[0]
    reading = {
        "intent": {"name": "schedule_appointment", "confidence": 0.93},
        "intent_ranking": [{"name": "schedule_appointment", "confidence": 0.93}, {"name": "greet", "confidence": 0.04}],
        "entities": [{"entity": "specialty", "value": "dermatologia"}],
    }
    await desk.change(Message, message.id, understood=reading, turn_id=turn.id)
    await desk.hand_over(conversation)
    page = (await browser.get(f"/operator/conversations/{conversation}")).text
    for words in ("Entendido: Agendamento de consulta", "93%", "<code>greet</code>", "4%", "dermatologia",
                  "Turno 1 · respondido", "Fila Agendamento", "pediu para falar com uma pessoa"):  # fmt: skip
        assert words in page
    assert "<textarea" not in page
    async with desk.store.unit_of_work() as session:
        query = select(func.count()).select_from(AuditRow).where(AuditRow.action == "console.read")
        assert await session.scalar(query) == 1


async def test_attendants_have_no_history_page(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "oi")
    for path in ("/operator", f"/operator/conversations/{conversation}"):
        answer = await browser.get(path)
        assert (answer.status_code, "Esta página é para operadores." in answer.text) == (403, True)
    assert 'href="/operator"' not in (await browser.get("/")).text
