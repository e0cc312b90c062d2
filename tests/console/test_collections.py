"""The decision list and the worklist of the other means: what a person decides and does, and what is kept of it."""

from datetime import timedelta

import pytest

from backend.contracts import Contract
from backend.delinquency.tables import CaseDecision, ContactAttempt, EvidenceLink, Notice
from backend.store.clock import local
from tests.console.collections_rig import case_of, contact, somebody, words_of
from tests.console.console_rig import CARLOS_CPF, Browser, Desk, OpenBrowser, key

LONG_AGO = timedelta(days=12)


async def told(desk: Desk, open_browser: OpenBrowser, ago: timedelta = LONG_AGO) -> Browser:
    """Carlos confirmed by telephone that he knows, so long ago."""
    await somebody(desk)
    await contact(desk, "call", "confirmed", ago=ago, proof="gravação 4711")
    return await open_browser("olga")


async def climbed(desk: Desk) -> None:
    """WhatsApp and e-mail were tried in vain: the telephone is next."""
    case, now = await case_of(desk), await desk.now()
    await desk.add(
        ContactAttempt(case_id=case.id, means="whatsapp", number=5, made_at=now - LONG_AGO, address="+5598988000003",
                       registered=True, outcome="no_answer", settled=True, request_key=key())
    )  # fmt: skip
    await contact(desk, "email", "no_answer", ago=timedelta(days=9))


async def mark(browser: Browser, group: str = "due") -> str:
    page = (await browser.get(f"/delinquency/decisions?group={group}")).text
    return page.partition('name="known" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("role", "teams", "decides", "collects"),
    [("attendant", ("collections",), 403, 200), ("attendant", (), 403, 200), ("attendant", ("registration",), 403, 403),
     ("operator", (), 200, 200), ("admin", (), 200, 200)],
)  # fmt: skip
async def test_supervisors_decide_and_collections_contact(
    role: str, teams: tuple[str, ...], decides: int, collects: int, *, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk, role, teams)
    browser = await open_browser("olga")
    assert (await browser.get("/delinquency/decisions")).status_code == decides
    assert (await browser.get("/delinquency/ladder")).status_code == collects
    assert ("Cobrança</a>" in (await browser.get("/")).text) == (collects == 200)


