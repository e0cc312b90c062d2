"""A dependent's coming of age: which limit is near, who may ask, its papers, what is ready, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, demo, news
from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.coming_of_age import due, rules, verbs
from backend.coming_of_age.told import told
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.documents.verbs import Given
from backend.errors import InvalidInput, NotAllowed
from backend.events import Event
from backend.protocols import moving
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.clock import local
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = local(NOW).date()
DESK = attendant("registration-1")
ANA, BRUNO, CARLOS, OLGA, PAULA = "52998224725", "11144477735", "39053344705", "90010048650", "90010059776"
READY = "carteirinha nova e termo de permanência"


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        yield session


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Something that cannot be done, for a reason that people read."""
    with pytest.raises(InvalidInput) as problem:
        yield
    assert words in problem.value.message


async def who(session: AsyncSession, cpf: str) -> Beneficiary:
    return (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()


async def opened(session: AsyncSession, store: Store, cpf: str, key: str = "case") -> Protocol:
    """Asked by somebody, about Bruno."""
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["coming_of_age"], request_key=key, conversation_id=None,
        beneficiary_id=(await who(session, cpf)).id, actor=ASSISTANT, now=NOW,
    )  # fmt: skip
    await verbs.begin(session, protocol=protocol, dependent=await who(session, BRUNO), actor=ASSISTANT, now=NOW)
    return protocol


async def give(session: AsyncSession, protocol: Protocol, *kinds: str, time: int = 1) -> list[Document]:
    given = []
    for kind in kinds:
        content = f"{protocol.id} {kind} {time}".encode()
        file = files.File(files.keep(content), f"{kind}.pdf", "application/pdf", len(content))
        source = Given(file, f"test:{kind}:{time}")
        given.append(
            await documents.receive(session, protocol=protocol, given=source, kind=kind, actor=ASSISTANT, now=NOW)
        )
    return given


async def accept(session: AsyncSession, *papers: Document) -> None:
    for paper in papers:
        await documents.decide(session, document=paper, accepted=True, actor=DESK, now=NOW)


async def in_review(
    session: AsyncSession, store: Store, cpf: str = BRUNO, key: str = "case"
) -> tuple[Protocol, list[Document]]:
    protocol = await opened(session, store, cpf, key)
    papers = await give(session, protocol, *rules.PAPERS)
    await verbs.submit(session, protocol=protocol, request_key=f"{key}:submit", actor=ASSISTANT, now=NOW)
    return protocol, papers


async def ready(session: AsyncSession, store: Store, cpf: str = BRUNO, key: str = "case") -> Protocol:
    protocol, papers = await in_review(session, store, cpf, key)
    await accept(session, *papers)
    await verbs.approve(session, protocol=protocol, ready=READY, request_key=f"{key}:ok", actor=DESK, now=NOW)
    return protocol


async def told_to(session: AsyncSession, text: str) -> list[str]:
    query = select(Beneficiary.cpf).join(Event, Event.beneficiary_id == Beneficiary.id)
    rows = await session.scalars(query.where(Event.values["text"].astext == text).order_by(Beneficiary.cpf))
    return list(rows)


