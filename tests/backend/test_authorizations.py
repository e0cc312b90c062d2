"""Authorizations: requested, moved by whom may move them, told once, found again, and told in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import demo
from backend.actor import ASSISTANT, SYSTEM, Actor, attendant, person
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.errors import InvalidInput, NotAllowed
from backend.events import Event
from backend.procedures import catalogue, states, verbs
from backend.procedures.rules import business_days_until
from backend.procedures.states import TRANSITIONS, Move, check, number_in
from backend.procedures.status import status_of
from backend.procedures.tables import Authorization
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # a Monday, ten in the morning in São Luís
AUDITOR = attendant("auditor-1")
ANA, BRUNO, CARLOS, FABIO = "52998224725", "11144477735", "39053344705", "86288366757"
MRI, KNEE, VISIT, BLOOD, BLEACH = "41101316", "30726034", "10101012", "40304361", "85100030"


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await catalogue.load(session)
        yield session


async def who(session: AsyncSession, cpf: str) -> Beneficiary:
    return (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()


async def opened(session: AsyncSession, store: Store, cpf: str, key: str) -> Protocol:
    return await protocols.open_protocol(
        session, store, kind=KINDS["procedure_request"], request_key=key, conversation_id=None,
        beneficiary_id=(await who(session, cpf)).id, actor=ASSISTANT, now=NOW,
    )  # fmt: skip


async def ask(
    session: AsyncSession, cpf: str, code: str, *, protocol: Protocol | None = None, urgent: bool = False,
    now: datetime = NOW,
) -> Authorization:  # fmt: skip
    return await verbs.request_authorization(
        session, person=await who(session, cpf), procedure=await catalogue.get(session, code), protocol=protocol,
        urgent=urgent, actor=ASSISTANT, now=now,
    )  # fmt: skip


async def go(
    session: AsyncSession, authorization: Authorization, state: str, *, actor: Actor = AUDITOR, now: datetime = NOW,
    **given: object,
) -> None:  # fmt: skip
    await verbs.move(
        session, authorization=authorization, state=state, text="", actor=actor, now=now,
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


UNSIGNED = {"reason": "O exame repete outro do mês passado.", "clause": "Cláusula 6.3"}
DENIAL = UNSIGNED | {"decided_by": "Dra. Auditora, CRM-MA 1"}
ALLOWED = {(present, to) for present, all_of_them in TRANSITIONS.items() for to in all_of_them}


@pytest.mark.parametrize(("present", "to"), list(product(TRANSITIONS, TRANSITIONS)))
def test_only_the_tables_moves_pass_and_the_others_say_why_in_portuguese(present: str, to: str) -> None:
    wanted = Move(to, missing="laudo", **DENIAL)
    if (present, to) in ALLOWED:
        check(present, wanted, AUDITOR)
        return
    with pytest.raises(InvalidInput) as refused:
        check(present, wanted, AUDITOR)
    assert states.TITLES[present] in refused.value.message


def test_a_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput):
        check("in_audit", Move("expired"), AUDITOR)


@pytest.mark.parametrize(
    ("actor", "move", "error"),
    [
        (ASSISTANT, Move("denied", **UNSIGNED), NotAllowed),
        (SYSTEM, Move("denied", **UNSIGNED), NotAllowed),
        (person("c-1"), Move("denied", **DENIAL), NotAllowed),
        (person("c-1"), Move("denied", **UNSIGNED), NotAllowed),
        (AUDITOR, Move("denied", **UNSIGNED), InvalidInput),
        (person("c-1"), Move("approved"), NotAllowed),
        (AUDITOR, Move("denied", reason=" ", clause="Cláusula 8.2"), InvalidInput),
        (AUDITOR, Move("denied", reason="Já foi feito."), InvalidInput),
        (SYSTEM, Move("denied", decided_by="Dra. Auditora", reason="Já foi feito."), InvalidInput),
        (AUDITOR, Move("waiting_document"), InvalidInput),
        (AUDITOR, Move("denied", **DENIAL), None),
        (SYSTEM, Move("denied", **DENIAL), None),
        (person("c-1"), Move("cancelled"), None),
        (ASSISTANT, Move("approved"), None),
    ],
)
def test_a_denial_needs_a_person_a_reason_and_a_clause(actor: Actor, move: Move, error: type[Exception] | None) -> None:
    if error is None:
        check("in_audit", move, actor)
        return
    with pytest.raises(error):
        check("in_audit", move, actor)


@pytest.mark.parametrize(
    ("code", "urgent", "state", "due"),
    [
        (MRI, False, "in_audit", date(2026, 11, 30)),
        (KNEE, False, "in_audit", date(2026, 12, 7)),  # OPME: ten business days
        (BLOOD, False, "requested", date(2026, 11, 26)),  # laboratory: three
        (BLEACH, False, "in_audit", date(2026, 11, 30)),  # not covered, but no program says so
        (BLOOD, True, "in_audit", date(2026, 11, 23)),
    ],
)
async def test_the_rule_decides_where_a_request_begins_and_until_when(
    session: AsyncSession, code: str, urgent: bool, state: str, due: date
) -> None:
    authorization = await ask(session, ANA, code, urgent=urgent)
    assert authorization.state == state
    assert local(authorization.due_at).date() == due
    assert urgent or f"{local(authorization.due_at):%H:%M:%S}" == "23:59:59"
    assert len(authorization.number) == 12
    assert number_in(f"minha guia é {authorization.number}, saiu?") == authorization.number


async def test_one_procedure_is_requested_once_under_a_protocol(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store, ANA, "k-1")
    first, again = await ask(session, ANA, MRI, protocol=protocol), await ask(session, ANA, MRI, protocol=protocol)
    other = await ask(session, ANA, KNEE, protocol=protocol)
    assert first.id == again.id != other.id
    assert protocol.due_at == other.due_at
    assert [step.state for step in await verbs.steps(session, first.id)] == ["in_audit"]
    entries = await protocols.history(session, protocol.id)
    assert [entry.step for entry in entries] == ["opened", "authorization_in_audit", "authorization_in_audit"]
    assert first.number in entries[1].text


async def test_numbers_are_each_given_once(session: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 8])
    monkeypatch.setattr("backend.procedures.verbs.secrets.randbelow", lambda _: next(drawn))
    numbers = [(await ask(session, ANA, code)).number for code in (MRI, KNEE)]
    assert numbers == ["263270000007", "263270000008"]


@pytest.mark.parametrize(
    ("cpf", "code", "granted"),
    [
        (ANA, BLOOD, True),
        (ANA, "81000065", True),  # her plan has dentistry
        (FABIO, "81000065", False),  # his has not
        (ANA, MRI, False),
        (ANA, BLEACH, False),
    ],
)
async def test_what_needs_no_audit_is_settled_at_once(
    session: AsyncSession, cpf: str, code: str, granted: bool
) -> None:
    authorization = await ask(session, cpf, code)
    assert await verbs.settle_at_once(session, authorization=authorization, actor=ASSISTANT, now=NOW) == granted
    assert authorization.state == ("approved" if granted else "in_audit")


async def test_within_the_waiting_period_an_auditor_looks_instead_of_a_program(session: AsyncSession) -> None:
    ana = await who(session, ANA)
    ana.joined_on = local(NOW).date() - timedelta(days=30)
    birth, blood = await ask(session, ANA, "31309127"), await ask(session, ANA, BLOOD)
    for authorization in (birth, blood):
        assert not await verbs.settle_at_once(session, authorization=authorization, actor=ASSISTANT, now=NOW)
        assert authorization.state == "in_audit"


async def test_an_approval_is_told_once_and_closes_the_protocol(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store, ANA, "k-2")
    authorization = await ask(session, ANA, MRI, protocol=protocol)
    await go(session, authorization, "waiting_document", missing="Laudo do ortopedista")
    assert (authorization.missing, protocol.state) == ("Laudo do ortopedista", "open")
    await go(session, authorization, "in_audit", actor=ASSISTANT)
    assert authorization.missing == ""
    await go(session, authorization, "approved")
    assert authorization.valid_until == date(2027, 2, 23)
    assert authorization.decided_by == "attendant:auditor-1"
    assert protocol.state == "closed"
    assert [step.state for step in await verbs.steps(session, authorization.id)] == [
        "in_audit", "waiting_document", "in_audit", "approved",
    ]  # fmt: skip
    events = (await session.scalars(select(Event).order_by(Event.id))).all()
    assert [(event.kind, event.values["state"]) for event in events] == [
        ("authorization_changed", state) for state in ("waiting_document", "in_audit", "approved")
    ]
    moves = select(func.count()).select_from(AuditRow).where(AuditRow.action == "procedures.move")
    assert await session.scalar(moves) == 3


async def test_the_protocol_stays_open_until_its_last_authorization_is_decided(
    session: AsyncSession, store: Store
) -> None:
    protocol = await opened(session, store, ANA, "k-3")
    first, second = await ask(session, ANA, MRI, protocol=protocol), await ask(session, ANA, KNEE, protocol=protocol)
    await go(session, first, "approved")
    assert protocol.state == "open"
    await go(session, second, "denied", **DENIAL)
    assert protocol.state == "closed"


async def test_a_wrong_move_changes_nothing(session: AsyncSession) -> None:
    authorization = await ask(session, ANA, MRI)
    with pytest.raises(NotAllowed):
        await go(session, authorization, "denied", actor=ASSISTANT, **UNSIGNED)
    with pytest.raises(InvalidInput):
        await go(session, authorization, "performed")
    assert authorization.state == "in_audit"
    assert len(await verbs.steps(session, authorization.id)) == 1


async def test_two_auditors_at_once_decide_once(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await catalogue.load(session)
        known = (await ask(session, ANA, MRI)).id

    async def decide(state: str) -> str:
        try:
            async with store.unit_of_work() as session:
                await go(session, await verbs.get(session, known), state, **(DENIAL if state == "denied" else {}))
        except InvalidInput:
            return "too late"
        return state

    outcomes = await asyncio.gather(decide("approved"), decide("denied"))
    async with store.unit_of_work() as session:
        authorization = await verbs.get(session, known)
        assert sorted(outcomes) == sorted([authorization.state, "too late"])
        assert await session.scalar(select(func.count()).select_from(Event)) == 1


async def test_where_the_plan_is_ending_an_authorization_is_valid_for_five_business_days(session: AsyncSession) -> None:
    bruno = await who(session, BRUNO)
    bruno.left_on = date(2027, 1, 2)
    authorization = await ask(session, BRUNO, MRI)
    await go(session, authorization, "approved")
    assert authorization.valid_until == date(2026, 11, 30)
    contract = await session.get_one(Contract, (await who(session, CARLOS)).contract_id)
    contract.ended_on = date(2026, 12, 31)
    carlos = await ask(session, CARLOS, MRI)
    await go(session, carlos, "approved")
    assert carlos.valid_until == date(2026, 11, 30)


async def test_the_other_systems_denial_names_who_signed_it_and_tells_of_the_ombudsman(
    session: AsyncSession, store: Store
) -> None:
    protocol = await opened(session, store, ANA, "k-4")
    authorization = await ask(session, ANA, MRI, protocol=protocol)
    await verbs.move(
        session, authorization=authorization, state="denied", text="Pedido negado.", actor=SYSTEM, now=NOW,
        **DENIAL,
    )  # fmt: skip
    status = await status_of(session, authorization, now=NOW)
    assert (status.title, status.reason, status.clause) == ("negado", *UNSIGNED.values())
    assert status.review_days == 7
    assert status.protocol_number == protocol.number
    assert status.last_step == "Pedido negado."
    assert not status.is_late
    await go(session, authorization, "in_audit", actor=person("c-1"))
    assert (authorization.reason, authorization.decided_by) == ("", "")
    assert local(authorization.due_at).date() == date(2026, 12, 2)  # seven business days


async def test_a_status_counts_business_days_and_says_when_it_is_late(session: AsyncSession) -> None:
    authorization = await ask(session, ANA, MRI)
    status = await status_of(session, authorization, now=NOW)
    assert (status.state, status.title, status.days_left, status.is_late) == ("in_audit", "em análise", 5, False)
    assert status.procedure == "RM - Articular (por articulação)"
    assert status.protocol_number == ""
    assert status.last_step == "em análise"
    late = await status_of(session, authorization, now=NOW + timedelta(days=8))
    assert (late.days_left, late.is_late) == (0, True)
    await go(session, authorization, "approved")
    decided = await status_of(session, authorization, now=NOW + timedelta(days=8))
    assert (decided.is_late, decided.valid_until) == (False, date(2027, 2, 23))
    over = await status_of(session, authorization, now=NOW + timedelta(days=93))
    assert (over.state, over.title) == ("expired", "com a validade vencida")


@pytest.mark.parametrize(
    ("today", "last", "days"),
    [
        (date(2026, 11, 23), date(2026, 11, 30), 5),
        (date(2026, 11, 27), date(2026, 11, 30), 1),
        (date(2026, 11, 30), date(2026, 11, 30), 0),
        (date(2026, 12, 1), date(2026, 11, 30), 0),
    ],
)
def test_business_days_that_are_left(today: date, last: date, days: int) -> None:
    assert business_days_until(last, today) == days


MINE = [
    ("minha cirurgia", {KNEE}),
    ("a ressonância", {MRI}),
    ("ressonancia do ombro", {MRI}),
    ("exame do joelho", {MRI, KNEE}),
    ("a prótese do joelho", {KNEE}),
    ("o hemograma", {BLOOD}),
    ("exame de sangue", {BLOOD}),
    ("meus exames", {MRI, BLOOD}),
    ("41101316", {MRI}),
    ("cirurgia de catarata", {KNEE}),
    ("já saiu?", {MRI, KNEE, BLOOD}),
    ("tomografia", {MRI, KNEE, BLOOD}),
]


async def test_my_own_requests_are_found_in_my_words(session: AsyncSession) -> None:
    asked = [await ask(session, ANA, code) for code in (MRI, KNEE, BLOOD)]
    await ask(session, CARLOS, "31005497")
    missed = {}
    for words, codes in MINE:
        found = {one.procedure_code for one in await verbs.find_mine(session, asked[0].beneficiary_id, words)}
        if found != codes:
            missed[words] = found
    assert missed == {}


async def test_open_requests_come_first_then_the_newest(session: AsyncSession) -> None:
    old = await ask(session, ANA, MRI)
    done = await ask(session, ANA, BLOOD, now=NOW + timedelta(days=1))
    await go(session, done, "approved", now=NOW + timedelta(days=1))
    beneficiary: UUID = old.beneficiary_id
    assert [one.id for one in await verbs.of_person(session, beneficiary)] == [old.id, done.id]
    assert [one.id for one in await verbs.of_person(session, beneficiary, open_first=False)] == [done.id, old.id]
    assert await verbs.by_number(session, old.number) is old
    assert await verbs.by_number(session, "000000000000") is None
