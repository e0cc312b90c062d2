"""The demo's plans, companies and contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.contracts import Company, Contract, ContractKind, Plan, WaitingPeriod
from backend.store.clock import local

LAST_DUE_DAY = 28

# Days after joining, by kind of care: the most that Law 9.656/1998 allows (art. 12, V, and art. 11).
WAITING = {"urgency": 1, "childbirth": 300, "other": 180, "pre_existing": 730}
PLANS = (
    Plan(
        code="zelo-cuidar", name="Zelo Cuidar", ans_code="999999251", coverage="Ambulatorial",
        accommodation="Sem internação", area="São Luís, São José de Ribamar, Paço do Lumiar e Raposa (MA)",
        copayment=True,
    ),
    Plan(
        code="zelo-familia", name="Zelo Família", ans_code="999999252",
        coverage="Ambulatorial, hospitalar com obstetrícia", accommodation="Enfermaria",
        area="Maranhão", copayment=False,
    ),
    Plan(
        code="zelo-completo", name="Zelo Completo", ans_code="999999253",
        coverage="Ambulatorial, hospitalar com obstetrícia e odontológica", accommodation="Apartamento",
        area="Maranhão e São Paulo", copayment=False,
    ),
    Plan(
        code="zelo-empresa", name="Zelo Empresa", ans_code="999999254",
        coverage="Ambulatorial, hospitalar com obstetrícia", accommodation="Apartamento",
        area="Todo o Brasil", copayment=True,
    ),
)  # fmt: skip
COMPANIES = (
    Company(code="EMP-001", name="Palmeira Modelo Engenharia Ltda.", cnpj="90010010000109"),
    Company(code="EMP-002", name="Mirante Modelo Serviços Ltda.", cnpj="90010020000136"),
)


@dataclass(frozen=True, slots=True)
class Signed:
    """One row of the table of contracts. `next_due_in`: days from D until the present month's invoice is due."""

    number: str
    kind: ContractKind
    plan: str
    on: date
    next_due_in: int = 8
    company: str = ""
    ended_days_ago: int | None = None


CONTRACTS = (
    Signed("10000001", "individual", "zelo-completo", date(2025, 2, 1)),
    Signed("10000002", "family", "zelo-familia", date(2025, 3, 10), next_due_in=5),
    Signed("10000003", "individual", "zelo-familia", date(2019, 6, 1), next_due_in=28),
    Signed("10000004", "collective", "zelo-empresa", date(2025, 4, 1), company="EMP-001"),
    Signed("10000005", "individual", "zelo-familia", date(2024, 1, 15)),
    Signed("10000006", "individual", "zelo-cuidar", date(2025, 1, 20), next_due_in=10),
    Signed("10000007", "individual", "zelo-familia", date(2024, 5, 6), next_due_in=20, ended_days_ago=40),
    Signed("10000008", "individual", "zelo-familia", date(2024, 12, 9)),
    Signed("10000009", "individual", "zelo-completo", date(2025, 5, 5), next_due_in=7),
    Signed("10000010", "individual", "zelo-familia", date(2021, 8, 1), next_due_in=15),
    Signed("10000011", "family", "zelo-familia", date(2023, 9, 12)),
    Signed("10000012", "sole_entrepreneur", "zelo-empresa", date(2025, 6, 2), company="EMP-002"),
)


async def load_contracts(session: AsyncSession, *, actor: Actor, now: datetime) -> dict[str, Contract]:
    """Adds the plans, companies and contracts that are not there yet; gives the demo's contracts by number."""
    await _add_plans(session)
    companies = await _add_companies(session)
    numbers = [row.number for row in CONTRACTS]
    found = {
        contract.number: contract
        for contract in await session.scalars(select(Contract).where(Contract.number.in_(numbers)))
    }
    today = local(now).date()
    for row in CONTRACTS:
        if row.number not in found:
            contract = _contract(row, companies.get(row.company), today)
            session.add(contract)
            await session.flush()
            audit.record(session, "demo.add_contract", ("contract", contract.id), actor=actor, now=now)
            found[row.number] = contract
    return found


async def _add_plans(session: AsyncSession) -> None:
    columns = Plan.__table__.columns.keys()
    plans = [{name: getattr(plan, name) for name in columns} for plan in PLANS]
    periods = [{"plan_code": plan.code, "care": care, "days": days} for plan in PLANS for care, days in WAITING.items()]
    await session.execute(insert(Plan).values(plans).on_conflict_do_nothing())
    await session.execute(insert(WaitingPeriod).values(periods).on_conflict_do_nothing())


async def _add_companies(session: AsyncSession) -> dict[str, UUID]:
    rows = [{"code": company.code, "name": company.name, "cnpj": company.cnpj} for company in COMPANIES]
    await session.execute(insert(Company).on_conflict_do_nothing(), rows)
    found = await session.execute(
        select(Company.code, Company.id).where(Company.code.in_([company.code for company in COMPANIES]))
    )
    return {row.code: row.id for row in found}


def _contract(row: Signed, company_id: UUID | None, today: date) -> Contract:
    due_day = (today + timedelta(days=row.next_due_in)).day
    ended = row.ended_days_ago
    return Contract(
        number=row.number, kind=row.kind, plan_code=row.plan, company_id=company_id, signed_on=row.on,
        due_day=min(due_day, LAST_DUE_DAY), pays_directly=row.kind != "collective",
        ended_on=None if ended is None else today - timedelta(days=ended),
    )  # fmt: skip