async def test_a_case_past_its_deadline_is_due_with_its_reasons(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await told(desk, open_browser)
    said = words_of((await browser.get("/delinquency/decisions")).text)
    for words in ("Carlos Eduardo Nunes", "390.533.447-05", "A decidir 1", "Notificado.", "Encaminhar para cancelamento",
                  "O programa não cancela nenhum plano"):  # fmt: skip
        assert words in said


async def test_a_case_that_is_not_due_says_what_is_missing(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await told(desk, open_browser, ago=timedelta(days=2))
    assert "Nada a decidir agora." in (await browser.get("/delinquency/decisions")).text
    said = words_of((await browser.get("/delinquency/decisions?group=running")).text)
    assert "O prazo de dez dias ainda corre." in said
    assert "Encaminhar para cancelamento" not in said
    assert "Esperar" in said


async def test_a_decision_is_kept_with_its_reason_and_touches_no_contract(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await told(desk, open_browser)
    case, form = await case_of(desk), key()
    before = [one.ended_on for one in await desk.rows(Contract, Contract.id == case.contract_id)]
    fields = {"decision": "cancel", "reason": "Nada foi pago.", "known": await mark(browser), "request_key": form}
    for _ in range(2):
        answer = await browser.post(f"/delinquency/cases/{case.id}/decision", **fields)
        assert answer.status_code == 200
    [decision] = await desk.rows(CaseDecision)
    assert (decision.decision, decision.reason) == ("cancel", "Nada foi pago.")
    assert [one.ended_on for one in await desk.rows(Contract, Contract.id == case.contract_id)] == before
    said = words_of((await browser.get("/delinquency/decisions?group=decided")).text)
    assert "decidido por Olga Prado" in said
    assert "Nada a decidir agora." in (await browser.get("/delinquency/decisions")).text


async def test_what_moved_meanwhile_is_not_decided_upon_and_the_reason_stays(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await told(desk, open_browser)
    case, known = await case_of(desk), await mark(browser)
    await contact(desk, "email", "no_answer")
    fields = {"decision": "cancel", "reason": "Nada foi pago.", "known": known, "request_key": key()}
    answer = await browser.post(f"/delinquency/cases/{case.id}/decision", **fields)
    assert answer.status_code == 409
    assert "mudou enquanto você decidia" in answer.text
    assert ">Nada foi pago.</textarea>" in answer.text
    assert await desk.rows(CaseDecision) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"reason": " "}, "Escreva o motivo da decisão."), ({"decision": "x"}, "Escolha o que foi decidido."),
     ({"request_key": "x"}, "Recarregue a página"), ({"reason": "a" * 3000}, "passa de 2000")],
)  # fmt: skip
async def test_a_decision_that_says_too_little_is_refused_in_words(
    fields: dict[str, str], said: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await told(desk, open_browser)
    case = await case_of(desk)
    form = {"decision": "wait", "reason": "Prometeu pagar.", "known": await mark(browser), "request_key": key()}
    answer = await browser.post(f"/delinquency/cases/{case.id}/decision", **(form | fields))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert await desk.rows(CaseDecision) == []


async def test_a_broken_chain_is_seen_at_once(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await told(desk, open_browser)
    [link, *_] = await desk.rows(EvidenceLink)
    await desk.change(EvidenceLink, link.id, content={"forged": True})
    said = words_of((await browser.get("/delinquency/decisions?group=running")).text)
    assert "dossiê não confere" in said
    assert "alguém precisa examinar" in said


async def test_the_worklist_says_whom_to_reach_where(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk, "attendant", ("collections",))
    await climbed(desk)
    browser = await open_browser("olga")
    said = words_of((await browser.get("/delinquency/ladder?means=call")).text)
    assert "Carlos Eduardo Nunes" in said
    assert "Carlos Eduardo Nunes" in (await browser.get("/delinquency/ladder")).text
    assert "Ninguém espera contato" in (await browser.get("/delinquency/ladder?means=letter")).text


async def written(desk: Desk, browser: Browser, **fields: str) -> tuple[int, str]:
    case, now = await case_of(desk), await desk.now()
    person = await desk.person(CARLOS_CPF)
    form = {
        "means": "call", "made_at": local(now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        "address": "+5598988000003", "result": "no_answer", "by": str(person.id), "request_key": key(),
    }  # fmt: skip
    answer = await browser.post(f"/delinquency/cases/{case.id}/contacts?means=call", **(form | fields))
    return answer.status_code, answer.text


async def test_a_contact_is_recorded_once_as_evidence(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk, "attendant", ("collections",))
    browser, form = await open_browser("olga"), key()
    for _ in range(2):
        status, page = await written(desk, browser, request_key=form, remarks="Caiu na caixa postal.")
        assert (status, "Contato registrado." in page) == (200, True)
    [attempt] = await desk.rows(ContactAttempt)
    assert (attempt.means, attempt.outcome, attempt.registered) == ("call", "no_answer", True)
    assert [link.kind for link in await desk.rows(EvidenceLink)] == ["contact"]


async def test_a_confirmation_with_its_proof_is_a_notice(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk, "attendant", ("collections",))
    browser = await open_browser("olga")
    status, page = await written(desk, browser, result="confirmed", proof="gravação 4711")
    assert (status, "Notificado em" in page) == (200, True)
    [notice] = await desk.rows(Notice)
    assert (notice.counts, notice.means) == (True, "call")


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"result": "confirmed"}, "informe a prova"), ({"result": ""}, "Escolha o que aconteceu"),
     ({"made_at": ""}, "o dia e a hora"), ({"made_at": "2099-01-01T10:00"}, "no futuro"),
     ({"means": "whatsapp"}, "Escolha o que aconteceu"), ({"by": "x"}, "")],
)  # fmt: skip
async def test_a_contact_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    fields: dict[str, str], said: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk, "attendant", ("collections",))
    await climbed(desk)
    status, page = await written(desk, await open_browser("olga"), remarks="Anotei isto.", **fields)
    assert (status, said in page, ">Anotei isto.</textarea>" in page) == (422, True, True)


async def test_an_address_that_is_not_in_the_register_makes_no_notice(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk, "attendant", ("collections",))
    browser = await open_browser("olga")
    status, page = await written(desk, browser, result="confirmed", proof="gravação", address="+5511999990000")
    assert (status, "não vale como notificação" in page) == (200, True)
    assert not [notice for notice in await desk.rows(Notice) if notice.counts]


async def test_a_confirmation_by_somebody_unknown_says_why_it_is_none(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk, "attendant", ("collections",))
    browser = await open_browser("olga")
    status, page = await written(desk, browser, result="confirmed", proof="gravação 4711", by="")
    assert (status, "Quem respondeu não foi identificado." in page) == (200, True)
