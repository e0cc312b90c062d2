"""A contract's history has everything about its arrears, in the order in which it happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.delinquency import cases, decisions, history
from backend.delinquency.tables import Campaign, CampaignRow
from backend.errors import NotFound
from backend.store.ids import new_id
from tests.backend.delinquency.owing import CARLOS, NOW, SUPERVISOR, Books


async def test_every_contact_answer_decision_and_payment_is_in_it_in_order(books: Books) -> None:
    campaign = Campaign(
        name="Novembro", file_sha256="0" * 64, file_name="lista.xlsx", created_by="x",
        created_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    books.session.add(campaign)
    await books.session.flush()
    person, case = await books.who(CARLOS), await books.case(CARLOS)
    books.session.add(CampaignRow(campaign_id=campaign.id, line=2, contract_id=person.contract_id))
    await books.contacted(CARLOS, "call", made_at=NOW - timedelta(minutes=5))
    await books.noticed(CARLOS, now=NOW + timedelta(minutes=1))
    await decisions.decide(
        books.session, case=case, decision="wait", reason="Vai pagar.", request_key=books.key, actor=SUPERVISOR,
        now=NOW + timedelta(days=2),
    )  # fmt: skip
    await books.pays(person.contract_id, now=NOW + timedelta(days=3))
    await cases.close(
        books.session, case=case, closed_as="settled", actor=SUPERVISOR, now=NOW + timedelta(days=3, hours=2)
    )
    found = await history.of_contract(books.session, person.contract_id)
    since = [entry for entry in found.entries if entry.at > NOW - timedelta(hours=2)]
    assert [entry.what for entry in since] == [
        "listed", "attempt", "opened", "protocol", "notice", "answer", "verdict", "decision", "payment", "payment",
        "closed",
    ]  # fmt: skip
    assert found.people[0].cpf == CARLOS
    assert [(one.checked.intact, len(one.links)) for one in found.cases] == [(True, 5)]
    assert found.campaigns[campaign.id].name == "Novembro"


async def test_a_contract_that_there_is_not_has_no_history(books: Books) -> None:
    with pytest.raises(NotFound):
        await history.of_contract(books.session, new_id())
