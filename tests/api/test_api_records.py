"""Authorizations, invoices, protocols and people, as other systems change and read them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.invoices.tables import Invoice
from backend.news import in_full
from backend.procedures.tables import Authorization
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.store.engine import Store
from handoff.api.tables import ApiCall
from tests.api.api_rig import (
    ANA,
    ANAS_CARD,
    BLOOD,
    BRUNO,
    CARLOS,
    MRI,
    System,
    audited,
    count,
    invoice_of,
    load_people,
    load_procedures,
    now_of,
    protocol_of,
    told,
    who,
)  # fmt: skip

IRENE_PAYS = "90010012974"
DENIAL = {
    "state": "denied", "reason": "O exame repete outro do mês passado.", "clause": "Cláusula 6.3",
    "decided_by": "Dra. Auditora, CRM-MA 1",
}  # fmt: skip


@pytest.fixture(autouse=True)
async def plan(store: Store) -> None:
    await load_people(store)
    await load_procedures(store)


def request_for(code: str = MRI, **more: Any) -> dict[str, Any]:
    return {"beneficiary": {"cpf": ANA}, "procedure_code": code, "requesting_doctor": "Dra. Helena Prado"} | more


async def requested(erp: System, code: str = MRI, **more: Any) -> dict[str, Any]:
    answer = await erp.post("/authorizations", request_for(code, **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_request_that_needs_audit_waits_for_the_auditor_under_a_protocol_and_the_person_is_told(
    erp: System, store: Store
) -> None:
    made = await requested(erp, beneficiary={"card_number": "0064 1000 0001 01"})
    assert made["state"] == "in_audit"
    assert made["title"] == "em análise"
    assert made["beneficiary"]["card_number"] == ANAS_CARD
    protocol = (await erp.get(f"/protocols/{made['protocol_number']}")).json()
    assert (protocol["kind"], protocol["team"]) == ("procedure_request", "authorizations")
    assert protocol["due_at"] == made["due_at"]
    [event] = await told(store, "authorization_changed")
    async with store.sessions() as session:
        full = await in_full(session, event, now=await now_of(store))
    assert full.name == "authorization_in_audit"


async def test_what_needs_none_is_approved_at_once_and_told_once(erp: System, store: Store) -> None:
    made = await requested(erp, BLOOD)
    assert made["state"] == "approved"
    assert made["valid_until"] > local(await now_of(store)).date().isoformat()
    assert [step["state"] for step in made["history"]] == ["requested", "approved"]
    assert len(await told(store, "authorization_changed")) == 1


async def test_urgent_goes_to_the_auditor_at_once(erp: System) -> None:
    made = await requested(erp, BLOOD, urgent=True)
    assert made["state"] == "in_audit"
    assert made["due_at"] <= made["requested_at"]


async def test_a_procedure_is_requested_once_under_a_protocol(erp: System, store: Store) -> None:
    first = await requested(erp)
    again = await requested(erp, protocol_number=first["protocol_number"])
    assert again["number"] == first["number"]
    assert await count(store, Authorization) == 1
    assert len(await told(store, "authorization_changed")) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"procedure_code": "99999999"}, 404),
        ({"procedure_code": "10101999"}, 422),
        ({"procedure_code": 41101316}, 422),
        ({"procedure_code": "4110131"}, 422),
        ({"beneficiary": {"cpf": "11111111111"}}, 422),
        ({"beneficiary": {"cpf": "12345678909"}}, 404),
        ({"beneficiary": {"cpf": IRENE_PAYS}}, 422),
        ({"beneficiary": {}}, 422),
        ({"beneficiary": {"cpf": ANA, "card_number": ANAS_CARD}}, 422),
        ({"requesting_doctor": "  "}, 422),
        ({"requesting_doctor": "nulo\x00"}, 422),
        ({"requesting_doctor": "\ud800"}, 422),
        ({"requesting_doctor": "x" * 2001}, 422),
        ({"urgent": "sim"}, 422),
        ({"urgent": 1}, 422),
        ({"protocol_number": "99999920200101000001"}, 404),
        ({"protocol_number": "1"}, 422),
        ({"campo": 1}, 422),
    ],
    ids=repr,
)
async def test_a_wrong_request_is_refused_and_leaves_nothing(
    change: dict[str, Any], status: int, erp: System, store: Store
) -> None:
    answer = await erp.post("/authorizations", request_for() | change)
    assert answer.status_code == status, answer.text
    for table in (Authorization, Protocol):
        assert await count(store, table) == 0
    assert await told(store, "authorization_changed") == []


async def test_somebody_elses_protocol_and_a_closed_one_are_refused(erp: System, store: Store) -> None:
    others = await protocol_of(store, CARLOS)
    assert (await erp.post("/authorizations", request_for(protocol_number=others.number))).status_code == 404
    closed = (await requested(erp, BLOOD))["protocol_number"]
    assert (await erp.post("/authorizations", request_for(protocol_number=closed))).status_code == 422


async def test_each_move_is_told_and_a_denial_carries_who_signed_it(erp: System, store: Store) -> None:
    path = f"/authorizations/{(await requested(erp))['number']}"
    waiting = await erp.post(f"{path}/state", {"state": "waiting_document", "missing": "laudo do exame anterior"})
    assert waiting.json()["missing"] == "laudo do exame anterior"
    assert (await erp.post(f"{path}/state", {"state": "in_audit"})).status_code == 200
    denied = (await erp.post(f"{path}/state", DENIAL)).json()
    assert {name: denied[name] for name in DENIAL} == DENIAL
    assert (await erp.get(path)).json() == denied
    assert len(await told(store, "authorization_changed")) == 4


@pytest.mark.parametrize(
    ("left_out", "refusal"),
    [("decided_by", (403, "not_allowed")), ("reason", (422, "invalid_input")), ("clause", (422, "invalid_input"))],
)
@pytest.mark.parametrize("empty", [True, False])
async def test_a_denial_without_a_person_a_reason_or_a_clause_is_refused(
    left_out: str, refusal: tuple[int, str], empty: bool, erp: System, store: Store
) -> None:
    path = f"/authorizations/{(await requested(erp))['number']}"
    denial = {name: value for name, value in DENIAL.items() if name != left_out} | ({left_out: " "} if empty else {})
    answer = await erp.post(f"{path}/state", denial)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert (await erp.get(path)).json()["state"] == "in_audit"
    assert len(await told(store, "authorization_changed")) == 1


@pytest.mark.parametrize(
    "move",
    [
        {"state": "performed"}, {"state": "in_audit"}, {"state": "expired"}, {"state": None}, {},
        {"state": "waiting_document"}, {"state": "approved", "valid_until": "2020-01-01"},
        {"state": "cancelled", "valid_until": "2099-01-01"}, {"state": "approved", "valid_until": "amanhã"},
        {"state": "approved", "valid_until": 20990101}, {"state": "approved", "valid_until": "2099-02-30"},
    ],
    ids=repr,
)  # fmt: skip
async def test_a_wrong_move_changes_nothing(move: dict[str, Any], erp: System) -> None:
    path = f"/authorizations/{(await requested(erp))['number']}"
    answer = await erp.post(f"{path}/state", move)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert (await erp.get(path)).json()["state"] == "in_audit"


async def test_the_list_of_authorizations_comes_in_pages_by_term(erp: System, store: Store) -> None:
    numbers = {(await requested(erp, beneficiary={"cpf": cpf}))["number"] for cpf in (ANA, BRUNO, CARLOS)}
    await requested(erp, BLOOD)
    seen, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = (await erp.get("/authorizations", state="in_audit", limit=2, **more)).json()
        seen += [each["number"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 3
    assert set(seen) == numbers
    now = await now_of(store)
    soon = (await erp.get("/authorizations", due_before=now.isoformat().replace("+00:00", "Z"))).json()
    assert soon["items"] == []
    assert (await erp.get("/authorizations", due_before="2099-01-01T00:00:00Z")).json()["items"]


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/authorizations", {"due_before": "2026-01-01"}),
        ("/authorizations", {"due_before": "2026-01-01T00:00:00"}),
        ("/authorizations", {"due_before": "1"}),
        ("/authorizations", {"state": "expired"}),
        ("/authorizations", {"limit": 0}),
        ("/authorizations", {"limit": 1000}),
        ("/authorizations", {"cursor": "nada"}),
        ("/authorizations", {"cursor": "é\x00"}),
        ("/protocols", {"cursor": "MTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"}),
        ("/protocols", {"team": "a'b"}),
        ("/providers", {"cursor": "MQ"}),
        ("/authorizations/1", {}),
        ("/invoices/0", {}),
        ("/invoices/99999999999999999999", {}),
        ("/protocols/abc", {}),
        ("/agenda/appointments", {"day": "2026-13-01"}),
        ("/agenda/appointments", {"day": "0001-01-01"}),
    ],
)
async def test_a_question_that_is_none_is_refused(path: str, params: dict[str, object], erp: System) -> None:
    assert (await erp.get(path, **params)).status_code == 422


async def test_an_invoice_is_issued_withheld_paid_reopened_and_cancelled_and_each_change_is_told(
    erp: System, store: Store
) -> None:
    wanted = {
        "contract_number": "10000001", "billing_month": "2026-12", "due_on": "2026-12-10",
        "items": [
            {"description": "Mensalidade", "amount": "389.90"},
            {"description": "Coparticipação", "amount": "20.1", "procedure_code": BLOOD,
             "beneficiary_id": str((await who(store, BRUNO)).id)},
        ],
    }  # fmt: skip
    made = (await erp.post("/invoices", wanted)).json()
    assert (made["amount"], made["billing_month"], made["state"]) == ("410.00", "2026-12", "open")
    path = f"/invoices/{made['number']}"
    withheld = await erp.call("PUT", f"{path}/slip-withheld", {"reason": "Débito em conta não realizado"})
    assert withheld.json()["slip_withheld"] == "Débito em conta não realizado"
    paid = await erp.post(f"{path}/payments", {"paid_on": "2026-11-10", "amount": "410.00", "means": "slip"})
    assert (paid.json()["state"], paid.json()["paid_amount"]) == ("paid", "410.00")
    assert (await erp.post(f"{path}/reopen", {"reason": "payment_returned"})).json()["state"] == "open"
    assert (await erp.post(f"{path}/cancel", {"reason": "charged_twice"})).json()["state"] == "cancelled"
    ana = await who(store, ANA)
    events = await told(store, "invoice_changed")
    assert [event.values["change"] for event in events] == ["issued", "paid", "reopened", "cancelled"]
    assert {event.beneficiary_id for event in events} == {ana.id}  # never the dependent: rule 3
    assert (await erp.get(path)).json()["items"][1]["procedure_code"] == BLOOD


async def test_an_invoice_is_excused_and_a_hospital_stay_is_noted_and_neither_is_told(
    erp: System, store: Store
) -> None:
    invoice = await invoice_of(store, ANA, month=date(2026, 12, 1))
    path = f"/invoices/{invoice.number}/excused"
    excused = await erp.call("PUT", path, {"reason": "Boleto enviado com código inválido"})
    assert excused.json()["excused"] == "Boleto enviado com código inválido"
    assert (await erp.call("PUT", path, {"reason": ""})).json()["excused"] == ""
    stay = {"person": {"cpf": ANA}, "since": "2026-11-02"}
    assert (await erp.call("PUT", "/beneficiaries/hospital-stay", stay)).status_code == 200
    assert (await who(store, ANA)).in_hospital_since == date(2026, 11, 2)
    assert (await erp.call("PUT", "/beneficiaries/hospital-stay", stay | {"since": "2099-01-01"})).status_code == 422
    await erp.call("PUT", "/beneficiaries/hospital-stay", stay | {"since": None})
    assert (await who(store, ANA)).in_hospital_since is None
    assert [event.values["change"] for event in await told(store, "invoice_changed")] == ["issued"]


async def test_a_month_has_one_invoice_that_is_not_cancelled(erp: System, store: Store) -> None:
    await invoice_of(store, ANA, month=date(2026, 12, 1))
    wanted = {
        "contract_number": "10000001", "billing_month": "2026-12", "due_on": "2026-12-10",
        "items": [{"description": "Mensalidade", "amount": "389.90"}],
    }  # fmt: skip
    answer = await erp.post("/invoices", wanted)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Esse contrato já tem fatura de 12/2026."
    assert await count(store, Invoice) == 1


@pytest.mark.parametrize(
    "amount", ["-1.00", "0", "0.00", "1.001", "1,50", "R$ 1", "", "1e3", "NaN", 389.9, 389, True, None, "9" * 20]
)
async def test_an_amount_is_a_positive_decimal_in_a_string(amount: object, erp: System, store: Store) -> None:
    invoice = await invoice_of(store, ANA)
    body = {"paid_on": "2026-07-08", "amount": amount, "means": "pix"}
    answer = await erp.post(f"/invoices/{invoice.number}/payments", body)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["body.amount"]
    assert (await erp.get(f"/invoices/{invoice.number}")).json()["state"] == "open"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"contract_number": "nenhum"}, 404),
        ({"billing_month": "2026-13"}, 422),
        ({"billing_month": "2026-12-01"}, 422),
        ({"items": []}, 422),
        ({"items": [{"description": "x", "amount": "1.00", "procedure_code": "00000000"}]}, 422),
        (
            {
                "items": [
                    {"description": "x", "amount": "1.00", "beneficiary_id": "01a2033b-8e70-77e2-95d2-8bdec59306b6"}
                ]
            },
            422,
        ),
        ({"items": [{"description": "x", "amount": "1.00", "beneficiary_id": "nada"}]}, 422),
        ({"items": [{"description": "x\x00", "amount": "1.00"}]}, 422),
        ({"items": [{"description": "x", "amount": "999999999.99"}] * 200}, 422),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_wrong_invoice_is_refused_and_leaves_nothing(
    change: dict[str, Any], status: int, erp: System, store: Store
) -> None:
    wanted = {
        "contract_number": "10000001", "billing_month": "2026-12", "due_on": "2026-12-10",
        "items": [{"description": "Mensalidade", "amount": "389.90"}],
    }  # fmt: skip
    assert (await erp.post("/invoices", wanted | change)).status_code == status
    assert await count(store, Invoice) == 0


async def test_an_answer_under_a_protocol_is_written_down_and_told(erp: System, store: Store) -> None:
    protocol = await protocol_of(store, ANA)
    answer = await erp.post(f"/protocols/{protocol.number}/replies", {"text": "O laudo chegou.\nObrigada."})
    assert answer.json() == {"number": protocol.number, "to_be_told": True}
    history = (await erp.get(f"/protocols/{protocol.number}")).json()["history"]
    assert [(line["step"], line["text"], line["actor"]) for line in history][-1] == (
        "reply", "O laudo chegou.\nObrigada.", "system",
    )  # fmt: skip
    [event] = await told(store, "protocol_answered")
    async with store.sessions() as session:
        full = await in_full(session, event, now=await now_of(store))
    assert full.values == {"number": protocol.number, "reply": "O laudo chegou.\nObrigada."}
    nobodys = await protocol_of(store, None, key="nobody")
    assert (await erp.post(f"/protocols/{nobodys.number}/replies", {"text": "Oi"})).json()["to_be_told"] is False


async def test_protocols_are_followed_by_cursor_in_the_order_of_their_last_change(erp: System, store: Store) -> None:
    first, second, third = [await protocol_of(store, ANA, key=f"p{n}") for n in range(3)]
    page = (await erp.get("/protocols", limit=2)).json()
    assert [each["number"] for each in page["items"]] == [first.number, second.number]
    rest = (await erp.get("/protocols", cursor=page["next_cursor"])).json()
    assert [each["number"] for each in rest["items"]] == [third.number]
    assert (await erp.get("/protocols", cursor=rest["next_cursor"])).json()["items"] == []
    await erp.post(f"/protocols/{first.number}/replies", {"text": "Está pronto."})
    news = (await erp.get("/protocols", cursor=rest["next_cursor"])).json()
    assert [each["number"] for each in news["items"]] == [first.number]
    [row, *_] = reversed(await audited(store, "api.list_protocols"))
    assert row.details == {"ids": [str(first.id)]}


async def test_protocols_are_filtered_by_team_state_and_time(erp: System, store: Store) -> None:
    await protocol_of(store, ANA, kind="debt", key="debt")
    for params, found in (
        ({"team": "collections"}, 1), ({"team": "finance"}, 0), ({"state": "open"}, 1), ({"state": "closed"}, 0),
        ({"changed_since": "2099-01-01T00:00:00Z"}, 0), ({"changed_since": "2020-01-01T00:00:00-03:00"}, 1),
    ):  # fmt: skip
        assert len((await erp.get("/protocols", **params)).json()["items"]) == found, params


@pytest.mark.parametrize("number", [{"cpf": "529.982.247-25"}, {"card_number": "0064 1000 0001 01"}])
async def test_registration_data_are_found_and_each_look_is_on_record(
    number: dict[str, str], erp: System, store: Store
) -> None:
    answer = await erp.post("/beneficiaries/lookup", number)
    person: dict[str, Any] = answer.json()
    assert (person["full_name"], person["standing"]) == ("Ana Beatriz Rocha", "holder")
    assert person["contract_number"] == "10000001"
    assert person["phones"] == ["+5598988000001"]
    assert "Lúcia" not in answer.text  # the mother's name proves identity
    [row] = await audited(store, "api.find_beneficiary")
    assert row.subject_id == person["id"] == str((await who(store, ANA)).id)


async def test_who_is_not_found_is_on_record_too(erp: System, store: Store) -> None:
    assert (await erp.post("/beneficiaries/lookup", {"cpf": "12345678909"})).status_code == 404
    [row] = await audited(store, "api.refused")
    assert (row.subject_id, row.details["status"]) == ("find_beneficiary", 404)
    assert "12345678909" not in str(row.details)


async def test_a_look_up_needs_no_key_and_stores_no_answer(erp: System, store: Store) -> None:
    answer = await erp.client.post(
        "/api/v1/beneficiaries/lookup", json={"cpf": ANA}, headers={"Authorization": f"Bearer {erp.token}"}
    )
    assert answer.status_code == 200
    assert await count(store, ApiCall) == 0