@pytest.mark.parametrize(
    ("born", "today", "near"),
    [
        (date(2009, 1, 1), date(2026, 11, 23), 18),  # in 39 days
        (date(2009, 1, 22), date(2026, 11, 23), 18),  # in sixty
        (date(2009, 1, 23), date(2026, 11, 23), None),
        (date(2008, 11, 23), date(2026, 11, 23), 18),
        (date(2008, 9, 24), date(2026, 11, 23), 18),  # sixty days ago
        (date(2008, 9, 23), date(2026, 11, 23), None),
        (date(2005, 12, 1), date(2026, 11, 23), 21),
        (date(2002, 12, 1), date(2026, 11, 23), 24),
        (date(1980, 8, 15), date(2026, 11, 23), None),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_an_age_limit_is_near_for_sixty_days_on_either_side(born: date, today: date, near: int | None) -> None:
    assert rules.near_age(born, today, ages=[18, 21, 24], days=60) == near


def test_who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert rules.birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert rules.birthday(date(2008, 2, 29), 24) == date(2032, 2, 29)


def test_of_two_near_limits_the_nearest_counts() -> None:
    assert rules.near_age(date(2008, 11, 1), date(2026, 11, 23), ages=[18, 19], days=400) == 18


async def test_the_next_limit_says_from_when_its_papers_are_looked_at(session: AsyncSession) -> None:
    bruno, paula = await who(session, BRUNO), await who(session, PAULA)
    assert rules.due_age(bruno, TODAY) == 18
    assert rules.next_due(bruno, TODAY) == (18, bruno_day := rules.birthday(bruno.birth_date, 18) - timedelta(60))
    assert bruno_day < TODAY
    assert rules.next_due(paula, TODAY) is None


async def test_the_holder_asks_for_his_young_dependents_and_a_dependent_for_himself(session: AsyncSession) -> None:
    ana, bruno = await who(session, ANA), await who(session, BRUNO)
    family = await beneficiaries.family_of(session, ana)
    assert rules.concerned(ana, family, TODAY) == [bruno]
    assert rules.concerned(bruno, family, TODAY) == [bruno]


@pytest.mark.parametrize("cpf", [CARLOS, OLGA, PAULA])
async def test_a_contract_without_a_young_dependent_has_nobody_to_ask_about(session: AsyncSession, cpf: str) -> None:
    speaker = await who(session, cpf)
    assert rules.concerned(speaker, await beneficiaries.family_of(session, speaker), TODAY) == []


async def test_nobody_of_another_contract_may_ask(session: AsyncSession, store: Store) -> None:
    with pytest.raises(NotAllowed):
        await opened(session, store, CARLOS)


async def test_a_protocol_that_the_counter_opened_for_nobody_becomes_the_dependents(
    session: AsyncSession, store: Store
) -> None:
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["coming_of_age"], request_key="counter", conversation_id=None, beneficiary_id=None,
        actor=DESK, now=NOW,
    )  # fmt: skip
    bruno = await who(session, BRUNO)
    await verbs.begin(session, protocol=protocol, dependent=bruno, actor=DESK, now=NOW)
    assert protocol.beneficiary_id == bruno.id


async def test_it_is_handed_in_only_with_every_paper(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store, BRUNO)
    await give(session, protocol, "rg", "cpf", "enrolment_proof")
    with refused("o comprovante de frequência"):
        await verbs.submit(session, protocol=protocol, request_key="early", actor=ASSISTANT, now=NOW)
    await give(session, protocol, "attendance_proof")
    assert await verbs.submit(session, protocol=protocol, request_key="all", actor=ASSISTANT, now=NOW)
    assert (protocol.stage, protocol.team, protocol.state) == ("in_review", "registration", "open")


@pytest.mark.parametrize("paper", ["licence", "identity_card"])
async def test_a_paper_that_shows_both_stands_for_identity_and_cpf(
    session: AsyncSession, store: Store, paper: str
) -> None:
    protocol = await opened(session, store, BRUNO)
    papers = await give(session, protocol, paper, "enrolment_proof", "attendance_proof")
    await verbs.submit(session, protocol=protocol, request_key="all", actor=ASSISTANT, now=NOW)
    await accept(session, *papers)
    assert await verbs.approve(session, protocol=protocol, ready=READY, request_key="ok", actor=DESK, now=NOW)


async def test_a_wrong_paper_goes_back_and_the_rest_stands(session: AsyncSession, store: Store) -> None:
    protocol, papers = await in_review(session, store)
    with refused("Recuse antes"):
        await verbs.ask_correction(session, protocol=protocol, request_key="back", actor=DESK, now=NOW)
    await accept(session, *papers[:3])
    await documents.decide(session, document=papers[3], accepted=False, reason="é do ano passado", actor=DESK, now=NOW)
    await verbs.ask_correction(session, protocol=protocol, request_key="back", actor=DESK, now=NOW)
    assert (protocol.stage, protocol.state) == ("correction", "waiting")
    assert await told_to(session, "correction") == [BRUNO]
    assert await documents.still_missing(session, protocol.id, rules.PAPERS) == ["attendance_proof"]
    [again] = await give(session, protocol, "attendance_proof", time=2)
    await verbs.submit(session, protocol=protocol, request_key="again", actor=ASSISTANT, now=NOW)
    with refused("Falta conferir: o comprovante de frequência"):
        await verbs.approve(session, protocol=protocol, ready=READY, request_key="ok", actor=DESK, now=NOW)
    await accept(session, again)
    assert await verbs.approve(session, protocol=protocol, ready=READY, request_key="ok", actor=DESK, now=NOW)


async def test_what_is_ready_is_told_to_who_asked_and_to_the_beneficiary(session: AsyncSession, store: Store) -> None:
    protocol = await ready(session, store, ANA)
    assert await told_to(session, "coming_of_age_ready") == [BRUNO, ANA]
    case = await verbs.of_protocol(session, protocol.id)
    assert (case.ready, case.ready_until) == (READY, date(2026, 12, 23))
    heard = await told(session, protocol, "coming_of_age_ready", READY, await who(session, ANA))
    assert (heard.values["name"], heard.values["ready"], heard.values["until"]) == ("Bruno", READY, "23/12/2026")
    assert [answer for _, answer in heard.options] == ["confirm", "come"]


async def heard(session: AsyncSession, protocol: Protocol, text: str) -> news.FullText:
    query = select(Event).where(Event.protocol_id == protocol.id, Event.values["text"].astext == text)
    return await news.in_full(session, (await session.scalars(query)).one(), now=NOW)


async def test_a_person_of_the_desk_says_no_with_a_reason_that_is_told(session: AsyncSession, store: Store) -> None:
    protocol, _ = await in_review(session, store)
    no = {"protocol": protocol, "name": "refuse", "request_key": "no", "now": NOW}
    with refused("Escreva o motivo"):
        await moving.move(session, **no, actor=DESK)
    with pytest.raises(NotAllowed):
        await moving.move(session, **no, actor=ASSISTANT, reason="não estuda mais")
    await moving.move(session, **no, actor=DESK, reason="A matrícula é de outro curso.")
    assert (protocol.stage, protocol.state) == ("refused", "closed")
    said = await heard(session, protocol, "request_refused")
    assert (said.values["number"], said.values["reason"]) == (protocol.number, "A matrícula é de outro curso.")
    assert said.options == ()


async def test_a_withdrawal_that_the_desk_writes_down_is_told_although_nothing_was_begun(
    session: AsyncSession, store: Store
) -> None:
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["coming_of_age"], request_key="bare", conversation_id=None,
        beneficiary_id=(await who(session, BRUNO)).id, actor=DESK, now=NOW,
    )  # fmt: skip
    await moving.move(session, protocol=protocol, name="record_withdrawal", request_key="gone", actor=DESK, now=NOW)
    assert (await heard(session, protocol, "withdrawn")).values["number"] == protocol.number


