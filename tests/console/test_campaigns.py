"""Finance's lists on the console: sent, confirmed, read, planned, approved; nothing leaves before that."""

import io
from uuid import UUID

import pytest
from openpyxl import load_workbook

from backend.delinquency.tables import Campaign, CampaignRow
from handoff.dispatch.lists import read_next
from tests.console.collections_rig import (
    ANA,
    CARLOS,
    PLAN,
    WRONG,
    confirmed,
    running,
    sends,
    sheet,
    somebody,
    state_of,
    uploaded,
    was_read,
    words_of,
)
from tests.console.console_rig import Desk, OpenBrowser, key

COLUMNS = {"column-name": "0", "column-cpf": "1", "column-amount": "2", "column-days": "3"}
EXAMPLE_COLUMNS = {"column-name": "0", "column-cpf": "1", "column-contract": "2", "column-amount": "3",
                   "column-days": "4", "column-cancelled": "5"}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "teams", "status"), [("attendant", ("collections",), 403), ("operator", (), 200), ("admin", (), 200)]
)
async def test_campaigns_are_for_who_supervises(
    role: str, teams: tuple[str, ...], status: int, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk, role, teams)
    browser = await open_browser("olga")
    campaign = await uploaded(desk)
    for path in ("/campaigns", f"/campaigns/{campaign}", f"/campaigns/{campaign}/lines", "/campaigns/model.xlsx"):
        assert (await browser.get(path)).status_code == status


async def test_a_list_that_is_sent_waits_for_its_columns(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser = await open_browser("olga")
    answer = await sends(browser, sheet(CARLOS, ANA), name="Lista de novembro")
    assert answer.status_code == 303
    [campaign] = await desk.rows(Campaign)
    assert (campaign.name, campaign.state) == ("Lista de novembro", "columns")
    page = (await browser.get(answer.headers["location"])).text
    said = words_of(page)
    assert "Carlos Eduardo Nunes" in said
    assert '<option value="1" selected>2. CPF</option>' in page
    assert "Lista de novembro" in words_of((await browser.get("/campaigns")).text)


async def test_the_same_form_twice_is_one_list(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, form = await open_browser("olga"), key()
    answers = [await sends(browser, sheet(CARLOS), form=form) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {f"/campaigns/{(await desk.rows(Campaign))[0].id}"}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "Escolha a planilha"), (b"nome;cpf\nAna;1", "xlsx"), (b"PK\x03\x04 broken", "danificada")],
)
async def test_what_is_no_list_is_refused_in_words_and_the_name_stays(
    content: bytes, said: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk)
    answer = await sends(await open_browser("olga"), content, name="Meu nome", file="lista.csv")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Meu nome"' in answer.text
    assert await desk.rows(Campaign) == []


