"""What attendants do with conversations, and what others see of it."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from backend.audit import AuditRow
from backend.store import clock
from handoff.conversations.tables import Conversation, Message, OutboxRow, Turn
from tests.console.console_rig import ANA, BRUNO, Browser, Desk, OpenBrowser


def key() -> str:
    return str(uuid4())


async def claimed(desk: Desk, browser: Browser, sender: str = ANA) -> UUID:
    """A conversation that this browser's attendant has taken."""
    conversation = await desk.write(sender, "preciso de ajuda")
    await desk.hand_over(conversation)
    assert (await browser.post(f"/conversations/{conversation}/claim")).status_code == 200
    return conversation


async def test_of_two_who_claim_at_once_one_gets_it_and_the_other_is_told_who(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    await desk.account("joana", "Joana Dias")
    marta, joana = await open_browser("marta"), await open_browser("joana")
    conversation = await desk.write(ANA, "alguém aí?")
    await desk.hand_over(conversation)
    answers = await asyncio.gather(*(b.post(f"/conversations/{conversation}/claim") for b in (marta, joana)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    owner = "Marta Lopes" if answers[0].status_code == 200 else "Joana Dias"
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert f"{owner} já assumiu esta conversa." in refused.text
    assert refused.headers["hx-retarget"] == "#flash"
    assert refused.headers["hx-trigger"] == "refetch"
    notices = [message.body for message in await desk.messages(conversation, "notice")]
    assert notices == [f"{owner} assumiu a conversa."]


async def test_a_form_that_arrives_twice_answers_once(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await claimed(desk, browser)
    form = {"text": "Já vejo isso para você.", "mode": "reply", "request_key": key()}
    answers = await asyncio.gather(*(browser.post(f"/conversations/{conversation}/messages", **form) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [message.body for message in await desk.messages(conversation, "out")] == ["Já vejo isso para você."]
    again = await browser.post(f"/conversations/{conversation}/messages", **{**form, "request_key": key()})
    assert again.status_code == 200
    assert len(await desk.messages(conversation, "out")) == 2


async def test_a_reply_that_cannot_be_sent_says_why(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    await desk.account("joana", "Joana Dias")
    marta, joana = await open_browser("marta"), await open_browser("joana")
    conversation = await claimed(desk, marta)
    path = f"/conversations/{conversation}/messages"
    for browser, form, status, words in (
        (marta, {"text": "  ", "request_key": key()}, 422, "Escreva a mensagem antes de enviar."),
        (marta, {"text": "a" * 6001, "request_key": key()}, 422, "Envie em partes."),
        (marta, {"text": "oi", "request_key": "qualquer"}, 422, "Recarregue a página"),
        (joana, {"text": "oi", "request_key": key()}, 403, "Assuma a conversa antes de responder."),
    ):
        answer = await browser.post(path, **form)
        assert (answer.status_code, words in answer.text) == (status, True)
        assert answer.headers["hx-retarget"] == "#flash"
    assert await desk.messages(conversation, "out") == []


async def test_what_cannot_be_stored_is_left_out(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("celia", "Célia Ramos", "admin")
    browser = await open_browser("celia")
    conversation = await claimed(desk, browser)
    path = f"/conversations/{conversation}"
    assert (await browser.post(f"{path}/messages", text="o\0i", request_key=key())).status_code == 200
    assert [message.body for message in await desk.messages(conversation, "out")] == ["oi"]
    assert (await browser.post(f"{path}/transfer", team="fin\0ance", reason="a\0b")).status_code == 200
    assert (await browser.get("/operator?text=%00oi&phone=98%00&protocol=%00")).status_code == 200
    assert (await browser.log_in("cel\0ia")).status_code == 303
    assert (await browser.get(f"{path}?before=99999999999999999999")).status_code == 422
    assert (await browser.post(f"{path}/messages", text="a" * 300_000, request_key=key())).status_code == 413


async def test_a_note_stays_in_the_house(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await claimed(desk, browser)
    answer = await browser.post(
        f"/conversations/{conversation}/messages", text="ligar para a clínica", mode="note", request_key=key()
    )
    assert "nota interna, só a equipe vê" in answer.text
    assert [message.body for message in await desk.messages(conversation, "note")] == ["ligar para a clínica"]
    async with desk.store.unit_of_work() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0


async def test_a_transfer_needs_a_reason_and_goes_to_the_teams_queue(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await claimed(desk, browser)
    path = f"/conversations/{conversation}/transfer"
    assert (await browser.post(path, team="finance", reason=" ")).status_code == 422
    assert (await browser.post(path, team="nenhum", reason="boleto")).status_code == 404
    answer = await browser.post(path, team="finance", reason="Pergunta sobre boleto")
    assert "Fila Financeiro" in answer.text
    row = await desk.conversation(conversation)
    assert (row.owner, row.team, row.attendant_id) == ("team", "finance", None)
    assert "Motivo: Pergunta sobre boleto" in (await desk.messages(conversation, "notice"))[-1].body


async def test_giving_back_asks_the_assistant_to_go_on(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await claimed(desk, browser)
    assert (await browser.post(f"/conversations/{conversation}/give-back")).status_code == 200
    assert (await desk.conversation(conversation)).owner == "assistant"
    async with desk.store.unit_of_work() as session:
        turns = (await session.execute(select(Turn).where(Turn.conversation_id == conversation))).scalars().all()
    assert [(turn.state, turn.payload) for turn in turns] == [("open", {"intent": "resume_from_attendant"})]


async def test_closing_ends_the_conversation_and_nothing_more_can_be_sent(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await claimed(desk, browser)
    answer = await browser.post(f"/conversations/{conversation}/close")
    assert "Conversa encerrada pelo atendimento" in answer.text
    assert "form.composer" not in answer.text
    late = await browser.post(f"/conversations/{conversation}/messages", text="oi", request_key=key())
    assert (late.status_code, "já foi encerrada" in late.text) == (409, True)


async def test_an_operator_reads_and_does_nothing(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("otavio", "Otávio Prado", "operator")
    browser = await open_browser("otavio")
    conversation = await desk.write(ANA, "oi")
    page = await browser.get(f"/conversations/{conversation}")
    assert "Seu perfil só lê conversas." in page.text
    assert "<textarea" not in page.text
    for path, form in (
        ("claim", {}), ("messages", {"text": "oi", "mode": "note", "request_key": key()}), ("give-back", {}),
        ("transfer", {"team": "finance", "reason": "x"}), ("close", {}),
    ):  # fmt: skip
        answer = await browser.post(f"/conversations/{conversation}/{path}", **form)
        assert (answer.status_code, "só lê conversas" in answer.text) == (403, True)
    assert (await desk.conversation(conversation)).owner == "assistant"


async def test_an_admin_answers_too(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("celia", "Célia Ramos", "admin")
    browser = await open_browser("celia")
    conversation = await claimed(desk, browser)
    answer = await browser.post(f"/conversations/{conversation}/messages", text="oi", request_key=key())
    assert answer.status_code == 200


async def test_what_a_colleague_of_another_team_has_is_not_shown(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    await desk.account("fabio", "Fábio Reis", teams=("finance",))
    marta, fabio = await open_browser("marta"), await open_browser("fabio")
    conversation = await desk.write(ANA, "assunto de agendamento")
    await desk.hand_over(conversation, "scheduling")
    assert "assunto de agendamento" in (await fabio.get(f"/conversations/{conversation}")).text
    await marta.post(f"/conversations/{conversation}/claim")
    for fragment in (False, True):
        answer = await fabio.get(f"/conversations/{conversation}", fragment=fragment)
        assert (answer.status_code, "Esta conversa está com outro setor." in answer.text) == (403, True)
        assert "assunto de agendamento" not in answer.text
    assert (await fabio.post(f"/conversations/{conversation}/messages", text="x", mode="note", request_key=key()))\
        .status_code == 403  # fmt: skip


async def test_the_lists_hold_what_they_say(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes", teams=("scheduling",))
    browser = await open_browser("marta")
    await claimed(desk, browser)
    waiting = await desk.write(BRUNO, "quero remarcar", name="Bruno")
    await desk.hand_over(waiting, "scheduling")
    urgent = await desk.write("whatsapp:+5598988000005", "urgente", name="Elza")
    await desk.hand_over(urgent, "scheduling", priority=2)
    other = await desk.write("whatsapp:+5598988000003", "boleto", name="Carlos")
    await desk.hand_over(other, "finance")
    await desk.write("whatsapp:+5598988000006", "oi", name="Fábio")
    queue = (await browser.get("/inbox?box=queue", fragment=True)).text
    assert re.findall(r'class="count">(\d+)<', queue) == ["1", "2", "1"]
    assert re.findall(r'class="name">([^<]+)<', queue) == ["Elza", "Bruno"]
    assert "urgente</span>" in queue
    assert "<html" not in queue
    assistant = (await browser.get("/inbox?box=assistant", fragment=True)).text
    assert re.findall(r'class="name">([^<]+)<', assistant) == ["Fábio"]
    whole = (await browser.get("/?box=mine")).text
    assert re.findall(r'class="name">([^<]+)<', whole) == ["Marta Lopes", "Ana Beatriz"]


async def test_html_in_a_message_is_text(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    attack = "<script>alert(1)</script> *<b>oi</b>* &amp;"
    conversation = await desk.write(ANA, attack, name='"><img src=x>')
    page = (await browser.get(f"/conversations/{conversation}?box=assistant")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <strong>&lt;b&gt;oi&lt;/b&gt;</strong> &amp;amp;" in page
    assert "<img src=x>" not in page


async def test_outside_24_hours_the_attendant_is_told_what_will_happen(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await claimed(desk, browser)
    path = f"/conversations/{conversation}"
    assert "um modelo aprovado será enviado" not in (await browser.get(path)).text
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(hours=24, minutes=1))
    await browser.log_in("marta")
    assert "um modelo aprovado será enviado" in (await browser.get(path)).text


async def test_how_far_each_message_came_is_said_in_words(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "oi")
    for delivery, words in (
        ("accepted", "enviando"), ("sent", "enviada"), ("delivered", "entregue"), ("read", "lida"),
    ):  # fmt: skip
        message = await desk.assistant_says(conversation, "resposta")
        await desk.change(Message, message.id, delivery=delivery)
        page = (await browser.get(f"/conversations/{conversation}")).text
        assert f'title="{words}"' in page
    await desk.change(Message, message.id, delivery="undelivered", error_code=63003)
    assert (
        "Não entregue: o número não tem WhatsApp (código 63003)."
        in (await browser.get(f"/conversations/{conversation}")).text
    )
    async with desk.store.unit_of_work() as session:
        row = await session.scalar(select(OutboxRow.id).where(OutboxRow.message_id == message.id))
    await desk.change(OutboxRow, row, state="held")
    await desk.change(Message, message.id, state="done", delivery="undelivered", error_code=63016)
    page = (await browser.get(f"/conversations/{conversation}")).text
    assert "espera a pessoa responder" in page
    await desk.change(Message, message.id, state="unsent")
    assert "Não enviada: uma pessoa assumiu antes." in (await browser.get(f"/conversations/{conversation}")).text


async def test_the_panel_says_who_it_is_and_what_is_open(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "oi")
    page = (await browser.get(f"/conversations/{conversation}")).text
    assert "Ainda não confirmada." in page
    await desk.known_person(conversation)
    await desk.hand_over(conversation, summary="Quer dermatologia\nde manhã.")
    page = (await browser.get(f"/conversations/{conversation}")).text
    for words in (
        "Ana Beatriz Rocha", "529.982.247-25", "0064 1000 0001 01", "titular", "99999920261122000017",
        "Agendamento de consulta", "prazo 02/01/2031", "pediu para falar com uma pessoa",
        "Quer dermatologia\nde manhã.", "(98) 98800-0001", "Fila Agendamento",
    ):  # fmt: skip
        assert words in page
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(minutes=31))
    assert "confirme de novo antes de falar de dados" in (await browser.get(f"/conversations/{conversation}")).text


async def looks(desk: Desk) -> int:
    async with desk.store.unit_of_work() as session:
        query = select(func.count()).select_from(AuditRow).where(AuditRow.action == "console.read")
        return await session.scalar(query) or 0


async def test_every_look_at_a_conversation_leaves_a_trace_and_a_refresh_is_no_new_look(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "oi")
    live = f"/conversations/{conversation}?live=1"
    await browser.get(live, fragment=True)
    assert await looks(desk) == 1  # nobody reads without a trace by asking for the refresh alone
    await browser.get(live, fragment=True)
    assert await looks(desk) == 1
    await browser.get(f"/conversations/{conversation}")
    await browser.get(f"/conversations/{conversation}", fragment=True)
    assert await looks(desk) == 3
    await browser.get("/inbox?box=assistant", fragment=True)
    assert await looks(desk) == 3


async def test_what_stands_before_the_owners_eyes_is_read(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    await desk.account("joana", "Joana Dias")
    marta, joana = await open_browser("marta"), await open_browser("joana")
    conversation = await claimed(desk, marta)
    await desk.write(ANA, "e agora?")
    assert 'data-unread="1"' in (await marta.get(f"/conversations/{conversation}")).text
    assert (await joana.post(f"/conversations/{conversation}/seen")).status_code == 204
    assert (await desk.conversation(conversation)).unread == 1
    await marta.post(f"/conversations/{conversation}/seen")
    assert (await desk.conversation(conversation)).unread == 0


async def test_a_long_conversation_is_read_in_pages(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "a primeira de todas")
    now = (await desk.conversation(conversation)).opened_at
    await desk.add(
        *(
            Message(
                conversation_id=conversation, direction="in", body=f"linha {n}", author_kind="person", created_at=now
            )
            for n in range(205)
        )
    )
    page = (await browser.get(f"/conversations/{conversation}")).text
    assert "a primeira de todas" not in page.split('role="log"')[1].split('class="write"')[0]
    before = re.search(r"\?before=(\d+)", page)
    assert before is not None
    older = (await browser.get(f"/conversations/{conversation}?before={before[1]}")).text
    assert "a primeira de todas" in older
    assert "Mensagens mais novas" in older


async def test_without_javascript_a_form_still_works(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "oi")
    answer = await browser.client.post(f"/conversations/{conversation}/claim", data={"csrf": browser.csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/conversations/{conversation}")
    async with desk.store.unit_of_work() as session:
        assert (await session.get_one(Conversation, conversation)).owner == "attendant"
