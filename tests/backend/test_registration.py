"""A registration update: what a value must be, who decides it, what is written, published and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, demo
from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.erp import ErpChange
from backend.errors import InvalidInput, NotAllowed, Taken
from backend.events import Event
from backend.identifiers import Cpf
from backend.mail import Mail
from backend.news_told import what_of_the_rest
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.registration import verbs
from backend.registration.fields import (
    FIELDS,
    MARITAL,
    NOTHING,
    check_state,
    checked,
    checked_part,
    shown,
    wanted_papers,
)
from backend.registration.postal import STATES, state_of
from backend.registration.tables import RegistrationChange
from backend.registration.told import told
from backend.registration.verbs import Change
from backend.store.engine import Store
from backend.store.files import File

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CLERK, OTHER = attendant("clerk-1"), attendant("clerk-2")
ANA = "52998224725"
ADDRESS = {
    "postal_code": "65010-000", "street": "rua das flores, 123, apto 2", "district": "centro", "city": "São Luís",
    "state": "ma",
}  # fmt: skip


@pytest.mark.parametrize(
    ("part", "said", "kept"),
    [
        ("postal_code", "65.010-000", "65010000"),
        ("street", "rua das flores, 123, apto 2", "Rua das Flores, 123, apto 2"),
        ("street", "AVENIDA DOS HOLANDESES, S/N", "Avenida dos Holandeses, s/n"),
        ("street", "Rua 7 de Setembro, 5", "Rua 7 de Setembro, 5"),
        ("district", "cohab anil", "Cohab Anil"),
        ("state", "ma", "MA"),
        ("phone", "(98) 8888-7777", "+5598988887777"),
        ("phone", "98 98888 7777", "+5598988887777"),
        ("phone", "+55 98 3232-1010", "+559832321010"),
        ("email", "Ana.Nova@Exemplo.com.", "ana.nova@exemplo.com"),
        ("full_name", "ana  beatriz d'ávila e souza", "Ana Beatriz D'Ávila e Souza"),
        ("full_name", "Ana McRocha", "Ana McRocha"),
        ("social_name", "luana", "Luana"),
        ("birth_date", "1985-03-13", "1985-03-13"),
        ("marital_status", "widowed", "widowed"),
    ],
)  # fmt: skip
def test_a_right_value_is_kept_as_the_register_writes_it(part: str, said: str, kept: str) -> None:
    assert checked_part(part, said, today=TODAY) == kept


@pytest.mark.parametrize(
    ("part", "said", "words"),
    [
        ("postal_code", "6501-000", "8 números"),
        ("postal_code", "00000-000", "não existe"),
        ("street", "rua das flores", "s/n"),
        ("street", "123", "a rua"),
        ("district", "12", "lugar"),
        ("state", "xx", "duas letras"),
        ("phone", "98888-7777", "DDD"),
        ("phone", "1234", "DDD"),
        ("phone", "20 98888-7777", "DDD"),
        ("phone", "novo", "DDD"),
        ("email", "ana@exemplo", "nome@exemplo.com"),
        ("email", "ana.exemplo.com", "nome@exemplo.com"),
        ("email", "ana@exemplo..com", "nome@exemplo.com"),
        ("email", "ana@exemplo.con", ".con"),
        ("full_name", "Ana", "sobrenome"),
        ("full_name", "Ana R0cha", "sem números"),
        ("social_name", "1", "sem números"),
        ("birth_date", "2027-01-01", "ainda não chegou"),
        ("birth_date", "1801-01-01", "antigo"),
        ("birth_date", "13 de março", "31/12/1980"),
        ("marital_status", "enrolado", "estado civil"),
    ],
)
def test_a_wrong_value_is_answered_with_what_a_right_one_looks_like(part: str, said: str, words: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        checked_part(part, said, today=TODAY)
    assert words in problem.value.message
    assert said not in problem.value.detail


@pytest.mark.parametrize(
    ("postal_code", "state"),
    [
        ("01001000", "SP"), ("19999999", "SP"), ("20000000", "RJ"), ("29100000", "ES"), ("31270901", "MG"),
        ("40010000", "BA"), ("49000000", "SE"), ("56999999", "PE"), ("57000000", "AL"), ("58999999", "PB"),
        ("59000000", "RN"), ("60000000", "CE"), ("64000000", "PI"), ("65010000", "MA"), ("65999999", "MA"),
        ("66000000", "PA"), ("68899999", "PA"), ("68900000", "AP"), ("69299999", "AM"), ("69300000", "RR"),
        ("69400000", "AM"), ("69900000", "AC"), ("70000000", "DF"), ("72800000", "GO"), ("73000000", "DF"),
        ("73700000", "GO"), ("76799999", "GO"), ("76800000", "RO"), ("77000000", "TO"), ("78000000", "MT"),
        ("79000000", "MS"), ("80000000", "PR"), ("88000000", "SC"), ("90000000", "RS"), ("99999999", "RS"),
        ("00999999", ""), ("1234567", ""), ("abcdefgh", ""),
    ],
)  # fmt: skip
def test_a_postal_code_lies_in_its_state(postal_code: str, state: str) -> None:
    assert state_of(postal_code) == state


def test_every_state_has_postal_codes() -> None:
    assert {state_of(f"{first:05}000") for first in range(100000)} == {*STATES, ""}


def test_a_postal_code_of_another_state_is_asked_about_with_both_names() -> None:
    with pytest.raises(InvalidInput, match="postal code") as problem:
        check_state("65010000", "SP")
    assert "Maranhão" in problem.value.message
    assert "São Paulo" in problem.value.message
    with pytest.raises(InvalidInput):
        checked("address", {**ADDRESS, "state": "SP"}, today=TODAY)


def test_an_address_needs_all_of_its_parts() -> None:
    for part in FIELDS["address"].parts:
        with pytest.raises(InvalidInput):
            checked("address", {name: value for name, value in ADDRESS.items() if name != part}, today=TODAY)
    with pytest.raises(InvalidInput):
        checked("cpf", {"value": "1"}, today=TODAY)


@pytest.mark.parametrize(
    ("field", "parts", "read"),
    [
        ("address", {"postal_code": "65010000", "street": "Rua das Flores, 123", "district": "Centro", "city": "São Luís",
                     "state": "MA"}, "Rua das Flores, 123, Centro, São Luís/MA, 65010-000"),
        ("address", {"postal_code": "", "street": "", "district": "", "city": "", "state": ""}, NOTHING),
        ("phone", {"value": "+5598988887777"}, "(98) 98888-7777"),
        ("phone", {"value": "+351912345678"}, "+351 912 345 678"),
        ("birth_date", {"value": "1985-03-12"}, "12/03/1985"),
        ("marital_status", {"value": "stable_union"}, "em união estável"),
        ("social_name", {"value": ""}, NOTHING),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_people_read_it(field: str, parts: Mapping[str, str], read: str) -> None:
    assert shown(field, parts) == read


@pytest.mark.parametrize(
    ("fields", "papers"),
    [
        (["address"], ["address_proof"]),
        (["phone", "email", "social_name"], []),
        (["full_name"], ["official_document"]),
        (["full_name", "birth_date", "address"], ["official_document", "address_proof"]),
        (["full_name", "marital_status"], ["civil_certificate"]),
    ],
)
def test_each_change_asks_for_its_proof_once_and_a_social_name_for_none(fields: list[str], papers: list[str]) -> None:
    assert wanted_papers(fields) == papers


def test_marital_statuses_are_those_that_are_asked_for() -> None:
    assert set(MARITAL) == {"single", "married", "stable_union", "separated", "divorced", "widowed"}


# -- on the register


class Desk:
    """A request of Ana's, and the hands that work on it."""

    def __init__(self, session: AsyncSession, protocol: Protocol, ana: Beneficiary) -> None:
        self.session, self.protocol, self.ana = session, protocol, ana

    async def propose(self, *changes: Change) -> dict[str, RegistrationChange]:
        rows = await verbs.propose(
            self.session, protocol=self.protocol, person=self.ana, changes=changes, actor=ASSISTANT, now=NOW
        )
        return {row.field: row for row in rows}

    async def submit(self, *, key: str = "", from_elsewhere: bool = False) -> bool:
        return await verbs.submit(
            self.session, protocol=self.protocol, request_key=key or uuid4().hex, actor=ASSISTANT, now=NOW,
            from_elsewhere=from_elsewhere,
        )  # fmt: skip

    async def accept(self, change: RegistrationChange, **more: object) -> bool:
        given = {"actor": CLERK, "request_key": uuid4().hex, **more}
        return await verbs.accept(self.session, change=change, now=NOW, **given)  # type: ignore[arg-type]

    async def refuse(self, change: RegistrationChange, reason: str = "A conta está ilegível.", **more: object) -> bool:
        given = {"actor": CLERK, "request_key": uuid4().hex, **more}
        return await verbs.refuse(self.session, change=change, reason=reason, now=NOW, **given)  # type: ignore[arg-type]

    async def count(self, table: type[Event | ErpChange | Mail], *where: object) -> int:
        found = await self.session.scalar(select(func.count()).select_from(table).where(*where))  # type: ignore[arg-type]
        return int(found or 0)


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        yield await opened(session, store)


