"""A change of holder: who may ask, who may follow, the papers, the form, and what the register says afterwards."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import demo, news
from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary, family_of, may_act_for
from backend.contracts import hears_of_money
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.documents.verbs import Given
from backend.erp import ErpChange
from backend.errors import InvalidInput, NotAllowed, NotFound
from backend.events import Event
from backend.holder_change import rules, verbs
from backend.holder_change.form import form_for
from backend.holder_change.signature import is_signed_electronically
from backend.holder_change.told import told
from backend.protocols import moving
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store import files
from backend.store.clock import local
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = local(NOW).date()
DESK = attendant("registration-1")
ANA, BRUNO, CARLOS, DEBORA, GILDA = "52998224725", "11144477735", "39053344705", "15350946056", "90010010769"
IRENE, JOAQUIM = "90010012974", "90010023151"


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


async def opened(
    session: AsyncSession, store: Store, asker: str = CARLOS, new: str = DEBORA, *, deceased: bool = False,
    key: str = "change",
) -> Protocol:  # fmt: skip
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["holder_change"], request_key=key, conversation_id=None,
        beneficiary_id=(await who(session, asker)).id, actor=ASSISTANT, now=NOW,
    )  # fmt: skip
    await verbs.begin(
        session, protocol=protocol, asker=await who(session, asker), new_holder=await who(session, new),
        deceased=deceased, actor=ASSISTANT, now=NOW,
    )  # fmt: skip
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


async def checked(
    session: AsyncSession, store: Store, asker: str = CARLOS, new: str = DEBORA, *, deceased: bool = False,
    key: str = "change",
) -> Protocol:  # fmt: skip
    """A change whose papers were all accepted."""
    protocol = await opened(session, store, asker, new, deceased=deceased, key=key)
    for paper in await give(session, protocol, *rules.papers(deceased=deceased)):
        await documents.decide(session, document=paper, accepted=True, actor=DESK, now=NOW)
    await verbs.submit(session, protocol=protocol, request_key=f"{key}:submit", actor=ASSISTANT, now=NOW)
    return protocol


async def finish(session: AsyncSession, protocol: Protocol, key: str = "finish") -> bool:
    return await verbs.finish(session, protocol=protocol, request_key=key, actor=DESK, now=NOW)


async def told_to(session: AsyncSession, text: str) -> set[str]:
    query = select(Beneficiary.cpf).join(Event, Event.beneficiary_id == Beneficiary.id)
    return set(await session.scalars(query.where(Event.values["text"].astext == text)))


@pytest.mark.parametrize(
    ("deceased", "papers"),
    [
        (False, ["rg", "cpf", "address_proof", "signed_form"]),
        (True, ["rg", "cpf", "address_proof", "death_certificate", "signed_form"]),
    ],
)
def test_the_checklist_depends_on_whether_the_holder_lives(deceased: bool, papers: list[str]) -> None:
    assert rules.papers(deceased=deceased) == papers


@pytest.mark.parametrize(
    ("asker", "deceased", "hindrance"),
    [
        (CARLOS, False, ""),
        (DEBORA, True, ""),
        (GILDA, True, ""),
        (DEBORA, False, "holder_lives"),
        (BRUNO, True, "minor"),
        (BRUNO, False, "minor"),
        (ANA, False, ""),
        (IRENE, True, "outside"),
    ],
)
async def test_the_holder_asks_and_after_his_death_an_adult_of_the_contract(
    session: AsyncSession, asker: str, deceased: bool, hindrance: str,
) -> None:  # fmt: skip
    person = await who(session, asker)
    family = await family_of(session, person)
    assert rules.hinders_asking(person, family, TODAY, deceased=deceased) == hindrance


async def test_who_has_left_or_is_of_another_contract_may_not_ask(session: AsyncSession) -> None:
    debora, ana = await who(session, DEBORA), await who(session, ANA)
    family = await family_of(session, debora)
    assert rules.hinders_asking(ana, family, TODAY, deceased=True) == "outside"
    debora.left_on = TODAY - timedelta(days=1)
    assert rules.hinders_asking(debora, family, TODAY, deceased=True) == "outside"


async def test_other_adults_of_the_contract_may_follow_the_eldest_first(session: AsyncSession) -> None:
    family = await family_of(session, await who(session, CARLOS))
    assert [person.cpf for person in rules.may_follow(family, TODAY)] == [GILDA, DEBORA]
    assert rules.may_follow(await family_of(session, await who(session, ANA)), TODAY) == []


@pytest.mark.parametrize(
    ("pair", "deceased", "error"),
    [
        ((DEBORA, DEBORA), False, NotAllowed),
        ((BRUNO, BRUNO), True, NotAllowed),
        ((ANA, BRUNO), False, InvalidInput),
        ((CARLOS, CARLOS), False, InvalidInput),
        ((CARLOS, ANA), False, InvalidInput),
    ],
)
async def test_what_may_not_be_asked_is_not_begun(
    session: AsyncSession, store: Store, pair: tuple[str, str], deceased: bool, error: type[Exception],
) -> None:  # fmt: skip
    with pytest.raises(error):
        await opened(session, store, *pair, deceased=deceased)


@pytest.mark.parametrize(("asker", "deceased"), [(DEBORA, False), (BRUNO, True)])
async def test_an_attendant_begins_it_for_who_may_not_ask_alone_with_a_reason_on_record(
    session: AsyncSession, store: Store, asker: str, deceased: bool
) -> None:
    person = await who(session, asker)
    new = await who(session, DEBORA)
    new.contract_id = person.contract_id  # in Bruno's contract nobody else is an adult
    await session.flush()
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["holder_change"], request_key="counter", conversation_id=None,
        beneficiary_id=person.id, actor=DESK, now=NOW,
    )  # fmt: skip
    asked = {"protocol": protocol, "asker": person, "new_holder": new, "deceased": deceased, "now": NOW}
    with pytest.raises(NotAllowed):
        await verbs.begin(session, **asked, actor=ASSISTANT, reason="diz que pode")
    with pytest.raises(NotAllowed) as problem:
        await verbs.begin(session, **asked, actor=DESK)
    assert "escreva por quê" in problem.value.message
    change = await verbs.begin(session, **asked, actor=DESK, reason="Curadora, com o termo do juiz.")
    assert change.new_holder_id == new.id
    query = select(AuditRow.details).where(AuditRow.action == "holder_change.begin")
    assert (await session.scalars(query)).one()["hindrance"] in {"holder_lives", "minor"}
    lines = await protocols.history(session, protocol.id)
    assert "Curadora, com o termo do juiz." in [line.text for line in lines]


async def test_not_even_an_attendant_makes_somebody_of_another_contract_the_holder(
    session: AsyncSession, store: Store
) -> None:
    protocol = await opened(session, store)
    with refused("faça parte deste contrato"):
        await verbs.begin(
            session, protocol=protocol, asker=await who(session, DEBORA), new_holder=await who(session, ANA),
            deceased=False, reason="o titular pediu", actor=DESK, now=NOW,
        )  # fmt: skip


async def test_the_form_names_both_and_stays_the_same_until_another_is_to_follow(
    session: AsyncSession, store: Store
) -> None:
    protocol = await opened(session, store)
    form = await form_for(session, protocol=protocol, now=NOW)
    words = PdfReader(io.BytesIO(files.read(form.sha256))).pages[0].extract_text()
    for known in (
        "Carlos Eduardo Nunes",
        "390.533.447-05",
        "Débora Nunes Alves",
        "***.509.460-**",
        protocol.number,
        "10000002",
    ):
        assert known in words
    assert (form.name, form.content_type) == (f"formulario-de-troca-{protocol.number}.pdf", "application/pdf")
    assert await form_for(session, protocol=protocol, now=NOW + timedelta(days=3)) == form
    await opened(session, store, new=GILDA)
    assert (await form_for(session, protocol=protocol, now=NOW)).sha256 != form.sha256


@pytest.mark.parametrize(("asker", "new", "deceased"), [(CARLOS, DEBORA, False), (DEBORA, GILDA, True)])
async def test_the_form_gives_nobody_what_another_person_proves_himself_with(
    session: AsyncSession, store: Store, asker: str, new: str, deceased: bool
) -> None:
    protocol = await opened(session, store, asker, new, deceased=deceased)
    form = await form_for(session, protocol=protocol, now=NOW)
    words = PdfReader(io.BytesIO(files.read(form.sha256))).pages[0].extract_text()
    for cpf in {CARLOS, new} - {asker}:
        other = await who(session, cpf)
        printed = f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"
        assert other.full_name in words
        for fact in (printed, f"{other.birth_date:%d/%m/%Y}", other.mother_name, other.email, other.street):
            assert not fact or fact not in words


async def test_after_a_death_the_form_has_one_signature(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store, DEBORA, DEBORA, deceased=True)
    form = await form_for(session, protocol=protocol, now=NOW)
    words = PdfReader(io.BytesIO(files.read(form.sha256))).pages[0].extract_text()
    assert "O titular atual está de acordo" not in " ".join(words.split())


async def test_there_is_no_form_before_it_is_known_who_follows(session: AsyncSession, store: Store) -> None:
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["holder_change"], request_key="bare", conversation_id=None, beneficiary_id=None,
        actor=ASSISTANT, now=NOW,
    )  # fmt: skip
    with pytest.raises(NotFound):
        await form_for(session, protocol=protocol, now=NOW)


async def test_it_is_handed_in_only_with_every_paper(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store, DEBORA, DEBORA, deceased=True)
    await give(session, protocol, "licence", "address_proof")
    with refused("a certidão de óbito e o formulário assinado"):
        await verbs.submit(session, protocol=protocol, request_key="early", actor=ASSISTANT, now=NOW)


async def test_where_the_old_holder_lives_he_becomes_a_dependent_of_the_new_one(
    session: AsyncSession, store: Store
) -> None:
    protocol = await checked(session, store)
    assert await finish(session, protocol)
    carlos, debora, gilda = await who(session, CARLOS), await who(session, DEBORA), await who(session, GILDA)
    assert (debora.standing, debora.holder_id) == ("holder", None)
    assert (carlos.standing, carlos.holder_id, carlos.left_on) == ("dependent", debora.id, None)
    assert (gilda.standing, gilda.holder_id) == ("member", debora.id)
    assert hears_of_money(debora)
    assert not hears_of_money(carlos)
    assert not may_act_for(carlos, gilda, TODAY)
    assert (protocol.stage, protocol.state) == ("done", "closed")
    assert (await verbs.of_protocol(session, protocol.id)).done_at == NOW
    assert await told_to(session, "holder_changed") == {CARLOS, DEBORA}
    heard = await told(session, protocol, "holder_changed", "", carlos)
    assert heard.values["holder"] == "Débora"


async def test_a_holder_who_died_is_covered_no_more_and_told_nothing(session: AsyncSession, store: Store) -> None:
    protocol = await checked(session, store, DEBORA, DEBORA, deceased=True)
    assert await finish(session, protocol)
    carlos, debora = await who(session, CARLOS), await who(session, DEBORA)
    assert (carlos.standing, carlos.left_on, debora.standing) == ("dependent", TODAY, "holder")
    assert not hears_of_money(carlos)
    assert await told_to(session, "holder_changed") == {DEBORA}


async def test_who_had_left_before_his_death_was_known_keeps_that_day(session: AsyncSession, store: Store) -> None:
    carlos = await who(session, CARLOS)
    carlos.left_on = date(2026, 10, 1)
    await session.flush()
    await finish(session, await checked(session, store, DEBORA, GILDA, deceased=True))
    assert (await who(session, CARLOS)).left_on == date(2026, 10, 1)
    assert await told_to(session, "holder_changed") == {DEBORA, GILDA}


async def test_the_erp_hears_of_it_once(session: AsyncSession, store: Store) -> None:
    protocol = await checked(session, store)
    assert await finish(session, protocol)
    assert not await finish(session, protocol)
    [change] = (await session.scalars(select(ErpChange).where(ErpChange.kind == "holder.changed"))).all()
    assert change.values == {
        "contract": "10000002", "old_holder_card": "00641000000201", "new_holder_card": "00641000000202",
        "deceased": False, "from": "2026-11-23",
    }  # fmt: skip


async def test_only_a_person_of_the_desk_finishes_it(session: AsyncSession, store: Store) -> None:
    protocol = await checked(session, store)
    with pytest.raises(NotAllowed):
        await verbs.finish(session, protocol=protocol, request_key="finish", actor=ASSISTANT, now=NOW)
    assert (await who(session, DEBORA)).standing == "dependent"


async def test_it_is_not_finished_while_a_paper_was_not_accepted(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store)
    await give(session, protocol, *rules.papers(deceased=False))
    await verbs.submit(session, protocol=protocol, request_key="submit", actor=ASSISTANT, now=NOW)
    with refused("Falta conferir: o RG"):
        await finish(session, protocol)


async def test_a_contract_whose_holder_changed_meanwhile_is_not_changed_again(
    session: AsyncSession, store: Store
) -> None:
    first, second = await checked(session, store), await checked(session, store, new=GILDA, key="second")
    assert await finish(session, first)
    with refused("mudou depois deste pedido"):
        await finish(session, second, "second:finish")
    assert (await who(session, DEBORA)).standing == "holder"
    assert second.stage == "in_review"


async def test_a_new_holder_who_left_meanwhile_does_not_follow(session: AsyncSession, store: Store) -> None:
    protocol = await checked(session, store)
    (await who(session, DEBORA)).left_on = TODAY
    await session.flush()
    with refused("faça parte deste contrato"):
        await finish(session, protocol)


async def test_of_finishing_and_withdrawing_at_once_one_happens_and_the_other_is_told_so(
    session: AsyncSession, store: Store
) -> None:
    protocol = await checked(session, store)
    await verbs.ask_original(session, protocol=protocol, request_key="original", actor=DESK, now=NOW)
    await session.commit()
    async with store.unit_of_work() as first:
        await finish(first, await protocols.get(first, protocol.id))
    async with store.unit_of_work() as other:
        late = await other.get_one(Protocol, protocol.id)
        with refused("“concluído”"):
            await verbs.withdraw(other, protocol=late, request_key="withdraw", actor=ASSISTANT, now=NOW)


@pytest.mark.parametrize("shown", [False, True])
async def test_a_person_of_the_desk_says_no_with_a_reason_that_is_told_and_the_register_stays(
    session: AsyncSession, store: Store, shown: bool
) -> None:
    protocol = await checked(session, store)
    if shown:
        await verbs.ask_original(session, protocol=protocol, request_key="original", actor=DESK, now=NOW)
    no = {"protocol": protocol, "name": "refuse", "request_key": "no", "now": NOW}
    with refused("Escreva o motivo"):
        await moving.move(session, **no, actor=DESK)
    await moving.move(session, **no, actor=DESK, reason="A assinatura não é a mesma do RG.")
    assert (protocol.stage, protocol.state) == ("refused", "closed")
    assert (await who(session, CARLOS)).standing == "holder"
    query = select(Event).where(Event.values["text"].astext == "request_refused")
    said = await news.in_full(session, (await session.scalars(query)).one(), now=NOW)
    assert (said.values["number"], said.values["reason"]) == (protocol.number, "A assinatura não é a mesma do RG.")


async def test_a_withdrawal_that_the_desk_writes_down_is_told_although_nothing_was_begun(
    session: AsyncSession, store: Store
) -> None:
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["holder_change"], request_key="bare", conversation_id=None,
        beneficiary_id=(await who(session, CARLOS)).id, actor=DESK, now=NOW,
    )  # fmt: skip
    await moving.move(session, protocol=protocol, name="record_withdrawal", request_key="gone", actor=DESK, now=NOW)
    query = select(Event).where(Event.values["text"].astext == "withdrawn")
    said = await news.in_full(session, (await session.scalars(query)).one(), now=NOW)
    assert said.values["number"] == protocol.number


async def test_where_the_original_is_always_asked_it_is_asked_before_it_is_finished(
    session: AsyncSession, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "signature_original", True)
    protocol = await checked(session, store)
    with refused("Peça antes o original"):
        await finish(session, protocol)
    await verbs.ask_original(session, protocol=protocol, request_key="original", actor=DESK, now=NOW)
    assert (protocol.stage, protocol.state) == ("original", "waiting")
    assert await told_to(session, "holder_change_original") == {CARLOS}
    assert await finish(session, protocol)


SEALED = b"%PDF-1.7\n<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [0 840 960 240] >>\n%%EOF"


@pytest.mark.parametrize(
    ("content", "signed"),
    [(SEALED, True), (b"%PDF-1.7 /Type /Sig", False), (b"%PDF-1.7 /ByteRange [0 1 2 3]", False), (SEALED[1:], False)],
)
def test_a_pdf_that_was_signed_electronically_is_known(content: bytes, signed: bool) -> None:
    assert is_signed_electronically(content) is signed


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_form_signed_electronically_is_marked_for_the_desk_where_that_is_accepted(
    session: AsyncSession, store: Store, monkeypatch: pytest.MonkeyPatch, accepted: bool
) -> None:
    monkeypatch.setattr(settings(), "electronic_signatures", accepted)
    protocol = await opened(session, store)
    await give(session, protocol, "licence", "address_proof")
    form = files.File(files.keep(SEALED), "formulario.pdf", "application/pdf", len(SEALED))
    await documents.receive(
        session, protocol=protocol, given=Given(form, "test:sealed"), kind="signed_form", actor=ASSISTANT, now=NOW
    )
    await verbs.submit(session, protocol=protocol, request_key="submit", actor=ASSISTANT, now=NOW)
    lines = [line.text for line in await protocols.history(session, protocol.id)]
    assert ("Formulário assinado eletronicamente" in lines) is accepted
    assert protocol.stage == "in_review"


async def test_a_refused_paper_goes_back_with_its_reason_and_comes_again(session: AsyncSession, store: Store) -> None:
    protocol = await opened(session, store)
    papers = await give(session, protocol, *rules.papers(deceased=False))
    await verbs.submit(session, protocol=protocol, request_key="submit", actor=ASSISTANT, now=NOW)
    with refused("Recuse antes"):
        await verbs.ask_correction(session, protocol=protocol, request_key="back", actor=DESK, now=NOW)
    await documents.decide(
        session, document=papers[-1], accepted=False, reason="falta a sua assinatura", actor=DESK, now=NOW
    )
    assert await verbs.ask_correction(session, protocol=protocol, request_key="back", actor=DESK, now=NOW)
    assert protocol.stage == "correction"
    with refused("o formulário assinado"):
        await verbs.submit(session, protocol=protocol, request_key="early", actor=ASSISTANT, now=NOW)
    await give(session, protocol, "signed_form", time=2)
    assert await verbs.submit(session, protocol=protocol, request_key="again", actor=ASSISTANT, now=NOW)
