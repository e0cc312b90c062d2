"""Requests for a procedure in the books: decided once, given out, denied in writing, and seen on the board."""

from __future__ import annotations

import io
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import demo, erp, mail
from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.errors import InvalidInput
from backend.procedures import board, catalogue, letters, verbs
from backend.procedures.board import Filters
from backend.procedures.status import status_of
from backend.procedures.tables import Authorization
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.clock import local
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
AUDITOR = attendant("auditor-1")
ANA, BRUNO, CARLOS, DEBORA = "52998224725", "11144477735", "39053344705", "15350946056"
MRI, KNEE, VISIT, BLEACH = "41101316", "30726034", "10101012", "85100030"
SIGNED = "Dra. Salete Queirós, médica auditora, CRM-MA 4207"
DENIAL = {"reason": "O laudo não mostra a lesão.", "clause": "Cláusula 6.3", "decided_by": SIGNED}


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await catalogue.load(session)
        yield session


async def who(session: AsyncSession, cpf: str) -> Beneficiary:
    return (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()


async def asked(
    session: AsyncSession, store: Store, cpf: str, code: str, *, at: datetime = NOW, urgent: bool = False
) -> tuple[Authorization, Protocol]:  # fmt: skip
    person = await who(session, cpf)
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["procedure_request"], request_key=f"{cpf}:{code}:{at}", conversation_id=None,
        beneficiary_id=person.id, actor=ASSISTANT, now=at,
    )  # fmt: skip
    authorization = await verbs.request_authorization(
        session, person=person, procedure=await catalogue.get(session, code), protocol=protocol, actor=ASSISTANT,
        now=at, urgent=urgent, requesting_doctor="Dr. Otacílio Menezes",
    )  # fmt: skip
    return authorization, protocol


async def deny(session: AsyncSession, authorization: Authorization, *, key: str | None = None) -> bool:
    return await verbs.move(
        session, authorization=authorization, state="denied", text="", actor=AUDITOR, now=NOW, request_key=key,
        reason=DENIAL["reason"], clause=DENIAL["clause"], decided_by=DENIAL["decided_by"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "name", "registration"),
    [
        (SIGNED, "Dra. Salete Queirós, médica auditora", "CRM-MA 4207"),
        ("Lia Prates CRO/SP 12.345", "Lia Prates", "CRO/SP 12.345"),
        ("Dr. Rui Castelhano (CRM PA 99)", "Dr. Rui Castelhano", "CRM PA 99"),
        ("Dra. Lia Prates", "Dra. Lia Prates", ""),
        ("CRM-MA 4207", "CRM-MA 4207", ""),
    ],
)
def test_a_signature_is_a_name_and_a_registration(written: str, name: str, registration: str) -> None:
    assert letters.signature_of(written) == letters.Signature(name, registration)


async def test_a_decision_is_made_once_for_a_key(session: AsyncSession, store: Store) -> None:
    authorization, _ = await asked(session, store, ANA, MRI)
    assert await deny(session, authorization, key="tap-1")
    assert not await deny(session, authorization, key="tap-1")
    assert [step.state for step in await verbs.steps(session, authorization.id)] == ["in_audit", "denied"]
    with pytest.raises(InvalidInput):
        await deny(session, authorization, key="tap-2")


async def test_each_decision_is_given_out_to_the_erp(session: AsyncSession, store: Store) -> None:
    approved, protocol = await asked(session, store, ANA, MRI)
    denied, _ = await asked(session, store, CARLOS, KNEE)
    await verbs.move(session, authorization=approved, state="waiting_document", text="", missing="Laudo",
                     actor=AUDITOR, now=NOW)  # fmt: skip
    await verbs.move(session, authorization=approved, state="in_audit", text="", actor=ASSISTANT, now=NOW)
    await verbs.move(session, authorization=approved, state="approved", text="", actor=AUDITOR, now=NOW)
    await deny(session, denied)
    query = select(erp.ErpChange).where(erp.ErpChange.kind == "authorization.decided").order_by(erp.ErpChange.id)
    first, second = (await session.scalars(query)).all()
    assert first.values == {
        "number": approved.number, "state": "approved", "protocol": protocol.number, "procedure": MRI,
        "valid_until": "2027-02-23",
    }  # fmt: skip
    assert (second.values["state"], second.values["valid_until"]) == ("denied", None)
    assert second.subject_id == str(denied.id)


