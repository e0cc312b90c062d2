"""What holds for every address of the API: tokens, scopes, the description, problems."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from backend.actor import SYSTEM
from backend.store.bell import Bell
from backend.store.engine import Store
from handoff.api import people, systems
from handoff.api.application import create_api, mount_api
from handoff.api.calls import LARGEST_BODY
from handoff.api.tables import ApiCall
from tests.api.api_rig import OpenSystem, System, audited, count, now_of

API = create_api().openapi()
OPERATIONS = [
    (method.upper(), path, described) for path, methods in API["paths"].items() for method, described in methods.items()
]
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
ASKS_BY_POST = {("POST", "/beneficiaries/lookup")}
WITH_BODY = [one for one in OPERATIONS if "requestBody" in one[2]]
named = pytest.mark.parametrize(("method", "path", "described"), OPERATIONS, ids=[f"{m} {p}" for m, p, _ in OPERATIONS])


def filled(path: str) -> str:
    numbers = {"/authorizations": "263420000017", "/invoices": "10000001", "/protocols": "99999920261122000069"}
    for start, number in numbers.items():
        if path.startswith(start):
            path = path.replace("{number}", number)
    return re.sub(r"\{\w+\}", str(uuid4()), path)


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "code", "detail", "errors"} == set(problem)
    assert problem["status"] == answer.status_code
    return problem


def test_the_description_names_every_route_that_answers() -> None:
    assert len(OPERATIONS) == 22
    assert all(set(described["operationId"]) <= set("abcdefghijklmnopqrstuvwxyz_") for _, _, described in OPERATIONS)


async def test_without_a_token_nothing_is_answered(client: httpx.AsyncClient, store: Store) -> None:
    headers = ({}, {"Authorization": "Bearer nada"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "})
    for method, path, _ in OPERATIONS:
        for header in headers:
            answer = await client.request(method, f"/api/v1{filled(path)}", headers=header, content=b"{")
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
            assert problem_of(answer)["code"] == "unauthenticated"


async def test_without_its_scope_nothing_is_answered_and_that_it_was_tried_is_on_record(
    open_system: OpenSystem, store: Store
) -> None:
    for left_out in systems.SCOPES:
        others = [scope for scope in systems.SCOPES if scope != left_out]
        system = await open_system(*others, name=f"sem-{left_out.replace(':', '-')}")
        for method, path, described in OPERATIONS:
            if described["security"] == [{"token": [left_out]}]:
                answer = await system.call(method, filled(path), content=b"{")
                assert answer.status_code == 403, path
                assert problem_of(answer)["code"] == "scope_missing"
                assert f'scope="{left_out}"' in answer.headers["www-authenticate"]
    rows = await audited(store, "api.refused")
    assert sorted(row.subject_id for row in rows) == sorted(one["operationId"] for _, _, one in OPERATIONS)
    assert all(row.actor_kind == "system" and row.details["code"] == "scope_missing" for row in rows)


async def test_with_its_scope_alone_a_call_gets_past_the_door(open_system: OpenSystem) -> None:
    for scope in systems.SCOPES:
        system = await open_system(scope, name=f"so-{scope.replace(':', '-')}")
        for method, path, described in OPERATIONS:
            if described["security"] == [{"token": [scope]}]:
                assert (await system.call(method, filled(path))).status_code in {200, 404, 422}, path


@named
def test_every_operation_says_what_it_does_what_it_needs_and_how_it_fails(
    method: str, path: str, described: dict[str, Any]
) -> None:
    assert described["summary"]
    assert len(described["description"]) > 15
    assert described["tags"][0] in {tag["name"] for tag in API["tags"]}
    [[scope]] = [requirement["token"] for requirement in described["security"]]
    assert scope in systems.SCOPES
    assert {"400", "401", "403", "404", "409", "413", "422", "503"} <= described["responses"].keys()
    for status, response in described["responses"].items():
        media = "application/json" if status < "300" else "application/problem+json"
        assert response["content"][media]["schema"]["$ref"].split("/")[-1] in API["components"]["schemas"]
    keyed = [each for each in described.get("parameters", ()) if each["name"] == "Idempotency-Key"]
    changes = method in CHANGING and (method, path) not in ASKS_BY_POST
    assert [each["required"] for each in keyed] == ([True] if changes else [])
    assert scope.endswith(":write") == changes


def test_every_reference_of_the_description_leads_somewhere() -> None:
    found = set(re.findall(r"#/components/schemas/(\w+)", str(API)))
    assert found == API["components"]["schemas"].keys() & found
    assert API["components"]["schemas"].keys() - found == set()
    assert API["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for name, schema in API["components"]["schemas"].items():
        assert schema["description"], name


async def test_the_description_is_open_to_everybody_and_holds_no_data(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    description = answer.json()
    assert description["openapi"].startswith("3.1")
    assert description["servers"] == [{"url": "/api/v1"}]
    assert description["paths"].keys() == API["paths"].keys()
    for closed in ("/api/v1/docs", "/api/v1/redoc", "/api/v1/docs/oauth2-redirect"):
        assert (await client.get(closed)).status_code == 404


async def test_a_token_is_shown_once_and_only_its_digest_is_kept(store: Store, erp: System) -> None:
    async with store.sessions() as session:
        [kept] = await systems.every_system(session)
    assert len(erp.token) > 40
    assert (await erp.get("/nada")).status_code == 404
    assert erp.token not in str(vars(kept))
    assert kept.last_used_at is None
    answer = await erp.get("/providers")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    async with store.sessions() as session:
        [kept] = await systems.every_system(session)
    assert kept.last_used_at is not None


async def test_a_revoked_token_is_worth_nothing(store: Store, erp: System) -> None:
    assert (await erp.get("/providers")).status_code == 200
    async with store.unit_of_work() as session:
        await systems.revoke(session, name="erp", actor=SYSTEM, now=await now_of(store))
    assert (await erp.get("/providers")).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 422), (b"[]", 422), (b"null", 422), (b'"texto"', 422), (b'{"a": "\xff"}', 400),
        (b'{"nada": 1}', 422), (b"[" * 100_000, 400), (b'{"a": ' + b"9" * 5000 + b"}", 400),
        (b" " * (LARGEST_BODY + 1), 413),
    ],
    ids=["empty", "cut", "list", "null", "text", "no unicode", "unknown field", "deep", "long number", "huge"],
)  # fmt: skip
async def test_a_body_that_is_none_is_a_clear_error_and_stores_nothing(
    body: bytes, status: int, erp: System, store: Store
) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        yield body[:100]
        yield body[100:]

    for method, path, _ in WITH_BODY:
        for content in (body, in_pieces()):
            sent = await erp.call(method, filled(path), content=content, headers={"Content-Type": "application/json"})
            assert sent.status_code == status, path
            problem_of(sent)
    assert await count(store, ApiCall) == 0


async def test_other_types_than_json_are_refused(erp: System) -> None:
    answer = await erp.call(
        "POST", "/beneficiaries/lookup", content=b'{"cpf": "1"}', headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 422


async def test_what_does_not_exist_is_a_problem_too(erp: System) -> None:
    assert problem_of(await erp.get("/nada"))["code"] == "no_such_address"
    assert problem_of(await erp.call("PATCH", "/invoices/10000001"))["code"] == "method_not_allowed"
    assert (await erp.get("/protocols/")).status_code == 404


async def test_an_error_repeats_nothing_of_what_was_sent(erp: System) -> None:
    answer = await erp.post("/beneficiaries/lookup", {"cpf": "segredo segredo", "card_number": 64})
    problem = problem_of(answer)
    assert {each["field"] for each in problem["errors"]} == {"body.cpf", "body.card_number"}
    assert "segredo" not in answer.text


async def test_a_fault_of_ours_shows_nothing_of_itself_and_leaves_nothing(
    erp: System, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> object:
        raise RuntimeError("segredo")

    monkeypatch.setattr(people, "find", broken)
    body = {"beneficiary": {"cpf": "52998224725"}, "procedure_code": "41101316", "requesting_doctor": "Dra. Helena"}
    answer = await erp.post("/authorizations", body)
    assert answer.status_code == 500
    assert problem_of(answer)["code"] == "error"
    assert "segredo" not in answer.text
    assert await count(store, ApiCall) == 0


async def test_a_database_that_is_away_is_said_so(bell: Bell) -> None:
    app, away = FastAPI(), Store("postgresql://nobody@127.0.0.1:9/nothing")
    app.state.store, app.state.bell = away, bell
    mount_api(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test") as client:
        answer = await client.get("/api/v1/providers", headers={"Authorization": "Bearer algum"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert problem_of(answer)["code"] == "unavailable"
    await away.close()


@pytest.mark.parametrize("name", ["", "ERP", "a b", "x" * 50, "-erp"])
async def test_a_systems_name_is_plain(name: str, store: Store, open_system: OpenSystem) -> None:
    with pytest.raises(Exception, match="system's name"):
        await open_system("agenda:read", name=name)


async def test_unknown_scopes_and_taken_names_are_refused(open_system: OpenSystem) -> None:
    with pytest.raises(Exception, match="scopes"):
        await open_system("tudo")
    await open_system("agenda:read")
    with pytest.raises(Exception, match="taken"):
        await open_system("agenda:read")
