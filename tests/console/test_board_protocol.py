"""A protocol's page: who reads it, what is decided there, and what happens when two decide at once."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
import pypdf
import pytest

from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.demo import load_invoices, load_procedures
from backend.disputes.tables import ChargeDispute
from backend.documents.tables import Document
from backend.events import Event
from backend.invoices.tables import Invoice, InvoiceItem
from backend.procedures import catalogue
from backend.procedures.tables import Authorization
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.registration.tables import RegistrationChange
from tests.console.boards_rig import (
    coming_of_age_of,
    dispute_of,
    document_of,
    holder_change_of,
    picture,
    registration_of,
    request_of,
    stage_of,
)
from tests.console.console_rig import (
    ANA,
    ANAS_CPF,
    BRUNO,
    BRUNOS_CPF,
    CARLOS_CPF,
    DEBORAS_CPF,
    FRAGMENT,
    Browser,
    Desk,
    OpenBrowser,
    key,
)


async def desk_of(
    desk: Desk, open_browser: OpenBrowser, *teams: str, role: str = "attendant", name: str = "rosa"
) -> Browser:
    await desk.account(name, f"{name.capitalize()} Prado", role, teams)
    await desk.loads()
    return await open_browser(name)


def seen(page: httpx.Response | str) -> str:
    text = page if isinstance(page, str) else page.text
    return text.split('name="seen" value="')[1].split('"')[0]


async def decided(desk: Desk, browser: Browser, protocol: Protocol, move: str, **fields: str) -> httpx.Response:
    page = await browser.get(f"/protocols/{protocol.id}")
    return await browser.post(f"/protocols/{protocol.id}/moves/{move}", request_key=key(), seen=seen(page), **fields)


async def uploaded(browser: Browser, path: str, content: bytes, **fields: str) -> httpx.Response:
    headers = {**FRAGMENT, "X-CSRF-Token": browser.csrf}
    files = {"file": ("foto.jpg", content, "image/jpeg")}
    return await browser.client.post(path, data=fields, files=files, headers=headers)


async def changed(desk: Desk, protocol: Protocol) -> dict[str, str]:
    rows = await desk.rows(RegistrationChange, RegistrationChange.protocol_id == protocol.id)
    return {row.field: row.state for row in rows}


@pytest.mark.parametrize(
    ("role", "teams", "status"),
    [
        ("attendant", ("registration",), 200), ("attendant", (), 200), ("operator", (), 200), ("admin", (), 200),
        ("attendant", ("finance",), 403),
    ],
)  # fmt: skip
async def test_a_protocol_is_read_by_its_team_and_by_who_supervises(
    role: str, teams: tuple[str, ...], status: int, desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, *teams, role=role)
    protocol = await registration_of(desk)
    document = (await desk.rows(Document))[0]
    base = f"/protocols/{protocol.id}"
    paths = (base, f"{base}/documents/{document.id}/pages/1", f"{base}/documents/{document.id}/thumbnail",
             f"{base}/documents/{document.id}/original", f"{base}/print")  # fmt: skip
    for path in paths:
        assert (await browser.get(path)).status_code == status, path


async def test_who_has_the_conversation_reads_its_protocol_and_decides_nothing(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "scheduling")
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    protocol = await registration_of(desk, conversation=UUID(path.split("/")[-1]))
    page = await browser.get(f"/protocols/{protocol.id}")
    assert (page.status_code, "Escrever à pessoa" in page.text, "Aceitar" in page.text) == (200, True, False)
    [first, _] = await desk.rows(RegistrationChange)
    answer = await browser.post(
        f"/protocols/{protocol.id}/changes/{first.id}/accept", request_key=key(), known="proposed"
    )
    assert (answer.status_code, await changed(desk, protocol)) == (403, {"address": "proposed", "email": "proposed"})


async def test_every_look_is_on_record_and_pages_within_minutes_are_one(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "registration_update")
    document = await document_of(desk, protocol, pages=3)
    base = f"/protocols/{protocol.id}"
    await browser.get(base)
    await browser.get(base, fragment=True)  # the page refreshes itself
    assert len(await desk.audited("console.protocol")) == 1
    for number in (1, 2, 3):
        answer = await browser.get(f"{base}/documents/{document.id}/pages/{number}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    rows = await desk.audited("console.document")
    assert [row.subject_id for row in rows] == [str(document.id)]
    assert (await browser.get(f"{base}/documents/{document.id}/pages/4")).status_code == 404
    other = await request_of(desk, "registration_update")
    assert (await browser.get(f"/protocols/{other.id}/documents/{document.id}/pages/1")).status_code == 404


async def test_an_original_that_a_browser_would_carry_out_is_downloaded(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "registration_update")
    document = await document_of(desk, protocol)
    path = f"/protocols/{protocol.id}/documents/{document.id}/original"
    assert (await browser.get(path)).headers["content-disposition"].startswith("inline")
    await desk.change(Document, document.id, content_type="text/html")
    answer = await browser.get(path)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == (
        "application/octet-stream", "nosniff",
    )  # fmt: skip


async def test_each_change_stands_beside_the_old_value_and_is_decided_by_itself(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await registration_of(desk)
    base = f"/protocols/{protocol.id}"
    page = (await browser.get(base)).text
    for words in ("Rua das Flores, 123, apto 4, Calhau, São Luís/MA, 65075-000", "ana.nova@exemplo.com.br",
                  "Aceitar tudo", "comprovante de endereço", "mudou depois do pedido"):  # fmt: skip
        assert words in page, words
    address, email = await desk.rows(RegistrationChange)
    answer = await browser.post(
        f"{base}/changes/{address.id}/refuse", request_key=key(), known="proposed", reason="A conta é de outra pessoa."
    )
    assert "Endereço: recusado." in answer.text
    answer = await browser.post(f"{base}/changes/{email.id}/accept", request_key=key(), known="proposed")
    assert "E-mail: aceito." in answer.text
    assert (await desk.person(ANAS_CPF)).email == "ana.nova@exemplo.com.br"
    assert await changed(desk, protocol) == {"address": "refused", "email": "accepted"}
    answer = await decided(desk, browser, protocol, "ask_correction", reason="Envie uma conta sua.")
    assert "Correção pedida" in answer.text
    assert await stage_of(desk, protocol) == "correction"


async def test_a_register_that_moved_since_is_shown_and_accepted_knowingly(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await registration_of(desk)
    [address, _] = await desk.rows(RegistrationChange)
    path = f"/protocols/{protocol.id}/changes/{address.id}/accept"
    blind = await browser.post(path, request_key=key(), known="proposed")
    assert (blind.status_code, "O cadastro mudou desde o pedido." in blind.text) == (409, True)
    there = blind.text.split('name="seen_old" value="')[1].split('"')[0].replace("&#34;", '"')
    known = await browser.post(path, request_key=key(), known="proposed", seen_old=there)
    assert (known.status_code, (await desk.person(ANAS_CPF)).district) == (200, "Calhau")


async def test_everything_is_accepted_at_once_and_the_protocol_ends(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "registration_update")
    person = await desk.person(ANAS_CPF)
    await desk.add(
        RegistrationChange(protocol_id=protocol.id, beneficiary_id=person.id, field="email",
                           old={"value": person.email}, new={"value": "nova@exemplo.com.br"}),
        RegistrationChange(protocol_id=protocol.id, beneficiary_id=person.id, field="social_name",
                           old={"value": ""}, new={"value": "Bia Rocha"}),
    )  # fmt: skip
    page = await browser.get(f"/protocols/{protocol.id}")
    form = {"request_key": key(), "seen": seen(page)}
    for _ in range(2):  # the button pressed twice
        answer = await browser.post(f"/protocols/{protocol.id}/changes/accept", **form)
        assert (answer.status_code, "Tudo aceito" in answer.text) == (200, True)
    assert (await stage_of(desk, protocol), (await desk.person(ANAS_CPF)).social_name) == ("done", "Bia Rocha")


async def test_a_document_is_named_accepted_and_refused_with_a_reason(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await coming_of_age_of(desk)
    first, second, *_ = await desk.rows(Document)
    base = f"/protocols/{protocol.id}/documents"
    await browser.post(f"{base}/{first.id}/kind", request_key=key(), known="received", kind="licence")
    answer = await browser.post(f"{base}/{first.id}/accept", request_key=key(), known="received")
    assert "CNH: aceito." in answer.text
    empty = await browser.post(f"{base}/{second.id}/refuse", request_key=key(), known="received", reason=" ")
    assert (empty.status_code, "Escreva o que há de errado" in empty.text) == (422, True)
    await browser.post(f"{base}/{second.id}/refuse", request_key=key(), known="received", reason="Está cortado.")
    rows = {row.id: (row.kind, row.state, row.reason) for row in await desk.rows(Document)}
    assert rows[first.id] == ("licence", "accepted", "")
    assert rows[second.id] == ("cpf", "refused", "Está cortado.")


async def test_a_file_that_nobody_named_is_named_before_it_is_accepted(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "coming_of_age")
    document = await document_of(desk, protocol, "")
    path = f"/protocols/{protocol.id}/documents/{document.id}"
    early = await browser.post(f"{path}/accept", request_key=key(), known="received")
    assert (early.status_code, "Diga antes o que é este documento." in early.text) == (422, True)
    await browser.post(f"{path}/kind", request_key=key(), known="received", kind="rg")
    assert (await browser.post(f"{path}/accept", request_key=key(), known="received")).status_code == 200


async def test_a_decision_about_a_document_is_changed(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "coming_of_age")
    document = await document_of(desk, protocol)
    path = f"/protocols/{protocol.id}/documents/{document.id}"
    await browser.post(f"{path}/refuse", request_key=key(), known="received", reason="Está cortado.")
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert "Mudar a decisão" in page
    await browser.post(f"{path}/accept", request_key=key(), known="refused")
    assert [(row.state, row.reason) for row in await desk.rows(Document)] == [("accepted", "")]


async def test_who_stands_at_the_counter_has_his_request_said_by_the_desk(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    bruno, debora = await desk.person(BRUNOS_CPF), await desk.person(DEBORAS_CPF)
    age = await request_of(desk, "coming_of_age", stage="gathering")
    assert "De quem é a maioridade" in (await browser.get(f"/protocols/{age.id}")).text
    answer = await browser.post(f"/protocols/{age.id}/begin", request_key=key(), person=str(bruno.id))
    assert "Anotado: Bruno Rocha Lima." in answer.text
    early = await decided(desk, browser, age, "submit")
    assert (early.status_code, "Ainda falta" in early.text) == (422, True)
    holder = await request_of(desk, "holder_change", CARLOS_CPF, stage="gathering")
    form = {"request_key": key(), "person": str(debora.id), "deceased": "1"}
    assert (
        "Débora Nunes Alves será o novo titular" in (await browser.post(f"/protocols/{holder.id}/begin", **form)).text
    )
    change = await request_of(desk, "registration_update", stage="gathering")
    wrong = await browser.post(
        f"/protocols/{change.id}/begin", request_key=key(), field="email", value="não é", place="begin-value"
    )
    assert (wrong.status_code, 'value="não é"' in wrong.text) == (422, True)
    await browser.post(f"/protocols/{change.id}/begin", request_key=key(), field="email", value="nova@exemplo.com.br")
    await decided(desk, browser, change, "submit")
    assert (await stage_of(desk, change), await changed(desk, change)) == ("in_review", {"email": "proposed"})


async def test_of_two_who_decide_at_the_same_moment_one_is_told(desk: Desk, open_browser: OpenBrowser) -> None:
    first = await desk_of(desk, open_browser, "registration")
    second = await desk_of(desk, open_browser, "registration", name="nina")
    protocol = await registration_of(desk)
    [_, email] = await desk.rows(RegistrationChange)
    base = f"/protocols/{protocol.id}/changes/{email.id}"
    answers = await asyncio.gather(
        first.post(f"{base}/accept", request_key=key(), known="proposed"),
        second.post(f"{base}/refuse", request_key=key(), known="proposed", reason="Não confere."),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await desk.rows(ProtocolEntry, ProtocolEntry.step == "decided")) == 1


async def test_who_decides_second_sees_what_is_new_and_keeps_his_words(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await coming_of_age_of(desk)
    document = (await desk.rows(Document))[0]
    path = f"/protocols/{protocol.id}/documents/{document.id}"
    await browser.post(f"{path}/accept", request_key=key(), known="received")
    late = await browser.post(
        f"{path}/refuse", request_key=key(), known="received", reason="Está sem o verso.",
        place=f"refuse-{document.id}", document=str(document.id),
    )  # fmt: skip
    assert (late.status_code, "Outra pessoa já decidiu isto." in late.text) == (409, True)
    page = await browser.get(f"/protocols/{protocol.id}")
    await browser.post(
        f"/protocols/{protocol.id}/reply", request_key=key(), seen=seen(page), text="Tudo certo até aqui."
    )
    late = await browser.post(
        f"/protocols/{protocol.id}/reply", request_key=key(), seen=seen(page), text="Faltou o RG.", place="reply"
    )
    assert (late.status_code, "Faltou o RG.</textarea>" in late.text, "Tudo certo até aqui." in late.text) == (
        409, True, True,
    )  # fmt: skip
    assert len(await desk.audited("protocols.reply")) == 1


async def test_coming_of_age_from_papers_to_the_end(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await coming_of_age_of(desk)
    early = await decided(desk, browser, protocol, "approve", ready="A nova carteirinha.", place="move-approve")
    assert (early.status_code, "Falta conferir" in early.text) == (422, True)
    assert "A nova carteirinha.</textarea>" in early.text
    for document in await desk.rows(Document):
        path = f"/protocols/{protocol.id}/documents/{document.id}/accept"
        await browser.post(path, request_key=key(), known="received")
    await decided(desk, browser, protocol, "approve", ready="A nova carteirinha, na recepção.")
    assert await stage_of(desk, protocol) == "waiting_beneficiary"
    assert "A nova carteirinha, na recepção" in (await browser.get(f"/protocols/{protocol.id}")).text
    await decided(desk, browser, protocol, "confirm")
    assert await stage_of(desk, protocol) == "done"
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert ("Decidir" in page, "Escrever à pessoa" in page) == (False, True)


async def test_a_change_of_holder_is_written_to_the_register(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await holder_change_of(desk, stage="original")
    for kind in ("rg", "cpf", "address_proof", "signed_form"):
        document = await document_of(desk, protocol, kind)
        path = f"/protocols/{protocol.id}/documents/{document.id}/accept"
        await browser.post(path, request_key=key(), known="received")
    answer = await decided(desk, browser, protocol, "finish")
    assert "Troca concluída" in answer.text
    holders = await desk.rows(Beneficiary, Beneficiary.full_name == "Débora Nunes Alves")
    assert [holder.standing for holder in holders] == ["holder"]


async def test_an_improper_charge_goes_to_finance_and_is_settled(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser)
    protocol = await dispute_of(desk)
    assert "Nunca fiz esse exame." in (await browser.get(f"/protocols/{protocol.id}")).text
    unsaid = await decided(desk, browser, protocol, "find_improper", finding="")
    assert unsaid.status_code == 422
    for move, fields, stage in (
        ("find_improper", {"finding": "O exame foi de outra pessoa."}, "discount_asked"),
        ("choose_future", {}, "with_finance"),
        ("settle", {"text": "Aparece na fatura de dezembro."}, "settled"),
    ):
        answer = await decided(desk, browser, protocol, move, **fields)
        assert (answer.status_code, await stage_of(desk, protocol)) == (200, stage)


async def test_a_valid_charge_takes_its_proof_along(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "medical_accounts")
    protocol = await dispute_of(desk)
    base = f"/protocols/{protocol.id}"
    form = {"seen": seen(await browser.get(base)), "finding": "Exame feito e assinado.", "place": "move-find_valid"}
    bad = await uploaded(browser, f"{base}/moves/find_valid", b"MZ not a picture", request_key=key(), **form)
    assert (bad.status_code, "Exame feito e assinado.</textarea>" in bad.text) == (422, True)
    good = await uploaded(browser, f"{base}/moves/find_valid", picture("Laudo"), request_key=key(), **form)
    assert good.status_code == 200
    [dispute] = await desk.rows(ChargeDispute)
    assert (dispute.ruling, dispute.proof_type) == ("valid", "image/jpeg")
    assert (await browser.get(f"{base}/files/proof")).content == picture("Laudo")


async def test_papers_from_the_counter_are_added_once_and_bad_ones_say_why(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "coming_of_age")
    path = f"/protocols/{protocol.id}/documents"
    bad = await uploaded(browser, path, b"", request_key=key(), kind="rg")
    assert bad.status_code == 422
    form = {"request_key": key(), "kind": "rg"}
    for _ in range(2):
        assert (await uploaded(browser, path, picture("RG"), **form)).status_code == 200
    [document] = await desk.rows(Document)
    assert (document.kind, document.given_by_kind, len(document.previews)) == ("rg", "attendant", 1)


async def test_an_upload_may_be_larger_than_a_form_and_not_larger_than_a_file(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "coming_of_age")
    path = f"/protocols/{protocol.id}/documents"
    large = await uploaded(browser, path, b"\0" * (1024 * 1024), request_key=key(), kind="rg")
    assert large.status_code == 422  # it came in whole, and is no document
    larger = await uploaded(browser, path, b"\0" * (17 * 1024 * 1024), request_key=key(), kind="rg")
    assert (larger.status_code, "grande demais" in larger.text) == (422, True)
    huge = await uploaded(browser, path, b"\0" * (33 * 1024 * 1024), request_key=key(), kind="rg")
    assert huge.status_code == 413


async def the_authorization(desk: Desk, open_browser: OpenBrowser) -> tuple[Browser, Authorization, str]:
    browser = await desk_of(desk, open_browser, "authorizations")
    async with desk.store.unit_of_work() as session:
        await catalogue.load(session)
    await desk.loads(load_procedures)
    [one] = await desk.rows(Authorization, Authorization.state == "in_audit")
    return browser, one, f"/protocols/{one.protocol_id}/authorizations/{one.id}"


async def test_a_denial_is_whole_signed_and_read_again_before_it_is_told(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, one, path = await the_authorization(desk, open_browser)
    denial = {"state": "denied", "known": "in_audit", "place": f"rule-{one.id}-denied", "reason": "Falta indicação.",
              "clause": "Cláusula 12", "name": "Dra. Salete Queirós"}  # fmt: skip
    unsigned = await browser.post(path, request_key=key(), **denial)
    assert (unsigned.status_code, "registro profissional com o estado" in unsigned.text) == (422, True)
    assert "Falta indicação.</textarea>" in unsigned.text
    again = await browser.post(path, request_key=key(), registration="CRM-MA 4207", **denial)
    assert (again.status_code, "Confira antes de negar" in again.text) == (200, True)
    assert (await desk.rows(Authorization, Authorization.id == one.id))[0].state == "in_audit"
    told = await browser.post(path, request_key=key(), registration="CRM-MA 4207", confirmed="1", **denial)
    assert "Negativa registrada" in told.text
    [now] = await desk.rows(Authorization, Authorization.id == one.id)
    assert (now.state, now.decided_by) == ("denied", "Dra. Salete Queirós, CRM-MA 4207")
    letter = await browser.get(f"{path}/letter")
    assert letter.headers["content-type"] == "application/pdf"


async def test_an_authorization_waits_for_a_document_and_is_approved(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, one, path = await the_authorization(desk, open_browser)
    unsaid = await browser.post(path, request_key=key(), known="in_audit", state="waiting_document", missing="")
    assert unsaid.status_code == 422
    form = {"known": "in_audit", "state": "waiting_document", "missing": "Laudo da ressonância"}
    assert "Documento pedido" in (await browser.post(path, request_key=key(), **form)).text
    stale = await browser.post(path, request_key=key(), known="in_audit", state="approved")
    assert stale.status_code == 409
    await browser.post(path, request_key=key(), known="waiting_document", state="in_audit")
    done = await browser.post(path, request_key=key(), known="in_audit", state="approved")
    assert "Guia autorizada" in done.text
    assert (await desk.rows(Authorization, Authorization.id == one.id))[0].state == "approved"


async def test_the_authorizations_board_shows_what_is_undecided(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, one, _ = await the_authorization(desk, open_browser)
    page = (await browser.get("/boards/authorizations")).text
    assert (f"card-{one.id}" in page, "OPME" in page, "Aguardando documento" in page) == (True, True, True)
    assert f"card-{one.id}" not in (await browser.get("/boards/authorizations?kind=simple")).text
    assert f"card-{one.id}" in (await browser.get("/boards/authorizations?q=fábio&stage=in_audit")).text
    [whose] = await desk.rows(Beneficiary, Beneficiary.id == one.beneficiary_id)
    dotted = f"{whose.cpf[:3]}.{whose.cpf[3:6]}.{whose.cpf[6:9]}-{whose.cpf[9:]}"
    for cpf in (whose.cpf, dotted):
        assert f"card-{one.id}" in (await browser.get(f"/boards/authorizations?q={cpf}")).text
    assert f"card-{one.id}" not in (await browser.get(f"/boards/authorizations?q={ANAS_CPF}")).text


async def test_what_is_decided_rings_pages_and_news(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    conversation = await desk.write(BRUNO, "oi")
    protocol = await coming_of_age_of(desk, stage="waiting_beneficiary", conversation=conversation)
    before = await desk.bell.last_event()
    await decided(desk, browser, protocol, "confirm")
    rang = await desk.bell.events_after(before, wait_seconds=0.1)
    assert {identifier for _, identifier in rang or []} == {str(conversation), str(protocol.id)}


async def test_a_reply_is_written_into_the_protocol_and_told(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await request_of(desk, "registration_update")
    await desk.change(Protocol, protocol.id, state="closed", stage="done", closed_at=await desk.now())
    page = await browser.get(f"/protocols/{protocol.id}")
    answer = await browser.post(
        f"/protocols/{protocol.id}/reply", request_key=key(), seen=seen(page), text="Seu cadastro já está em dia."
    )
    assert "a pessoa será avisada" in answer.text
    assert len(await desk.rows(Event, Event.kind == "protocol_answered")) == 1


async def test_the_operator_reads_and_decides_nothing(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, role="operator")
    protocol = await registration_of(desk)
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert ("Aceitar" in page, "Escrever à pessoa" in page, "Anexar documento" in page) == (False, False, False)
    document = (await desk.rows(Document))[0]
    path = f"/protocols/{protocol.id}/documents/{document.id}/accept"
    answer = await browser.post(path, request_key=key(), known="received")
    assert (answer.status_code, (await desk.rows(Document))[0].state) == (403, "received")
    assert (
        await uploaded(browser, f"/protocols/{protocol.id}/documents", picture(), request_key=key())
    ).status_code == 403


async def test_the_print_holds_what_the_person_may_read(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await coming_of_age_of(desk)
    await desk.add(ProtocolEntry(protocol_id=protocol.id, at=await desk.now(), actor_kind="attendant",
                                 actor_id=str(uuid4()), step="details", text="Veio nervosa ao balcão."))  # fmt: skip
    answer = await browser.get(f"/protocols/{protocol.id}/print")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    assert (protocol.number in text, "Ana Beatriz Rocha" in text, "nervosa" in text) == (True, True, False)
    assert len(await desk.rows(AuditRow, AuditRow.action == "console.print_protocol")) == 1


async def test_without_scripts_a_form_comes_back_to_the_page(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await coming_of_age_of(desk, stage="waiting_beneficiary", due=timedelta(days=1))
    page = await browser.get(f"/protocols/{protocol.id}")
    form = {"request_key": key(), "seen": seen(page), "csrf": browser.csrf, "board": "registration"}
    answer = await browser.client.post(f"/protocols/{protocol.id}/moves/confirm", data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/protocols/{protocol.id}?board=registration&done=1",
    )  # fmt: skip


async def test_a_move_that_is_not_possible_is_refused(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await coming_of_age_of(desk, stage="waiting_beneficiary")
    for move in ("approve", "expire", "nonsense"):
        assert (await decided(desk, browser, protocol, move, ready="x")).status_code == 422
    assert (await browser.get(f"/protocols/{uuid4()}")).status_code == 404


async def test_a_denial_is_looked_at_again_though_it_closed_its_protocol(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, one, path = await the_authorization(desk, open_browser)
    denial = {"state": "denied", "known": "in_audit", "reason": "Falta indicação.", "clause": "Cláusula 12",
              "name": "Dra. Salete Queirós", "registration": "CRM-MA 4207", "confirmed": "1"}  # fmt: skip
    await browser.post(path, request_key=key(), **denial)
    assert (await desk.rows(Protocol, Protocol.id == one.protocol_id))[0].state == "closed"
    review = await browser.post(path, request_key=key(), known="denied", state="in_audit")
    assert (review.status_code, "De volta à análise" in review.text) == (200, True)
    assert (await desk.rows(Authorization, Authorization.id == one.id))[0].state == "in_audit"


async def test_what_was_approved_is_performed_or_cancelled_afterwards(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, one, path = await the_authorization(desk, open_browser)
    await browser.post(path, request_key=key(), known="in_audit", state="approved")
    done = await browser.post(path, request_key=key(), known="approved", state="performed")
    assert (done.status_code, "Guia realizada" in done.text) == (200, True)
    assert (await desk.rows(Authorization, Authorization.id == one.id))[0].state == "performed"


@pytest.mark.parametrize("made", [coming_of_age_of, holder_change_of])
async def test_a_request_is_refused_with_a_reason_that_is_read_again_before_it_is_told(
    made: Callable[[Desk], Awaitable[Protocol]], desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await made(desk)
    empty = await decided(desk, browser, protocol, "refuse", place="move-refuse", reason=" ")
    assert (empty.status_code, "Por que não é possível: escreva" in empty.text) == (422, True)
    reason = "A certidão não confere com o cartório."
    again = await decided(desk, browser, protocol, "refuse", place="move-refuse", reason=reason)
    assert (again.status_code, "Confira antes de encerrar" in again.text) == (200, True)
    assert await stage_of(desk, protocol) == "in_review"
    assert not await desk.rows(Event, Event.protocol_id == protocol.id)
    told = await decided(desk, browser, protocol, "refuse", place="move-refuse", reason=reason, confirmed="1")
    assert (told.status_code, "Encerrado: a pessoa recebe o motivo." in told.text) == (200, True)
    assert await stage_of(desk, protocol) == "refused"
    [event] = await desk.rows(Event, Event.protocol_id == protocol.id)
    assert event.values["text"] == "request_refused"


async def test_a_withdrawal_that_the_desk_writes_down_is_told(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "registration")
    protocol = await registration_of(desk)
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert page.count("Registrar desistência…") == 1
    done = await decided(desk, browser, protocol, "record_withdrawal")
    assert (done.status_code, "Desistência registrada: a pessoa fica sabendo." in done.text) == (200, True)
    [event] = await desk.rows(Event, Event.protocol_id == protocol.id)
    assert (await stage_of(desk, protocol), event.values["text"]) == ("withdrawn", "withdrawn")


async def begun(browser: Browser, protocol: Protocol, **fields: str) -> httpx.Response:
    return await browser.post(f"/protocols/{protocol.id}/begin", request_key=key(), **fields)


async def test_a_charge_of_the_invoice_is_disputed_at_the_counter(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "medical_accounts")
    await desk.loads(load_invoices)
    protocol = await request_of(desk, "charge_dispute", CARLOS_CPF, stage="gathering")
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert "Uma cobrança da fatura…" in page
    line = page.split('name="item"')[1].split('<option value="')[2].split('"')[0]
    form = {"place": "begin-item", "item": line, "claim": "Nunca fiz isso.", "answer_by": "chat"}
    unsaid = await begun(browser, protocol, **{**form, "claim": " "})
    assert (unsaid.status_code, "Escreva o que há de errado com a cobrança." in unsaid.text) == (422, True)
    foreign = await begun(browser, protocol, **{**form, "item": "999999"})
    assert foreign.status_code == 422
    done = await begun(browser, protocol, **form)
    assert (done.status_code, "Contestação enviada para contas médicas." in done.text) == (200, True)
    [dispute] = await desk.rows(ChargeDispute)
    assert (str(dispute.item_id), dispute.claim) == (line, "Nunca fiz isso.")
    assert await stage_of(desk, protocol) == "in_analysis"


async def test_a_charge_that_is_on_no_invoice_is_disputed_in_words_and_asks_for_a_proof(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "medical_accounts")
    protocol = await request_of(desk, "charge_dispute", CARLOS_CPF, stage="gathering")
    form = {"place": "begin-words", "charge": "Taxa de adesão", "amount": "R$ 80,00", "claim": "Não contratei."}
    wrong = await begun(browser, protocol, **form, month="outubro")
    assert (wrong.status_code, "assim: 10/2026" in wrong.text) == (422, True)
    assert 'value="Taxa de adesão"' in wrong.text
    done = await begun(browser, protocol, **form, month="10/2026")
    assert done.status_code == 200
    [dispute] = await desk.rows(ChargeDispute)
    assert (dispute.charged_for, dispute.item_id) == ("Taxa de adesão (R$ 80,00)", None)
    assert (dispute.billing_month, await stage_of(desk, protocol)) == (date(2026, 10, 1), "in_analysis")
    bare = await decided(desk, browser, protocol, "find_valid", finding="Está certo.")
    assert (bare.status_code, "Envie o comprovante" in bare.text) == (422, True)


async def test_who_does_not_answer_for_the_contract_disputes_nothing_at_the_counter(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "medical_accounts")
    protocol = await request_of(desk, "charge_dispute", DEBORAS_CPF, stage="gathering")
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert ("não responde pelo contrato" in page, "Outra cobrança…" in page) == (True, False)
    answer = await begun(browser, protocol, charge="Mensalidade", claim="Está alta.")
    assert (answer.status_code, await desk.rows(ChargeDispute)) == (403, [])


async def test_a_procedure_is_asked_for_at_the_counter_once(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "authorizations")
    async with desk.store.unit_of_work() as session:
        await catalogue.load(session)
    protocol = await request_of(desk, "procedure_request", ANAS_CPF)
    page = (await browser.get(f"/protocols/{protocol.id}?q=ressonância do joelho")).text
    code = page.split('name="procedure" value="')[1].split('"')[0]
    form = {"place": "begin-procedure", "q": code, "procedure": code, "doctor": "Dra. Salete Queirós, CRM-MA 4207"}
    nothing = await begun(browser, protocol, **{**form, "procedure": ""})
    assert (nothing.status_code, "Procure e escolha o procedimento." in nothing.text) == (422, True)
    done = await begun(browser, protocol, **form, urgent="1")
    assert (done.status_code, "em análise. A pessoa vai saber." in done.text) == (200, True)
    [one] = await desk.rows(Authorization, Authorization.protocol_id == protocol.id)
    assert (one.procedure_code, one.requesting_doctor, one.state) == (code, form["doctor"], "in_audit")
    assert one.due_at <= one.requested_at
    assert len(await desk.rows(Event, Event.kind == "authorization_changed")) == 1
    assert "Qual procedimento" not in (await browser.get(f"/protocols/{protocol.id}")).text
    other = await request_of(desk, "procedure_request", ANAS_CPF)
    same = await begun(browser, other, **form)
    assert (same.status_code, "É outro pedido do mesmo procedimento" in same.text) == (409, True)
    assert (await begun(browser, other, **form, again="1")).status_code == 200


async def test_a_guia_without_audit_is_approved_at_the_counter(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await desk_of(desk, open_browser, "authorizations")
    async with desk.store.unit_of_work() as session:
        await catalogue.load(session)
    protocol = await request_of(desk, "procedure_request", ANAS_CPF)
    done = await begun(browser, protocol, procedure="40304361", doctor="")
    assert (done.status_code, ": autorizado. A pessoa vai saber." in done.text) == (200, True)


async def test_another_adults_proof_is_announced_and_takes_what_was_performed(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await desk_of(desk, open_browser, "medical_accounts")
    await desk.loads(load_invoices)
    protocol = await dispute_of(desk)
    debora = await desk.person(DEBORAS_CPF)
    carlos = await desk.person(CARLOS_CPF)
    [invoice, *_] = await desk.rows(Invoice, Invoice.contract_id == carlos.contract_id)
    line = InvoiceItem(
        invoice_id=invoice.id, description="Ressonância magnética do joelho", amount=Decimal("312.50"),
        beneficiary_id=debora.id, procedure_code="41101316",
    )  # fmt: skip
    await desk.add(line)
    await desk.change(ChargeDispute, protocol.id, about_id=debora.id, item_id=line.id, invoice_id=invoice.id)
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    assert f"O comprovante vai para {debora.shown_name}, sem valores" in page
    assert 'id="file-find_valid"' not in page
    form = {"finding": "O exame foi feito.", "performed_on": "2026-10-05", "provider": "Clínica Vida Plena",
            "authorization_number": "262780001234"}  # fmt: skip
    early = await decided(desk, browser, protocol, "find_valid", **{**form, "performed_on": "ontem"})
    assert early.status_code == 422
    assert (await decided(desk, browser, protocol, "find_valid", **form)).status_code == 200
    proof = await browser.get(f"/protocols/{protocol.id}/files/proof")
    words = pypdf.PdfReader(io.BytesIO(proof.content)).pages[0].extract_text()
    for text in ("05/10/2026", "Clínica Vida Plena", "262780001234"):
        assert text in words, text
    assert "312,50" not in words