async def test_what_is_settled_at_once_is_given_out_too(session: AsyncSession, store: Store) -> None:
    authorization, protocol = await asked(session, store, ANA, VISIT)
    assert await verbs.settle_at_once(session, authorization=authorization, actor=ASSISTANT, now=NOW)
    assert protocol.state == "closed"
    changes = (await session.scalars(select(erp.ErpChange).order_by(erp.ErpChange.id))).all()
    assert [change.kind.removeprefix("authorization.") for change in changes] == ["requested", "moved", "decided"]
    assert {change.values["procedure"] for change in changes} == {VISIT}


async def test_the_erp_hears_of_the_request_and_of_every_state_in_order(session: AsyncSession, store: Store) -> None:
    authorization, protocol = await asked(session, store, ANA, MRI)
    moves = [("waiting_document", "Laudo"), ("in_audit", ""), ("approved", ""), ("cancelled", "")]
    for state, missing in moves:
        await verbs.move(session, authorization=authorization, state=state, text="", missing=missing,
                         actor=AUDITOR, now=NOW)  # fmt: skip
    changes = (await session.scalars(select(erp.ErpChange).order_by(erp.ErpChange.id))).all()
    assert [(change.kind.removeprefix("authorization."), change.values["state"]) for change in changes] == [
        ("requested", "in_audit"), ("moved", "waiting_document"), ("moved", "in_audit"), ("moved", "approved"),
        ("decided", "approved"), ("moved", "cancelled"),
    ]  # fmt: skip
    assert changes[0].values["requesting_doctor"] == "Dr. Otacílio Menezes"
    assert changes[1].values["missing"] == "Laudo"
    assert {change.values["protocol"] for change in changes} == {protocol.number}


async def test_a_denial_that_is_looked_at_again_opens_its_protocol_with_a_new_term(
    session: AsyncSession, store: Store
) -> None:
    authorization, protocol = await asked(session, store, ANA, MRI)
    await deny(session, authorization)
    assert protocol.state == "closed"
    later = NOW + timedelta(days=20)
    await verbs.move(session, authorization=authorization, state="in_audit", text="", actor=AUDITOR, now=later)
    assert (protocol.state, protocol.closed_at, protocol.due_at) == ("open", None, authorization.due_at)
    assert authorization.due_at > later
    await verbs.move(session, authorization=authorization, state="approved", text="", actor=AUDITOR, now=later)
    assert (protocol.state, protocol.closed_at) == ("closed", later)


async def test_the_term_is_longer_by_the_business_days_for_which_the_plan_waited(
    session: AsyncSession, store: Store
) -> None:
    authorization, protocol = await asked(session, store, ANA, MRI)  # a Monday; 5 business days
    await verbs.move(session, authorization=authorization, state="waiting_document", text="", missing="Laudo",
                     actor=AUDITOR, now=NOW + timedelta(days=1))  # fmt: skip
    sent = NOW + timedelta(days=14)  # nine business days after that
    waiting = await status_of(session, authorization, now=sent)
    assert not waiting.is_late
    await verbs.move(session, authorization=authorization, state="in_audit", text="", actor=ASSISTANT, now=sent)
    status = await status_of(session, authorization, now=sent)
    assert (local(authorization.due_at).date(), status.days_left, status.is_late) == (date(2026, 12, 11), 4, False)
    assert protocol.due_at == authorization.due_at


async def test_waiting_makes_no_term_longer_that_was_over_or_has_none(session: AsyncSession, store: Store) -> None:
    urgent, _ = await asked(session, store, ANA, MRI, urgent=True)
    late, _ = await asked(session, store, CARLOS, KNEE)
    for one, at in ((urgent, NOW), (late, NOW + timedelta(days=30))):
        await verbs.move(session, authorization=one, state="waiting_document", text="", missing="Laudo",
                         actor=AUDITOR, now=at)  # fmt: skip
        await verbs.move(session, authorization=one, state="in_audit", text="", actor=ASSISTANT,
                         now=at + timedelta(days=7))  # fmt: skip
    assert urgent.due_at == NOW
    assert (await status_of(session, late, now=NOW + timedelta(days=37))).is_late