async def test_ready_is_said_in_words_and_by_a_person(session: AsyncSession, store: Store) -> None:
    protocol, papers = await in_review(session, store)
    await accept(session, *papers)
    with refused("o que está pronto"):
        await verbs.approve(session, protocol=protocol, ready=" ", request_key="ok", actor=DESK, now=NOW)
    with pytest.raises(NotAllowed):
        await verbs.approve(session, protocol=protocol, ready=READY, request_key="ok", actor=ASSISTANT, now=NOW)


async def test_approved_twice_with_one_key_it_is_approved_once(session: AsyncSession, store: Store) -> None:
    protocol = await ready(session, store)
    assert not await verbs.approve(
        session, protocol=protocol, ready="outra", request_key="case:ok", actor=DESK, now=NOW
    )
    assert (await verbs.of_protocol(session, protocol.id)).ready == READY
    assert await told_to(session, "coming_of_age_ready") == [BRUNO]


async def test_a_confirmation_closes_it_once(session: AsyncSession, store: Store) -> None:
    protocol = await ready(session, store)
    assert await verbs.confirm(session, protocol=protocol, request_key="yes", actor=ASSISTANT, now=NOW)
    assert (protocol.stage, protocol.state) == ("done", "closed")
    assert not await verbs.confirm(session, protocol=protocol, request_key="yes", actor=ASSISTANT, now=NOW)
    with refused("“concluído”"):
        await verbs.confirm(session, protocol=protocol, request_key="yes again", actor=ASSISTANT, now=NOW)


async def test_what_nobody_comes_for_ends_after_its_time_and_is_told(session: AsyncSession, store: Store) -> None:
    protocol = await ready(session, store)
    assert await due.expire_due(session, now=NOW + timedelta(days=30)) == 0
    assert await due.expire_due(session, now=NOW + timedelta(days=31)) == 1
    assert (protocol.stage, protocol.state) == ("expired", "closed")
    assert await told_to(session, "coming_of_age_expired") == [BRUNO]
    assert await due.expire_due(session, now=NOW + timedelta(days=32)) == 0


async def test_what_was_closed_meanwhile_does_not_expire_and_holds_nothing_else_up(
    session: AsyncSession, store: Store
) -> None:
    settled, waits = await ready(session, store, key="settled"), await ready(session, store, key="waits")
    await protocols.close_protocol(session, protocol=settled, text="Resolvido por telefone", actor=DESK, now=NOW)
    assert await due.expire_due(session, now=NOW + timedelta(days=31)) == 1
    assert (settled.stage, waits.stage) == ("waiting_beneficiary", "expired")


async def test_what_was_confirmed_never_expires(session: AsyncSession, store: Store) -> None:
    protocol = await ready(session, store)
    await verbs.confirm(session, protocol=protocol, request_key="yes", actor=ASSISTANT, now=NOW)
    assert await due.expire_due(session, now=NOW + timedelta(days=90)) == 0


async def test_who_does_without_it_withdraws_until_the_papers_are_checked(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store, BRUNO)
    assert await verbs.withdraw(session, protocol=protocol, request_key="no", actor=ASSISTANT, now=NOW)
    assert protocol.state == "closed"
    other, _ = await in_review(session, store, key="other")
    with refused("“em conferência”"):
        await verbs.withdraw(session, protocol=other, request_key="no other", actor=ASSISTANT, now=NOW)
