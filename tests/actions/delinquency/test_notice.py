"""The notice in the chat: whom it is told, the typed confirmation, and what is told of a term."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pypdf import PdfReader

from backend.delinquency import noticed, rules
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store
from tests.actions.delinquency.calling import Call
from tests.actions.delinquency.debtors import CARLOS, ELZA, FORBIDDEN, IRENE, Debtor, load
from tests.actions.delinquency.test_called import CARLOS_IS
from tests.actions.turns import NOW

SURE = "estou ciente"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Debtor]:
    await load(store)
    yield Debtor(store)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's lawyer has said yes: WhatsApp is a means."""
    monkeypatch.setattr(settings(), "notice_by_whatsapp", True)


async def told(chat: Debtor, cpf: str = CARLOS, text: str = "quanto devo?", *, registered: bool = True) -> list[str]:
    await chat.comes(cpf, registered=registered)
    return await chat.opens(text, "ask_debt")


async def test_the_notice_comes_with_the_whole_of_it_as_pdf_and_asks_for_a_typed_confirmation(chat: Debtor) -> None:
    assert await told(chat) == ["debt_owed", "debt_notice_fees", "debt_confirm"]
    assert "*10 dias corridos*" in chat.heard
    assert "*poderá* ser cancelado" in chat.heard
    assert "será cancelado" not in chat.heard
    [paper] = chat.files
    assert "Carlos Eduardo Nunes" in PdfReader(io.BytesIO(files.read(paper["sha256"]))).pages[0].extract_text()
    [notice] = await chat.notices()
    assert (notice.registered, notice.answer, str(notice.turn_id)) == (True, "none", chat.turn_id)


async def test_an_older_contract_hears_of_days_and_not_of_two_fees(chat: Debtor) -> None:
    assert await told(chat, ELZA) == ["debt_owed", "debt_notice_days", "debt_confirm"]
    assert "passar de 60 dias" in chat.heard
    assert "2 mensalidades ou mais" not in chat.heard


async def test_while_whatsapp_is_no_means_he_is_thanked_and_hears_of_no_date(chat: Debtor) -> None:
    await told(chat)
    assert await chat.writes(SURE) == ["debt_confirmed", "debt_ways"]
    [notice] = await chat.notices()
    assert (notice.confirms, notice.answer_text, notice.answered_by) == (True, SURE, "answers")


@pytest.mark.usefixtures("counted")
async def test_a_typed_confirmation_from_the_register_names_the_last_of_the_ten_days(chat: Debtor) -> None:
    await told(chat)
    assert await chat.writes("tô ciente sim") == ["debt_confirmed_until", "debt_ways"]
    assert "até *03/12/2026*" in chat.heard


@pytest.mark.usefixtures("counted")
async def test_from_a_number_that_is_nobodys_it_names_none(chat: Debtor) -> None:
    await told(chat, registered=False)
    assert await chat.writes(SURE) == ["debt_confirmed", "debt_ways"]
    [notice] = await chat.notices()
    assert (notice.registered, notice.answer_registered) == (False, False)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(("counts", "options"), [(True, ["Estou ciente"]), (False, [])])
async def test_a_button_is_offered_only_where_the_setting_lets_a_tap_count(
    chat: Debtor, monkeypatch: pytest.MonkeyPatch, counts: bool, options: list[str]
) -> None:
    monkeypatch.setattr(settings(), "notice_tap_counts", counts)
    await told(chat)
    assert chat.options == options
    said = await chat.writes("Estou ciente", answer="aware") if counts else await chat.writes(SURE)
    assert said == ["debt_confirmed_until", "debt_ways"]
    [notice] = await chat.notices()
    assert (notice.answer, notice.confirms) == ("tap" if counts else "typed", True)


@pytest.mark.parametrize("text", ["ok", "👍", "sim", "ciente?", "não estou ciente", "quem é?"])
async def test_what_confirms_nothing_is_asked_about_once_more_and_then_left(chat: Debtor, text: str) -> None:
    await told(chat)
    assert (await chat.writes(text))[-1] == "debt_confirm_again"
    assert (await chat.writes(text))[-1] == "debt_ways"
    [notice] = await chat.notices()
    assert not notice.confirms


async def test_an_automatic_reply_is_answered_by_nothing_and_confirms_nothing(chat: Debtor) -> None:
    await told(chat)
    assert await chat.writes("No momento não posso responder. Retorno em breve.") == []
    [notice] = await chat.notices()
    assert (notice.answer, notice.confirms) == ("none", False)
    assert (await chat.writes(SURE))[0] == "debt_confirmed"


async def test_who_confirms_later_at_another_question_has_confirmed(chat: Debtor) -> None:
    await told(chat)
    await chat.writes("ok")
    await chat.writes("ok")
    assert await chat.writes("estou ciente") == ["debt_confirmed", "debt_ways"]
    assert (await chat.notices())[0].confirms