async def opened(session: AsyncSession, store: Store) -> Desk:
    ana = await beneficiaries.by_cpf(session, Cpf(ANA))
    assert ana
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["registration_update"], request_key=uuid4().hex, conversation_id=None,
        beneficiary_id=ana.id, actor=ASSISTANT, now=NOW,
    )  # fmt: skip
    return Desk(session, protocol, ana)


MOVED = Change("address", ADDRESS)
PHONE = Change("phone", {"value": "98 98888-7777"}, replaces="+5598988000001")


async def test_accepting_all_of_it_writes_the_register_publishes_and_ends_the_request(desk: Desk) -> None:
    rows = await desk.propose(
        MOVED, PHONE, Change("full_name", {"value": "Ana Beatriz Rocha Prado"}), Change("marital_status", {"value": "married"}),
        Change("birth_date", {"value": "1985-03-13"}), Change("social_name", {"value": "Bia"}),
        Change("email", {"value": "bia.nova@exemplo.invalid"}),
    )  # fmt: skip
    assert await desk.submit()
    assert desk.protocol.stage == "in_review"
    for row in rows.values():
        assert await desk.accept(row)
    ana = desk.ana
    await desk.session.refresh(ana)
    assert (ana.street, ana.district, ana.city, ana.state, ana.postal_code) == (
        "Rua das Flores, 123, apto 2", "Centro", "São Luís", "MA", "65010000",
    )  # fmt: skip
    assert (ana.full_name, ana.folded_name, ana.social_name) == (
        "Ana Beatriz Rocha Prado",
        "ana beatriz rocha prado",
        "Bia",
    )
    assert (ana.marital_status, ana.birth_date) == ("married", date(1985, 3, 13))
    assert ana.email == "bia.nova@exemplo.invalid"
    assert await beneficiaries.phones_of(desk.session, ana.id) == ["+5598988887777"]
    assert (desk.protocol.stage, desk.protocol.state) == ("done", "closed")
    assert await desk.count(ErpChange, ErpChange.kind == "registration.updated") == len(rows)
    said = await told(desk.session, desk.protocol, "registration_decided", "", ana)
    assert said.values["changes"].count("atualizado no cadastro") == len(rows)
    assert "Flores" not in said.values["changes"]