async def test_a_list_has_a_limit_of_its_own(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser = await open_browser("olga")
    assert (await sends(browser, b"0" * (1024 * 1024))).status_code == 422
    assert (await sends(browser, b"0" * (33 * 1024 * 1024))).status_code == 413


async def test_the_model_and_the_example_are_downloads(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser = await open_browser("olga")
    for path in ("/campaigns/model.xlsx", "/campaigns/example.xlsx"):
        answer = await browser.get(path)
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.content[:2] == b"PK"
    example = (await browser.get("/campaigns/example.xlsx")).content
    answer = await sends(browser, example)
    assert "Carlos Eduardo Nunes" in (await browser.get(answer.headers["location"])).text


async def test_the_example_shows_what_a_real_list_has(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser = await open_browser("olga")
    content = (await browser.get("/campaigns/example.xlsx")).content
    lines = {row[0]: row for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)}
    assert lines["Lívia Sarmento Brito"][4] == 47  # she paid when the list was made already
    assert lines["Kleber Antunes Moura"][5] == "SIM"
    assert "Norma Gusmão Reis" in lines  # fewer days than a campaign asks for
    assert "Irene Vasques Paiva" not in lines
    campaign = UUID((await sends(browser, content)).headers["location"].rpartition("/")[2])
    await browser.post(f"/campaigns/{campaign}/columns", request_key=key(), **EXAMPLE_COLUMNS)
    await read_next(desk.store)
    rows = await desk.rows(CampaignRow, CampaignRow.campaign_id == campaign)
    assert {row.full_name: row.outcome for row in rows if row.state == "left_out"} == {
        "Marina Duarte Prado": "bad_line", "Sérgio Vieira Maia": "not_found",
    }  # fmt: skip


async def test_columns_are_confirmed_and_the_reading_is_shown(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await uploaded(desk)
    answer = await browser.post(f"/campaigns/{campaign}/columns", request_key=key(), **COLUMNS)
    assert answer.status_code == 200
    assert "Lendo a planilha" in answer.text
    assert "progress?state=reading" in answer.text
    again = await browser.get(f"/campaigns/{campaign}/progress?state=reading", fragment=True)
    assert "Lendo a planilha" in again.text
    assert "<html" not in again.text
    assert await read_next(desk.store)
    moved = await browser.get(f"/campaigns/{campaign}/progress?state=reading", fragment=True)
    assert (moved.status_code, moved.headers["hx-redirect"]) == (204, f"/campaigns/{campaign}")


async def test_columns_that_cannot_be_right_are_refused_and_stay_chosen(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await uploaded(desk)
    fields = {**COLUMNS, "column-cpf": "-", "column-remarks": "3", "column-days": "-"}
    answer = await browser.post(f"/campaigns/{campaign}/columns", request_key=key(), **fields)
    assert answer.status_code == 422
    assert "Escolha a coluna de CPF" in answer.text
    assert answer.text.count('<option value="3" selected>') == 1
    assert await state_of(desk, campaign) == "columns"


async def test_a_list_that_was_read_says_what_is_wrong_line_by_line(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await was_read(desk)
    said = words_of((await browser.get(f"/campaigns/{campaign}")).text)
    assert "3 linhas" in said
    assert "1 com problema" in said
    assert "Linha 4" in said
    lines = words_of((await browser.get(f"/campaigns/{campaign}/lines?bad=1")).text)
    assert "Fulano Sem Cadastro" in lines
    assert "Carlos" not in lines


async def test_a_plan_is_previewed_with_who_is_left_out_and_why(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await was_read(desk)
    page = (await browser.get(f"/campaigns/{campaign}", params=PLAN)).text
    said = words_of(page)
    assert "1 pessoa vai receber" in said
    assert "A linha tem um erro 1" in said
    assert "Não há nada em atraso no sistema 1" in said
    assert "Declaro que a Meta aprovou" in said
    assert await state_of(desk, campaign) == "read"


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"since": "07:00"}, "O horário precisa ficar entre 08:00 e 20:00"), ({"pauses": "meio-dia"}, "Use hh:mm"),
     ({"attempts": "6"}, "As tentativas vão de 1 a 5"), ({"an_hour": "muitas"}, "precisa ser um número"),
     ({"first_day": "amanhã"}, "A data de início")],
)  # fmt: skip
async def test_a_plan_that_cannot_be_kept_is_said_in_words(
    fields: dict[str, str], said: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await was_read(desk)
    answer = await browser.get(f"/campaigns/{campaign}", params={**PLAN, **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Aprovar e começar" not in answer.text
    assert f'value="{next(iter(fields.values()))}"' in answer.text


async def test_nothing_starts_without_the_written_statement(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await was_read(desk)
    for statement in ("", "sim", "não declaro"):
        answer = await browser.post(f"/campaigns/{campaign}/approve", request_key=key(), statement=statement, **PLAN)
        assert answer.status_code == 422
        assert "Confirme a declaração" in answer.text
        assert "Aprovar 1 mensagem" in words_of(answer.text)
    assert await state_of(desk, campaign) == "read"
    answer = await browser.post(f"/campaigns/{campaign}/approve", request_key=key(), statement="Declaro.", **PLAN)
    assert answer.status_code == 200
    [row] = await desk.rows(Campaign)
    assert (row.state, row.approved_by != "", "Meta" in row.statement) == ("running", True, True)
    assert "Olga Prado" in words_of((await browser.get(f"/campaigns/{campaign}")).text)


async def test_it_is_stopped_resumed_and_ended(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await running(desk)
    for deed, state in (("stop", "stopped"), ("resume", "running"), ("stop", "stopped"), ("end", "ended")):
        answer = await browser.post(f"/campaigns/{campaign}/{deed}", request_key=key())
        assert (answer.status_code, await state_of(desk, campaign)) == (200, state)
    answer = await browser.post(f"/campaigns/{campaign}/resume", request_key=key())
    assert (answer.status_code, "Esta campanha não está parada." in answer.text) == (409, True)


async def test_a_list_that_was_never_approved_can_be_thrown_away(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign, form = await open_browser("olga"), await was_read(desk), key()
    for _ in range(2):
        answer = await browser.post(f"/campaigns/{campaign}/discard", request_key=form)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/campaigns")
    assert await desk.rows(Campaign) == []
    approved = await running(desk)
    answer = await browser.post(f"/campaigns/{approved}/discard", request_key=key())
    assert answer.status_code == 409


async def test_the_funnel_counts_people_and_leads_to_them(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await running(desk)
    [row] = await desk.rows(CampaignRow, CampaignRow.state == "waiting")
    now = await desk.now()
    await desk.change(CampaignRow, row.id, state="answered", sent_at=now, delivered_at=now, answered_at=now)
    page = (await browser.get(f"/campaigns/{campaign}")).text
    assert "Enviadas 1 100%" in words_of(page)
    assert "Mensagens saem agora" in page or "Fora do horário do plano" in page
    assert "Fora da campanha" in page
    assert "Lidas 0 0%" in words_of(page)
    assert '<rect class="bar-part" width="100.00"' in page
    assert "Carlos" in (await browser.get(f"/campaigns/{campaign}/lines?step=sent")).text
    await desk.change(CampaignRow, row.id, state="left_out", outcome="in_hospital")  # he said so when he was called
    said = words_of((await browser.get(f"/campaigns/{campaign}")).text)
    assert "1 na campanha" in said
    assert "Como terminou Está em internação 1" in said
    assert "Nenhuma linha" in (await browser.get(f"/campaigns/{campaign}/lines?step=read")).text


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=carlos", 1), ("q=CARLOS%20EDU", 1), ("q=390533", 1), ("q=390.533.447-05", 1), ("q=4", 1), ("q=ninguem", 0),
     ("state=waiting", 1), ("state=left_out", 2), ("outcome=paid", 1), ("outcome=nada", 3), ("page=9", 0)],
)  # fmt: skip
async def test_lines_are_narrowed(query: str, found: int, desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await running(desk, CARLOS, ANA, WRONG)
    answer = await browser.get(f"/campaigns/{campaign}/lines?{query}")
    assert answer.status_code == 200
    assert answer.text.count('<th scope="row">') == found


async def test_every_look_at_a_lists_people_is_audited(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await confirmed(desk)
    await browser.get(f"/campaigns/{campaign}")
    await browser.get(f"/campaigns/{campaign}/lines?page=2")
    looks = await desk.audited("console.collections")
    assert [(look.subject_kind, look.subject_id) for look in looks] == [("campaign", str(campaign))] * 2
    assert looks[1].details == {"part": "lines", "page": 2}


async def test_a_campaign_that_is_not_there_is_said_in_words(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    answer = await (await open_browser("olga")).get(f"/campaigns/{key()}")
    assert (answer.status_code, "campanha" in answer.text) == (404, True)


async def test_the_first_message_is_shown_as_it_is_read(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await was_read(desk)
    page = (await browser.get(f"/campaigns/{campaign}")).text
    assert "Falo com [nome completo]?" in page
    assert "{{" not in page


@pytest.mark.parametrize("part", ["filled", "telephones"])
async def test_sheets_go_back_as_downloads_and_every_one_is_audited(
    part: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk)
    browser, campaign = await open_browser("olga"), await running(desk)
    answer = await browser.get(f"/campaigns/{campaign}/{part}.xlsx")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.content[:2] == b"PK"
    [taken] = await desk.audited("console.campaign_file")
    assert (taken.subject_id, taken.details) == (str(campaign), {"part": part})