async def test_who_wants_the_pix_instead_of_confirming_gets_it(chat: Debtor) -> None:
    await told(chat)
    assert await chat.writes("me passa o pix que eu pago agora") == ["debt_which"]


async def test_who_confirms_and_names_a_way_is_not_asked_for_it(chat: Debtor) -> None:
    await told(chat, ELZA)
    said = await chat.writes("estou ciente, manda o pix")
    assert said == ["debt_confirmed", "slip_updated_one_code", "slip_pix", "debt_end"]


async def test_who_confirms_and_disagrees_has_confirmed_and_may_dispute(chat: Debtor) -> None:
    await told(chat)
    assert await chat.writes("estou ciente mas não concordo com esse valor") == ["debt_confirmed", "debt_dispute"]
    assert (await chat.notices())[0].confirms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("já paguei", "payment_which"), ("não devo nada disso", "debt_dispute"), ("não vou pagar nada", "debt_refused"),
        ("o titular faleceu", "called_deceased"), ("estou internado na uti", "called_hospital"),
        ("não sou essa pessoa", "debt_not_him"),
    ],
)  # fmt: skip
async def test_other_answers_have_their_way_and_are_kept_as_typed(chat: Debtor, text: str, said: str) -> None:
    await told(chat)
    assert said in await chat.writes(text)
    [notice] = await chat.notices()
    assert not notice.confirms


async def test_a_turn_that_runs_again_gives_one_notice(chat: Debtor) -> None:
    await chat.comes(CARLOS)
    first = await chat.opens_twice("quanto devo?", "ask_debt")
    assert first == chat.said == ["debt_owed", "debt_notice_fees", "debt_confirm"]
    assert len(await chat.notices()) == 1
    assert await chat.writes_twice(SURE) == ["debt_confirmed", "debt_ways"]
    assert len(await chat.notices()) == 1


async def test_asked_twice_in_a_conversation_it_is_told_once_and_asked_about_again(chat: Debtor) -> None:
    await told(chat)
    chat.turn.slots |= {"pending_request": None, "pending_protocol": None, "request_state": None}
    assert await told(chat) == ["debt_owed", "debt_confirm"]
    assert len(await chat.notices()) == 1


async def test_one_that_counts_is_remembered_with_its_dates_until_a_new_month_is_owed(chat: Debtor) -> None:
    await told(chat)
    [notice] = await chat.notices()
    async with chat.turn.store.unit_of_work() as session:
        kept = await session.get_one(type(notice), notice.id)
        kept.counts, kept.notice_on, kept.settled_at = True, NOW.date(), NOW
        kept.deadline = rules.deadline_of(NOW.date(), rules.Terms())
    chat.turn.slots |= {"pending_request": None, "pending_protocol": None, "request_state": None}
    assert await told(chat) == ["debt_owed", "debt_noticed_before", "debt_ways"]
    assert "até *03/12/2026*" in chat.heard
    async with chat.turn.store.unit_of_work() as session:
        months = [NOW.date().replace(day=1), NOW.date().replace(month=9, day=1)]
        assert await noticed.in_force(session, notice.case_id, months=months) is None


async def test_there_is_no_notice_below_the_threshold(chat: Debtor) -> None:
    await told(chat, IRENE)
    assert not await chat.notices()


async def test_what_was_confirmed_in_this_conversation_is_not_noticed_again(chat: Debtor) -> None:
    await told(chat)
    await chat.writes(SURE)
    await chat.writes("depois eu vejo, obrigado")
    assert await told(chat) == ["debt_owed", "debt_confirmed_before", "debt_ways"]
    assert len(await chat.notices()) == 1


async def test_who_confirms_in_a_later_conversation_is_identified_and_told_anew_what_he_confirms(store: Store) -> None:
    await load(store)
    call = Call(store)
    await call.calls()
    await call.answers("sim")
    await call.answers(CARLOS_IS)
    call.turn.conversation, call.turn.slots, call.loop = uuid4(), {}, None
    assert await call.answers(SURE, intent="affirm") == ["ask_identity"]
    assert not FORBIDDEN.search(call.heard)
    assert await call.answers(CARLOS_IS) == [
        "identity_verified", "debt_told_anew", "debt_owed", "debt_notice_fees", "debt_confirm",
    ]  # fmt: skip
    assert await call.answers(SURE) == ["debt_confirmed", "debt_ways"]
    assert [notice.confirms for notice in await call.notices()] == [False, True]


async def test_awareness_of_who_was_told_nothing_opens_no_request(store: Store) -> None:
    await load(store)
    call = Call(store)
    call.at("+5598988000003", [])
    assert await call.answers(SURE, intent="affirm") == ["no_question"]
    assert await call.protocols() == []