async def test_a_program_neither_accepts_nor_refuses(desk: Desk) -> None:
    rows = await desk.propose(PHONE)
    await desk.submit()
    for actor in (SYSTEM, ASSISTANT):
        with pytest.raises(NotAllowed):
            await desk.accept(rows["phone"], actor=actor)
        with pytest.raises(NotAllowed):
            await desk.refuse(rows["phone"], actor=actor)
    assert rows["phone"].state == "proposed"


async def test_a_refusal_needs_words_for_the_person(desk: Desk) -> None:
    rows = await desk.propose(PHONE)
    await desk.submit()
    with pytest.raises(InvalidInput):
        await desk.refuse(rows["phone"], "  ")


async def test_what_is_refused_goes_back_and_comes_again_under_the_same_protocol(desk: Desk) -> None:
    rows = await desk.propose(MOVED, PHONE)
    await desk.submit()
    await desk.accept(rows["phone"])
    await desk.refuse(rows["address"], "A conta é de outro endereço.")
    assert desk.protocol.stage == "in_review"
    assert await verbs.ask_correction(desk.session, protocol=desk.protocol, request_key="back", actor=CLERK, now=NOW)
    assert (desk.protocol.stage, desk.protocol.state) == ("correction", "waiting")
    said = await told(desk.session, desk.protocol, "registration_correction", "", desk.ana)
    assert said.options == (("Corrigir agora", "correct"),)
    assert said.values["points"] == "• *endereço*: não foi aceito. A conta é de outro endereço."
    assert said.values["rest"] == "O resto está certo. "
    rows = await desk.propose(Change("address", {**ADDRESS, "street": "Rua das Flores, 132"}), PHONE)
    assert (rows["address"].state, rows["address"].reason, rows["phone"].state) == ("proposed", "", "accepted")
    assert await desk.submit()
    assert await desk.accept(rows["address"])
    assert desk.protocol.stage == "done"


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["refused"], ""), (["refused", "accepted"], "O resto está certo. "),
        (["refused", "accepted", "proposed"], "O resto continua em conferência. "),
        (["refused", "received"], "O resto continua em conferência. "),
    ],
)  # fmt: skip
def test_the_rest_is_said_to_be_right_only_where_all_of_it_was_accepted(states: list[str], said: str) -> None:
    assert what_of_the_rest(states) == said


