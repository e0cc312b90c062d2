"""What is due is decided by a person, on what he saw; nothing that he decides ends a contract here. [RN 593]"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.actor import ASSISTANT
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.delinquency import decisions, evidence
from backend.delinquency.decisions import Due
from backend.delinquency.tables import EvidenceLink
from backend.erp import ErpChange
from backend.errors import InvalidInput, NotAllowed, Taken
from backend.protocols import verbs as protocols
from backend.settings import settings
from tests.backend.delinquency.owing import CARLOS, ELZA, NOW, SUPERVISOR, TODAY, Books

DEADLINE = TODAY + timedelta(days=10)
AFTER = DEADLINE + timedelta(days=1)
LATER = NOW + timedelta(days=11)


async def due(books: Books, cpf: str, on: object = AFTER) -> Due:
    found = await decisions.standings(books.session, on=on)  # type: ignore[arg-type]
    return next(one for one in found if one.person.cpf == cpf)


async def decided(books: Books, cpf: str, decision: str = "cancel", **more: object) -> None:
    given: dict[str, object] = {"reason": "Sem resposta às propostas.", "request_key": books.key, "actor": SUPERVISOR}
    await decisions.decide(books.session, case=await books.case(cpf), decision=decision, now=LATER, **(given | more))  # type: ignore[arg-type]


async def test_a_case_is_due_the_day_after_the_tenth_and_not_on_it(books: Books) -> None:
    await books.noticed(CARLOS)
    tenth = await due(books, CARLOS, DEADLINE)
    assert (tenth.decision.due, tenth.decision.missing, tenth.decision.deadline) == (
        False, ("deadline_running",), DEADLINE,
    )  # fmt: skip
    after = await due(books, CARLOS)
    assert (after.decision.due, after.decision.basis, after.decision.missing) == (True, "noticed", ())
    assert after.notice is not None
    assert after.notice.counts


async def test_those_that_are_due_come_first_and_each_says_what_is_missing(books: Books) -> None:
    await books.case(ELZA)
    await books.noticed(CARLOS)
    found = await decisions.standings(books.session, on=AFTER)
    assert [one.person.cpf for one in found] == [CARLOS, ELZA]
    assert "no_notice" in found[1].decision.missing


async def test_who_paid_one_of_two_fees_is_not_due_any_more(books: Books) -> None:
    notice = await books.noticed(CARLOS)
    contract = (await due(books, CARLOS)).contract
    await books.pays(contract.id)
    assert (await due(books, CARLOS)).decision.missing == ("nothing_unpaid",)
    assert notice.counts


async def test_a_stay_in_hospital_stands_in_the_way(books: Books) -> None:
    await books.noticed(CARLOS)
    (await books.who(CARLOS)).in_hospital_since = TODAY
    await books.session.flush()
    assert (await due(books, CARLOS)).decision.missing == ("in_hospital",)


async def test_a_dispute_within_the_ten_days_waits_for_its_answer_and_then_ten_days_more(books: Books) -> None:
    await books.noticed(CARLOS)
    report = await books.protocol(CARLOS, "payment_report", NOW + timedelta(days=3))
    assert (await due(books, CARLOS)).decision.missing == ("dispute_open",)
    await protocols.close_protocol(
        books.session, protocol=report, text="Não encontramos.", actor=SUPERVISOR, now=NOW + timedelta(days=9)
    )
    answered = await due(books, CARLOS)
    assert (answered.decision.missing, answered.decision.deadline) == (("deadline_running",), TODAY + timedelta(19))


async def test_all_means_tried_in_vain_make_a_case_due_ten_days_after_the_last(books: Books) -> None:
    (await books.who(CARLOS)).email = "carlos@exemplo.com"
    notice, _ = await books.given(CARLOS)
    await books.settled(notice, over=True)
    await books.contacted(CARLOS, "email")
    await books.contacted(CARLOS, "call", "wrong_person")
    assert "untried_letter" in (await due(books, CARLOS)).decision.missing
    await books.contacted(CARLOS, "letter", "returned", made_at=NOW + timedelta(days=2))
    before = await due(books, CARLOS, TODAY + timedelta(12))
    assert (before.decision.basis, before.decision.missing) == ("tried_in_vain", ("deadline_running",))
    assert (await due(books, CARLOS, TODAY + timedelta(13))).decision.due


async def test_a_means_without_an_address_in_the_register_is_not_waited_for(books: Books) -> None:
    await books.session.execute(update(Beneficiary).values(email="", street=""))
    notice, _ = await books.given(CARLOS)
    await books.settled(notice, over=True)
    await books.contacted(CARLOS, "call")
    assert (await due(books, CARLOS)).decision.basis == "tried_in_vain"


async def test_contacts_over_addresses_that_are_not_in_the_register_prove_nothing(books: Books) -> None:
    for means, address in (("email", "outro@exemplo.com"), ("call", "+5598999990000"), ("letter", "Rua Nova, 1")):
        await books.contacted(CARLOS, means, address=address)
    assert (await due(books, CARLOS)).decision.missing[0] == "no_notice"


async def test_evidence_that_was_changed_stands_in_the_way(books: Books) -> None:
    await books.noticed(CARLOS)
    case = await books.case(CARLOS)
    link = (await evidence.links_of(books.session, case.id))[1]
    await books.session.execute(
        update(EvidenceLink).where(EvidenceLink.id == link.id).values(content={**link.content, "text": "sim, ciente"})
    )
    books.session.expire_all()
    found = await due(books, CARLOS)
    assert (found.checked.broken_at, found.decision.missing) == (2, ("evidence_broken",))


async def test_a_decision_keeps_what_was_seen_and_the_contract_stays(books: Books) -> None:
    await books.noticed(CARLOS)
    mark = (await due(books, CARLOS)).mark
    await decided(books, CARLOS, known=mark)
    found = await due(books, CARLOS)
    assert found.decided is not None
    assert (found.decided.decision, found.decided.decided_by) == ("cancel", "attendant:supervisor-1")
    assert found.decided.seen["deadline"] == DEADLINE.isoformat()
    assert (
        await books.session.scalars(select(Contract.ended_on).where(Contract.id == found.contract.id))
    ).one() is None
    assert (await evidence.links_of(books.session, found.case.id))[-1].kind == "decision"
    change = (await books.session.scalars(select(ErpChange).where(ErpChange.kind == "delinquency.decided"))).one()
    assert (change.values["contract"], change.values["decision"]) == ("10000002", "cancel")


async def test_a_decision_is_made_once_for_a_key(books: Books) -> None:
    await books.noticed(CARLOS)
    await decided(books, CARLOS, "wait", request_key="once")
    await decided(books, CARLOS, "keep", request_key="once")
    found = await due(books, CARLOS)
    assert found.decided is not None
    assert found.decided.decision == "wait"


async def test_who_decides_on_what_has_changed_meanwhile_sees_it_first(books: Books) -> None:
    await books.noticed(CARLOS)
    mark = (await due(books, CARLOS)).mark
    await decided(books, CARLOS, "wait", known=mark)
    with pytest.raises(Taken):
        await decided(books, CARLOS, "cancel", known=mark)


async def test_cancelling_is_not_written_down_while_anything_stands_in_the_way(books: Books) -> None:
    await books.noticed(CARLOS)
    (await books.who(CARLOS)).in_hospital_since = TODAY
    await books.session.flush()
    with pytest.raises(NotAllowed, match="not due"):
        await decided(books, CARLOS)
    await decided(books, CARLOS, "keep")


async def test_no_program_decides_and_nobody_without_a_reason(books: Books) -> None:
    await books.noticed(CARLOS)
    with pytest.raises(NotAllowed):
        await decided(books, CARLOS, actor=ASSISTANT)
    for given in ({"reason": " "}, {"decision": "end"}):
        with pytest.raises(InvalidInput):
            await decided(books, CARLOS, **given)


async def test_with_whatsapp_off_a_confirmed_chat_is_one_of_the_means_tried(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "notice_by_whatsapp", False)
    await books.noticed(CARLOS)
    missing = (await due(books, CARLOS)).decision.missing
    assert missing[0] == "no_notice"
    assert "untried_whatsapp" not in missing
