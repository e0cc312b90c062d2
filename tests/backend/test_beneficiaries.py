"""Who is found in the register, who may act for whom, and what 0002 makes of older rows."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, demo
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary, age, is_covered, may_act_for
from backend.contracts import hears_of_money
from backend.store.clock import business_now
from backend.store.engine import Store

TODAY = date(2026, 11, 22)
HOUSE, OTHER_HOUSE = uuid4(), uuid4()


def somebody(standing: str, born: date, contract: object = HOUSE, left: date | None = None) -> Beneficiary:
    return Beneficiary(id=uuid4(), standing=standing, birth_date=born, contract_id=contract, left_on=left)


GROWN, CHILD, ALMOST = date(1980, 1, 1), date(2015, 1, 1), date(2008, 11, 23)
HOLDER = somebody("holder", GROWN)
ACTS = [
    (HOLDER, HOLDER, True),
    (HOLDER, somebody("dependent", CHILD), True),
    (HOLDER, somebody("dependent", ALMOST), True),  # of age tomorrow
    (HOLDER, somebody("dependent", date(2008, 11, 22)), False),  # of age today
    (HOLDER, somebody("dependent", GROWN), False),
    (HOLDER, somebody("dependent", CHILD, OTHER_HOUSE), False),
    (somebody("payer", GROWN), somebody("holder", CHILD), True),
    (somebody("dependent", GROWN), somebody("dependent", CHILD), False),
    (somebody("member", GROWN), somebody("dependent", CHILD), False),
]


@pytest.mark.parametrize(("speaker", "other", "may"), ACTS)
def test_who_answers_for_the_contract_acts_for_its_minors_and_nobody_for_another_adult(
    speaker: Beneficiary, other: Beneficiary, may: bool
) -> None:
    assert may_act_for(speaker, other, TODAY) is may


@pytest.mark.parametrize(
    ("standing", "hears"),
    [("holder", True), ("detached_member", True), ("payer", True), ("dependent", False), ("member", False)],
)
def test_only_who_answers_for_the_contract_hears_of_money(standing: str, hears: bool) -> None:
    assert hears_of_money(somebody(standing, GROWN)) is hears


def test_coverage_ends_with_the_day_of_leaving_and_a_payer_has_none() -> None:
    assert is_covered(HOLDER, TODAY)
    assert is_covered(somebody("holder", GROWN, left=date(2026, 11, 23)), TODAY)
    assert not is_covered(somebody("holder", GROWN, left=TODAY), TODAY)
    assert not is_covered(somebody("payer", GROWN), TODAY)


@pytest.mark.parametrize(("born", "years"), [(date(2008, 11, 22), 18), (date(2008, 11, 23), 17), (date(2026, 1, 1), 0)])
def test_age_counts_full_years(born: date, years: int) -> None:
    assert age(somebody("holder", born), TODAY) == years


async def names(session: AsyncSession, words: str) -> list[str]:
    return [person.full_name for person in await beneficiaries.search(session, words)]


async def test_people_are_found_by_cpf_card_and_parts_of_the_name_typos_forgiven(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=await business_now(session))
        assert await names(session, "529.982.247-25") == ["Ana Beatriz Rocha"]
        assert await names(session, "0064 1000 0001 02") == ["Bruno Rocha Lima"]
        assert await names(session, "beatriz rocha") == ["Ana Beatriz Rocha"]
        assert await names(session, "ROCHA") == ["Ana Beatriz Rocha", "Bruno Rocha Lima"]
        assert await names(session, "debora nunes") == ["Débora Nunes Alves"]
        assert (await names(session, "Elsa Fereira Costa"))[0] == "Elza Ferreira Costa"
        assert await names(session, "a") == []
        assert await names(session, "100%") == []