async def test_a_correction_is_asked_for_a_refused_paper_too_and_for_nothing_else(desk: Desk) -> None:
    await desk.propose(MOVED)
    await desk.submit()
    with pytest.raises(InvalidInput):
        await verbs.ask_correction(desk.session, protocol=desk.protocol, request_key="1", actor=CLERK, now=NOW)
    given = documents.Given(File("0" * 64, "conta.pdf", "application/pdf", 10), "console:1")
    paper = await documents.receive(
        desk.session, protocol=desk.protocol, given=given, kind="address_proof", actor=CLERK, now=NOW
    )
    await documents.decide(desk.session, document=paper, accepted=False, reason="Está cortada.", actor=CLERK, now=NOW)
    assert await verbs.ask_correction(desk.session, protocol=desk.protocol, request_key="2", actor=CLERK, now=NOW)
    assert desk.protocol.stage == "correction"


async def test_what_is_refused_for_good_is_told_with_its_reason(desk: Desk) -> None:
    rows = await desk.propose(MOVED, PHONE)
    await desk.submit()
    await desk.accept(rows["phone"])
    with pytest.raises(InvalidInput):
        await verbs.finish(desk.session, protocol=desk.protocol, request_key="early", actor=CLERK, now=NOW)
    await desk.refuse(rows["address"], "A conta é de outra pessoa.")
    assert await verbs.finish(desk.session, protocol=desk.protocol, request_key="end", actor=CLERK, now=NOW)
    said = await told(desk.session, desk.protocol, "registration_decided", "", desk.ana)
    assert said.values["changes"].splitlines() == [
        "• *endereço*: não foi aceito. A conta é de outra pessoa.", "• *telefone*: atualizado no cadastro",
    ]  # fmt: skip
    assert desk.ana.street != "Rua das Flores, 123, apto 2"


