"""Idempotency keys: once for a key, the same answer again, whatever happens at the same time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.invoices.tables import Invoice
from backend.store.clock import set_offset
from backend.store.engine import Store
from handoff.api import calls, systems
from handoff.api.tables import ApiCall
from tests.api.api_rig import (
    ANA,
    OpenSystem,
    System,
    audited,
    count,
    invoice_of,
    load_people,
    now_of,
    protocol_of,
    told,
)

PAID = {"paid_on": "2026-07-08", "amount": "389.90", "means": "pix"}


@pytest.fixture
async def invoice(store: Store) -> Invoice:
    await load_people(store)
    return await invoice_of(store, ANA)


async def payments(store: Store) -> list[object]:
    return [event for event in await told(store, "invoice_changed") if event.values["change"] == "paid"]


async def test_the_same_key_gives_the_first_answer_again_and_nothing_is_told_twice(
    erp: System, store: Store, invoice: Invoice
) -> None:
    path = f"/invoices/{invoice.number}/payments"
    first = await erp.post(path, PAID, key="payment-1")
    assert first.status_code == 200
    assert calls.REPLAYED not in first.headers
    for body in (PAID, dict(reversed(PAID.items()))):
        again = await erp.post(path, body, key="payment-1")
        assert again.status_code == 200
        assert again.headers[calls.REPLAYED] == "true"
        assert again.json() == first.json()
    assert len(await payments(store)) == 1
    assert len(await audited(store, "invoices.paid")) == 1
    assert len(await audited(store, "api.replay")) == 2


async def test_a_created_answer_comes_back_as_created(erp: System, store: Store) -> None:
    await load_people(store)
    protocol = await protocol_of(store, ANA)
    path = f"/protocols/{protocol.number}/replies"
    answers = [await erp.post(path, {"text": "Está pronto."}, key="r") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(await told(store, "protocol_answered")) == 1


@pytest.mark.parametrize("other", ["body", "path", "method"])
async def test_the_same_key_for_another_request_is_refused(
    other: str, erp: System, store: Store, invoice: Invoice
) -> None:
    path = f"/invoices/{invoice.number}"
    assert (await erp.post(f"{path}/payments", PAID, key="k")).status_code == 200
    if other == "body":
        answer = await erp.post(f"{path}/payments", PAID | {"amount": "389.91"}, key="k")
    elif other == "path":
        answer = await erp.post(f"{path}/reopen", {"reason": "payment_returned"}, key="k")
    else:
        answer = await erp.call("PUT", f"{path}/slip-withheld", {"reason": ""}, key="k")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert (await erp.get(path)).json()["state"] == "paid"


async def test_twenty_at_once_with_one_key_are_carried_out_once(erp: System, store: Store, invoice: Invoice) -> None:
    path = f"/invoices/{invoice.number}/payments"
    answers = await asyncio.gather(*(erp.post(path, PAID, key="one") for _ in range(20)))
    carried_out = [a for a in answers if a.status_code == 200 and calls.REPLAYED not in a.headers]
    assert len(carried_out) == 1
    for answer in answers:
        assert answer.status_code in {200, 409}
        if answer.status_code == 409:
            assert answer.json()["code"] == "call_under_way"
            assert answer.headers["retry-after"] == "1"
    assert len(await payments(store)) == 1
    assert (await erp.post(path, PAID, key="one")).headers[calls.REPLAYED] == "true"


async def test_a_call_under_way_holds_its_key_until_its_answer_can_be_seen(
    erp: System, store: Store, invoice: Invoice
) -> None:
    path = f"/invoices/{invoice.number}/payments"
    async with store.sessions() as other:
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"api:{erp.id}:held", 0))
        await other.execute(select(lock))
        assert (await erp.post(path, PAID, key="held")).json()["code"] == "call_under_way"
        assert (await erp.post(path, PAID, key="another")).status_code == 200
    assert await count(store, ApiCall) == 1


async def test_a_refused_call_is_not_stored_and_its_key_can_be_used_again(
    erp: System, store: Store, invoice: Invoice
) -> None:
    path = f"/invoices/{invoice.number}/payments"
    refused = await erp.post(path, PAID | {"paid_on": "2099-01-01"}, key="k")
    assert refused.status_code == 422
    assert await count(store, ApiCall) == 0
    assert await audited(store, "invoices.paid") == []
    assert [row.details for row in await audited(store, "api.refused")] == [{"status": 422, "code": "invalid_input"}]
    assert (await erp.post(path, PAID, key="k")).status_code == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 129, "chave-é"])
async def test_a_key_that_is_none_is_refused(key: str, erp: System, store: Store, invoice: Invoice) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")} if key else {"Idempotency-Key": ""}
    answer = await erp.call("POST", f"/invoices/{invoice.number}/payments", PAID, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_missing"
    assert await payments(store) == []


async def test_two_systems_keys_do_not_meet(
    erp: System, open_system: OpenSystem, store: Store, invoice: Invoice
) -> None:
    other = await open_system(name="ledger")
    path = f"/invoices/{invoice.number}/slip-withheld"
    assert (await erp.call("PUT", path, {"reason": "Débito em conta"}, key="k")).status_code == 200
    assert (await other.call("PUT", path, {"reason": ""}, key="k")).json()["slip_withheld"] == ""


async def test_answers_are_kept_for_seven_days_and_go_with_the_first_call_after(
    erp: System, store: Store, invoice: Invoice
) -> None:
    path = f"/invoices/{invoice.number}/slip-withheld"
    await erp.call("PUT", path, {"reason": "Débito em conta"}, key="old")
    async with store.unit_of_work() as session:
        old = await now_of(store) - systems.ANSWERS_KEPT - timedelta(minutes=1)
        await session.execute(update(ApiCall).values(at=old))
    assert (await erp.get("/providers")).status_code == 200
    assert await count(store, ApiCall) == 1  # the same day
    async with store.unit_of_work() as session:
        await set_offset(session, ahead=timedelta(days=1))
    assert (await erp.get("/providers")).status_code == 200
    assert await count(store, ApiCall) == 0


async def test_calls_are_on_record_with_their_system_and_whom_they_were_about(
    erp: System, store: Store, invoice: Invoice
) -> None:
    await erp.get(f"/invoices/{invoice.number}")
    await erp.post(f"/invoices/{invoice.number}/payments", PAID)
    for action in ("api.read_invoice", "api.pay_invoice", "invoices.paid"):
        [row] = await audited(store, action)
        assert (row.actor_kind, row.actor_id) == ("system", str(erp.id))
        assert (row.subject_kind, row.subject_id) == ("invoice", str(invoice.id))
