"""The teams' boards: what stands on them, for whom, and what is settled together."""

from datetime import timedelta

import pytest

from backend.documents.tables import Document
from backend.protocols.tables import Protocol
from tests.console.boards_rig import (
    coming_of_age_of,
    dispute_of,
    document_of,
    holder_change_of,
    registration_of,
    request_of,
    stage_of,
)
from tests.console.console_rig import ANA, ANAS_CPF, BRUNO, BRUNOS_CPF, CARLOS_CPF, Browser, Desk, OpenBrowser, key


async def the_board(desk: Desk, open_browser: OpenBrowser, *teams: str, role: str = "attendant") -> Browser:
    await desk.account("rosa", "Rosa Prado", role, teams)
    await desk.loads()
    return await open_browser("rosa")


async def test_a_team_sees_its_own_boards_alone(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration", "treasury")
    page = (await browser.get("/boards")).text
    assert ("Cadastro" in page, "Tesouraria" in page, "Financeiro" in page) == (True, True, True)
    assert "Contas médicas" not in page
    assert (await browser.get("/boards/registration")).status_code == 200
    assert (await browser.get("/boards/medical_accounts")).status_code == 403
    assert (await browser.get("/boards/nothing")).status_code == 404


async def test_who_has_one_board_goes_straight_there(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    answer = await browser.get("/boards")
    assert (answer.status_code, answer.headers["location"]) == (303, "/boards/registration")


@pytest.mark.parametrize(("role", "teams"), [("operator", ()), ("admin", ()), ("attendant", ())])
async def test_operators_administrators_and_who_is_of_no_team_see_all_boards(
    role: str, teams: tuple[str, ...], desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await the_board(desk, open_browser, *teams, role=role)
    for code in ("registration", "medical_accounts", "finance", "treasury", "authorizations"):
        answer = await browser.get(f"/boards/{code}")
        assert answer.status_code == 200
        assert "Nada esperando por aqui agora." in answer.text


async def test_a_card_says_who_asks_what_until_when_and_what_is_new(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    conversation = await desk.write(ANA, "oi")
    protocol = await registration_of(desk, conversation=conversation)
    await document_of(desk, protocol, "address_proof", state="refused", reason="Está cortado.", decided_by="x")
    page = (await browser.get("/boards/registration")).text
    for words in ("Ana Beatriz Rocha", "Mudar endereço e e-mail", "2 documentos", "1 novo", "1 recusado",
                  "conversa aberta", "Em conferência", f'href="/protocols/{protocol.id}'):  # fmt: skip
        assert words in page, words


async def test_the_urgent_come_first_then_the_nearest_deadline(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    conversation = await desk.write(BRUNO, "oi")
    await desk.hand_over(conversation, "registration", priority=2)
    late = await request_of(desk, "registration_update", CARLOS_CPF, due=-timedelta(days=1))
    far = await request_of(desk, "registration_update", ANAS_CPF, due=timedelta(days=5))
    urgent = await request_of(desk, "registration_update", BRUNOS_CPF, due=timedelta(days=6), conversation=conversation)
    page = (await browser.get("/boards/registration")).text
    places = [page.index(f"card-{one.id}") for one in (urgent, late, far)]
    assert places == sorted(places)
    assert page.count(">urgente<") == 1
    assert page.count('board-card due-late"') == 1


async def test_what_is_still_gathered_is_a_count_that_opens(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    protocol = await request_of(desk, "coming_of_age", stage="gathering")
    page = (await browser.get("/boards/registration")).text
    assert "1 juntando informações com a assistente" in page
    assert str(protocol.id) not in page
    assert str(protocol.id) in (await browser.get("/boards/registration?stage=gathering")).text


async def test_a_dispute_walks_from_board_to_board(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser)
    places = {}
    for stage in ("in_analysis", "at_treasury", "with_finance"):
        protocol = await dispute_of(desk, stage=stage)
        places[stage] = {
            code
            for code in ("registration", "medical_accounts", "finance", "treasury")
            if str(protocol.id) in (await browser.get(f"/boards/{code}")).text
        }
    assert places == {
        "in_analysis": {"medical_accounts"}, "at_treasury": {"finance", "treasury"}, "with_finance": {"finance"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ana+beatriz", {"ana"}),
        ("q=529.982.247-25", {"ana"}),
        ("q=carlos", {"carlos"}),
        ("due=late", {"carlos"}),
        ("due=today", set()),
        ("kind=coming_of_age", {"ana"}),
        ("whose=mine", set()),
        ("whose=free", {"ana", "carlos"}),
        ("q=%25", set()),
        ("kind=nonsense&due=nonsense", {"ana", "carlos"}),
    ],
)
async def test_filters_narrow_a_board(query: str, found: set[str], desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    here = {
        "ana": await coming_of_age_of(desk, due=timedelta(days=3)),
        "carlos": await request_of(desk, "registration_update", CARLOS_CPF, due=-timedelta(hours=1)),
    }
    page = (await browser.get(f"/boards/registration?{query}", fragment=True)).text
    assert {name for name, protocol in here.items() if f"card-{protocol.id}" in page} == found


async def test_a_protocol_is_found_by_a_part_of_its_number(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    protocol = await request_of(desk, "registration_update")
    other = await request_of(desk, "registration_update", CARLOS_CPF)
    page = (await browser.get(f"/boards/registration?q={protocol.number[-6:]}")).text
    assert (f"card-{protocol.id}" in page, f"card-{other.id}" in page) == (True, False)


async def test_a_long_column_shows_its_first_cards_and_leads_to_the_rest(
    desk: Desk, open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.desk.boards.lists.A_COLUMN", 2)
    monkeypatch.setattr("handoff.desk.boards.lists.A_PAGE", 2)
    browser = await the_board(desk, open_browser, "registration")
    made = [await request_of(desk, "registration_update", due=timedelta(hours=hours)) for hours in (1, 2, 3)]
    page = (await browser.get("/boards/registration")).text
    assert page.count("board-card ") == 2
    assert "Ver os 3" in page
    second = (await browser.get("/boards/registration?stage=in_review&page=2")).text
    assert (f"card-{made[2].id}" in second, second.count("board-card ")) == (True, 1)


async def test_several_are_confirmed_together_and_who_fails_is_named(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "registration")
    good = await coming_of_age_of(desk, stage="waiting_beneficiary")
    gone = await coming_of_age_of(desk, stage="waiting_beneficiary")
    await desk.change(Protocol, gone.id, stage="done", state="closed")
    answer = await browser.post(
        "/boards/registration/batch", batch="coming_of_age.waiting_beneficiary.confirm", request_key=key(),
        protocol=[str(good.id), str(gone.id)],
    )  # fmt: skip
    assert answer.status_code == 200
    assert "1 protocolo concluído." in answer.text
    assert "1 não foi concluído e ficou como estava" in answer.text
    assert gone.number in answer.text
    assert await stage_of(desk, good) == "done"


async def test_the_same_batch_twice_settles_once(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "finance")
    protocol = await dispute_of(desk, stage="with_finance")
    form = {"batch": "charge_dispute.with_finance.settle", "request_key": key(), "protocol": str(protocol.id)}
    for _ in range(2):
        assert "1 protocolo concluído." in (await browser.post("/boards/finance/batch", **form)).text
    assert len(await desk.audited("disputes.settle")) == 1


async def test_a_change_of_holder_without_its_papers_is_not_concluded_with_the_others(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await the_board(desk, open_browser, "registration")
    protocol = await holder_change_of(desk, stage="original")
    answer = await browser.post(
        "/boards/registration/batch", batch="holder_change.original.finish", request_key=key(),
        protocol=str(protocol.id),
    )  # fmt: skip
    assert "Falta conferir" in answer.text
    assert await stage_of(desk, protocol) == "original"
    assert await desk.rows(Document) == []


@pytest.mark.parametrize(("role", "teams"), [("operator", ()), ("attendant", ("scheduling",))])
async def test_who_only_reads_settles_nothing(
    role: str, teams: tuple[str, ...], desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await the_board(desk, open_browser, *teams, role=role)
    protocol = await dispute_of(desk, stage="with_finance")
    answer = await browser.post(
        "/boards/finance/batch", batch="charge_dispute.with_finance.settle", request_key=key(),
        protocol=str(protocol.id),
    )  # fmt: skip
    assert answer.status_code == 403
    assert await stage_of(desk, protocol) == "with_finance"


async def test_a_batch_without_a_mark_says_so(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await the_board(desk, open_browser, "finance")
    answer = await browser.post("/boards/finance/batch", batch="charge_dispute.with_finance.settle", request_key=key())
    assert (answer.status_code, "Marque pelo menos um protocolo." in answer.text) == (422, True)