async def test_the_second_of_two_attendants_is_told_that_it_was_decided(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        desk = await opened(session, store)
        rows = await desk.propose(MOVED, PHONE)
        await desk.submit()
        change_id = rows["phone"].id

    async def decide(actor: object, verb: str) -> str:
        try:
            async with store.unit_of_work() as session:
                change = await session.get_one(RegistrationChange, change_id)
                hand = Desk(session, desk.protocol, desk.ana)
                await getattr(hand, verb)(change, actor=actor)
        except Taken:
            return "taken"
        return verb

    outcomes = await asyncio.gather(decide(CLERK, "accept"), decide(OTHER, "refuse"))
    assert outcomes.count("taken") == 1
    async with store.unit_of_work() as session:
        change = await session.get_one(RegistrationChange, change_id)
        assert {"accepted": "accept", "refused": "refuse"}[change.state] in outcomes


async def test_nothing_is_decided_under_a_protocol_that_was_closed_beside_its_board(desk: Desk) -> None:
    rows = await desk.propose(PHONE)
    await desk.submit()
    await protocols.close_protocol(desk.session, protocol=desk.protocol, actor=CLERK, now=NOW)
    with pytest.raises(InvalidInput, match="closed"):
        await desk.accept(rows["phone"])
    with pytest.raises(InvalidInput, match="closed"):
        await desk.refuse(rows["phone"])
    assert await beneficiaries.phones_of(desk.session, desk.ana.id) == ["+5598988000001"]


async def test_a_second_click_of_the_same_hand_changes_nothing(desk: Desk) -> None:
    rows = await desk.propose(PHONE, MOVED)
    await desk.submit(key="once")
    assert not await desk.submit(key="once")
    assert await desk.accept(rows["phone"])
    assert not await desk.accept(rows["phone"])
    with pytest.raises(Taken):
        await desk.accept(rows["phone"], actor=OTHER)
    assert await desk.count(ErpChange, ErpChange.kind == "registration.updated") == 1


async def test_a_register_that_changed_meanwhile_is_shown_before_it_is_written_over(desk: Desk) -> None:
    rows = await desk.propose(Change("email", {"value": "nova@exemplo.invalid"}))
    await desk.submit()
    desk.ana.email = "pelo.balcao@exemplo.invalid"
    await desk.session.flush()
    with pytest.raises(Taken) as changed:
        await desk.accept(rows["email"])
    assert "pelo.balcao@exemplo.invalid" in changed.value.message
    assert await desk.accept(rows["email"], seen_old={"value": "pelo.balcao@exemplo.invalid"})
    assert rows["email"].old == {"value": "pelo.balcao@exemplo.invalid"}
    assert desk.ana.email == "nova@exemplo.invalid"


async def test_a_changed_contact_is_told_to_the_old_and_the_new_address_without_its_value(desk: Desk) -> None:
    old = desk.ana.email
    assert old
    rows = await desk.propose(PHONE, Change("email", {"value": "nova@exemplo.invalid"}))
    assert verbs.warnings(list(rows.values())) != []
    await desk.submit()
    await desk.accept(rows["email"])
    mails = (await desk.session.scalars(select(Mail).order_by(Mail.made_at))).all()
    assert {mail.recipient for mail in mails} == {old, "nova@exemplo.invalid"}
    assert verbs.warnings(list(rows.values())) == []
    await desk.accept(rows["phone"])
    mails = (await desk.session.scalars(select(Mail))).all()
    assert [mail.values["contact"] for mail in mails if mail.recipient == "nova@exemplo.invalid"] == [
        "e-mail",
        "telefone",
    ]
    for mail in mails:
        assert "8888" not in str(mail.values)
        assert "@" not in str(mail.values)


async def test_a_contact_that_is_asked_for_from_elsewhere_is_told_to_the_registered_telephone(desk: Desk) -> None:
    await desk.propose(PHONE, MOVED)
    await desk.submit(from_elsewhere=True)
    event = (await desk.session.scalars(select(Event).where(Event.kind == "protocol_moved"))).one()
    assert event.beneficiary_id == desk.ana.id
    said = await told(desk.session, desk.protocol, str(event.values["text"]), "", desk.ana)
    assert said.values == {"contacts": "o telefone"}


async def test_an_address_from_elsewhere_and_a_contact_from_the_own_telephone_warn_nobody(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        for change, from_elsewhere in ((MOVED, True), (PHONE, False)):
            desk = await opened(session, store)
            await desk.propose(change)
            await desk.submit(from_elsewhere=from_elsewhere)
        assert await desk.count(Event) == 0


async def test_a_second_telephone_stands_beside_the_first(desk: Desk) -> None:
    rows = await desk.propose(Change("phone", {"value": "98 98888-7777"}))
    assert rows["phone"].old == {"value": ""}
    await desk.submit()
    await desk.accept(rows["phone"])
    assert await beneficiaries.phones_of(desk.session, desk.ana.id) == ["+5598988000001", "+5598988887777"]


async def test_what_the_register_says_already_is_no_change(desk: Desk) -> None:
    rows = await desk.propose(Change("birth_date", {"value": "1985-03-12"}))
    assert rows == {}
    with pytest.raises(InvalidInput):
        await desk.submit()


async def test_nothing_is_proposed_while_the_desk_decides_nor_decided_before_it_may(desk: Desk) -> None:
    rows = await desk.propose(PHONE)
    with pytest.raises(InvalidInput):
        await desk.accept(rows["phone"])
    await desk.submit()
    with pytest.raises(InvalidInput):
        await desk.propose(MOVED)