async def test_a_denial_is_printed_with_its_ground_and_the_way_to_the_ombudsman(
    session: AsyncSession, store: Store
) -> None:
    authorization, protocol = await asked(session, store, ANA, MRI)
    with pytest.raises(InvalidInput):
        await letters.denial_of(session, authorization)
    await deny(session, authorization)
    letter = await letters.denial_of(session, authorization)
    assert letter == await letters.denial_of(session, authorization)
    assert (letter.name, letter.content_type) == (f"negativa-{authorization.number}.pdf", "application/pdf")
    written = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files.read(letter.sha256))).pages)
    flat = " ".join(written.split())
    for part in (
        DENIAL["reason"], DENIAL["clause"], "Dra. Salete Queirós", "CRM-MA 4207", "ouvidoria", protocol.number,
        authorization.number, "Ana Beatriz Rocha", "RM - Articular", "Dr. Otacílio Menezes",
    ):  # fmt: skip
        assert part in flat, part


async def test_a_denial_goes_to_the_registered_address_once_and_its_subject_names_no_procedure(
    session: AsyncSession, store: Store
) -> None:
    ana = await who(session, ANA)
    ana.email = "ana@exemplo.com"
    authorization, protocol = await asked(session, store, ANA, MRI)
    await deny(session, authorization, key="tap-1")
    await deny(session, authorization, key="tap-1")
    sent = (await session.scalars(select(mail.Mail))).one()
    assert (sent.kind, sent.recipient, sent.protocol_id) == ("denial", "ana@exemplo.com", protocol.id)
    assert [file["name"] for file in sent.files] == [f"negativa-{authorization.number}.pdf"]
    assert "RM" not in str(sent.values)


@pytest.mark.parametrize(("his", "holders", "to"), [("", "ana@exemplo.com", "ana@exemplo.com"), ("", "", None)])
async def test_a_minors_denial_goes_to_the_holder_where_he_has_no_address(
    session: AsyncSession, store: Store, his: str, holders: str, to: str | None
) -> None:
    (await who(session, ANA)).email = holders
    (await who(session, BRUNO)).email = his
    authorization, _ = await asked(session, store, BRUNO, MRI)
    await deny(session, authorization)
    assert await session.scalar(select(mail.Mail.recipient)) == to


async def test_an_adult_without_an_address_gets_no_e_mail(session: AsyncSession, store: Store) -> None:
    (await who(session, CARLOS)).email = ""
    authorization, _ = await asked(session, store, CARLOS, MRI)
    await deny(session, authorization)
    assert await session.scalar(select(mail.Mail.id)) is None


@pytest.mark.parametrize(
    ("his", "holders", "to"),
    [("casa@exemplo.com", "Casa@exemplo.com ", None), ("debora@exemplo.com", "casa@exemplo.com", "debora@exemplo.com")],
)
async def test_an_adults_denial_goes_to_no_address_that_another_adult_reads(
    session: AsyncSession, store: Store, his: str, holders: str, to: str | None
) -> None:
    (await who(session, CARLOS)).email = holders
    (await who(session, DEBORA)).email = his
    authorization, _ = await asked(session, store, DEBORA, MRI)
    await deny(session, authorization)
    assert await session.scalar(select(mail.Mail.recipient)) == to


async def test_the_same_open_request_is_found(session: AsyncSession, store: Store) -> None:
    authorization, _ = await asked(session, store, ANA, MRI)
    ana = authorization.beneficiary_id
    assert await verbs.open_request_for(session, beneficiary_id=ana, procedure_code=MRI) is authorization
    assert await verbs.open_request_for(session, beneficiary_id=ana, procedure_code=KNEE) is None
    await deny(session, authorization)
    assert await verbs.open_request_for(session, beneficiary_id=ana, procedure_code=MRI) is None


async def test_the_one_that_waits_for_a_document_is_found_by_its_protocol(session: AsyncSession, store: Store) -> None:
    authorization, protocol = await asked(session, store, ANA, MRI)
    assert await verbs.waiting_for_document(session, protocol.id) is None
    await verbs.move(session, authorization=authorization, state="waiting_document", text="", missing="Laudo",
                     actor=AUDITOR, now=NOW)  # fmt: skip
    assert await verbs.waiting_for_document(session, protocol.id) is authorization


async def test_the_board_has_what_is_undecided_by_term(session: AsyncSession, store: Store) -> None:
    simple, _ = await asked(session, store, CARLOS, BLEACH)
    opme, of_opme = await asked(session, store, ANA, KNEE)
    audited, _ = await asked(session, store, ANA, MRI, at=NOW - timedelta(days=30))
    urgent, _ = await asked(session, store, CARLOS, MRI, urgent=True)
    done, _ = await asked(session, store, BRUNO, MRI)
    await deny(session, done)
    file = files.File(files.keep(b"%PDF-1.4"), "pedido.pdf", "application/pdf", 8)
    await documents.receive(
        session, protocol=of_opme, given=documents.Given(file, "media:1"), kind="medical_request", actor=ASSISTANT,
        now=NOW,
    )  # fmt: skip
    rows = await board.board(session, now=NOW)
    assert [row.number for row in rows] == [audited.number, urgent.number, simple.number, opme.number]
    assert [row.sort for row in rows] == ["audited", "audited", "simple", "opme"]
    assert [row.overdue for row in rows] == [True, False, False, False]
    assert [row.urgent for row in rows] == [False, True, False, False]
    assert [row.documents for row in rows] == [0, 0, 0, 1]
    assert (rows[3].beneficiary_name, rows[3].protocol_number) == ("Ana Beatriz Rocha", of_opme.number)
    assert (rows[3].title, rows[3].requesting_doctor) == ("em análise", "Dr. Otacílio Menezes")


async def test_the_board_is_narrowed(session: AsyncSession, store: Store) -> None:
    opme, protocol = await asked(session, store, ANA, KNEE)
    audited, _ = await asked(session, store, CARLOS, MRI, at=NOW - timedelta(days=30))

    async def found(**wanted: object) -> set[UUID]:
        rows = await board.board(session, now=NOW, filters=Filters(**wanted))  # type: ignore[arg-type]
        return {row.authorization_id for row in rows}

    assert await found() == {opme.id, audited.id}
    assert await found(opme=True) == {opme.id}
    assert await found(overdue=True) == {audited.id}
    assert await found(state="waiting_document") == set()
    assert await found(text="artroplastia joelho") == {opme.id}
    assert await found(text="nunes") == {audited.id}
    assert await found(text="NUNES rm") == {audited.id}
    assert await found(text=protocol.number) == {opme.id}
    assert await found(text=audited.number) == {audited.id}
    assert await found(text="100%") == set()


async def test_three_thousand_rows_are_seen_quickly(session: AsyncSession) -> None:
    ana = await who(session, ANA)
    await session.execute(
        text(
            "INSERT INTO protocol (id, number, kind, team, state, opened_at, due_at, request_key)"
            " SELECT gen_random_uuid(), 'many' || n, 'procedure_request', 'authorizations', 'open', :now, :now, 'many' || n"
            " FROM generate_series(1, 3000) n"
        ),
        {"now": NOW},
    )
    await session.execute(
        text(
            "INSERT INTO procedure_authorization (id, number, beneficiary_id, procedure_code, protocol_id, state,"
            " requested_at, due_at) SELECT gen_random_uuid(), p.number, :ana, :code, p.id, 'in_audit', :now, :now"
            " FROM protocol p WHERE p.number LIKE 'many%'"
        ),
        {"ana": ana.id, "code": MRI, "now": NOW},
    )
    await session.execute(text("ANALYZE protocol, procedure_authorization, document"))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        rows = await board.board(session, now=NOW)
        took.append(time.perf_counter() - began)
    assert len(rows) == 3000
    assert min(took) < 0.25, took  # a shared machine; 50 ms where nothing else runs


async def test_the_desk_puts_an_urgent_request_on_record_which_is_due_at_once(
    session: AsyncSession, store: Store
) -> None:
    person = await who(session, ANA)
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["procedure_request"], request_key="counter", conversation_id=None,
        beneficiary_id=person.id, actor=AUDITOR, now=NOW,
    )  # fmt: skip
    authorization = await verbs.request_authorization(
        session, person=person, procedure=await catalogue.get(session, VISIT), protocol=protocol, actor=AUDITOR,
        now=NOW, urgent=True, requesting_doctor="Dr. Otacílio Menezes", text="Pedido feito no balcão.",
    )  # fmt: skip
    assert not await verbs.settle_at_once(session, authorization=authorization, actor=AUDITOR, now=NOW)
    assert (authorization.state, authorization.due_at, protocol.due_at) == ("in_audit", NOW, NOW)
    [step] = await verbs.steps(session, authorization.id)
    assert (step.text, step.actor_kind) == ("Pedido feito no balcão.", "attendant")
    [card] = await board.board(session, now=NOW)
    assert card.urgent
