"""What a person's plan is: coverage, waiting periods, accommodation, area; and which of it is asked about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import Company, Plan, WaitingPeriod, contract_of, plan_of
from backend.identifiers import plain
from backend.procedures.search import find
from backend.procedures.tables import Procedure

Topic = Literal[
    "coverage", "waiting_period", "accommodation", "area", "copayment", "due_date", "price", "dependents", "card"
]
# What people read for the kinds of care that a waiting period names.
CARE_TITLES: Mapping[str, str] = {
    "urgency": "urgência e emergência",
    "childbirth": "parto",
    "other": "demais consultas, exames, cirurgias e internações",
    "pre_existing": "doenças e lesões declaradas na adesão (cobertura parcial temporária)",
}
# 'pre_existing' is for who declared a condition, procedure by procedure (RN 558): an auditor sees to it.
_FOR_EVERYBODY = frozenset({"urgency", "childbirth", "other"})
_CHILDBIRTH = frozenset({"31309038", "31309054", "31309127", "31309135", "31309208"})
_NEEDS = {"dentistry": "odonto", "elective_admission": "hospital"}
_ALTERNATIVES = 4
_SURE = 0.6

_PATTERNS: Mapping[Topic, re.Pattern[str]] = {
    "waiting_period": re.compile(
        r"caren[cs]|\bcar p|esperar|espera\b|(?:ja|quando|qdo) (?:eu )?posso|posso ja|\bcpt\b|pre ?existente"
        r"|cobertura parcial|posso (?:\w+ ){1,3}ja\b"
    ),
    "coverage": re.compile(
        r"\bcobr(?:e|em|i|ir|ira|iria)?\b|cobert\w*|inclus[oa]|inclui|incluid|tenho direito|tem direito|da direito"
        r"|plano (?:me )?(?:paga|da)\b|contempla|abrange trat|beneficios|limite de|quantas sessoes|home care"
        r"|obstetric|rol de proced"
    ),
    "accommodation": re.compile(r"enfermaria|apartamento|\bapto?\b|\bquarto|acomodac|acompanhante|sozinh"),
    "area": re.compile(
        r"abrangencia|geografic|fora do estado|outro estado|outra cidade|nacional|regional|viagem|viajar|viajando"
        r"|\bvale (?:no|na|em|aqui|pra|fora)\b|onde (?:o plano )?(?:vale|atende)"
    ),
    "copayment": re.compile(r"co ?-?part"),
    "due_date": re.compile(r"venciment|\bvence|(?:dia|data) (?:de|do|que|pra|para) (?:pag|boleto|mensalidade|eu pag)"),
    "price": re.compile(
        r"quanto (?:custa|e\b|eu pago|pago|fica|sai|vai|aumenta)|q(?:to|nto) (?:custa|e\b|pago|vai|aumenta)|\bvalor"
        r"|\bpreco|mensalidade|reajust|aumento|aumentar|faixa de idade|faixa etaria|mais barato"
    ),
    "dependents": re.compile(
        r"dependente|agregad|(?:incluir|colocar|botar|por|adicionar|entrar) (?:o |a )?(?:meu|minha|meus|um|uma|no)\b"
        r"|recem ?-?nascid"
    ),
    "card": re.compile(r"cart[ei]+rinha|carteira|karteira|carterinha|\bcartao"),
}
# A topic that goes without saying where one of the others is asked for, unless these words are said too:
# 'tem direito a apartamento?' is about accommodation, 'quanto é a coparticipação?' about copayment.
_SHADOWED: Mapping[Topic, tuple[frozenset[Topic], re.Pattern[str]]] = {
    "coverage": (
        frozenset({"waiting_period", "accommodation", "area", "copayment", "dependents"}),
        re.compile(r"\bcobr(?:e|em|i|ir)?\b|cobert[oa]s?\b|contempla|home care"),
    ),
    "price": (
        frozenset({"copayment", "due_date", "waiting_period"}),
        re.compile(r"\bvalor|\bpreco|reajust|aument"),
    ),
    "due_date": (frozenset({"card", "waiting_period"}), re.compile(r"mensalidade|boleto|fatura")),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting period of one person. `until` is the first day without it; `fulfilled` says whether that has come."""

    care: str
    title: str
    days: int
    until: date
    fulfilled: bool


@dataclass(frozen=True, slots=True)
class PlanInformation:
    """A person's plan and contract. Who may hear of `due_day` the caller decides (rule 3); no amount is in it."""

    name: str
    ans_code: str
    coverage: str
    accommodation: str
    area: str
    copayment: bool
    contract_number: str
    signed_on: date
    joined_on: date
    due_day: int
    company: str
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the operator's table says about a procedure: general information, and no promise that it is authorized.

    `certain` is False where the words fit only in part; `others` are what may have been meant instead.
    """

    procedure: Procedure
    covered: bool
    needs_audit: bool
    certain: bool
    others: tuple[Procedure, ...]


async def information(session: AsyncSession, person: Beneficiary, *, today: date) -> PlanInformation:
    """What is known of the person's plan. Who only pays has no waiting periods. NotFound where the plan is gone."""
    contract = await contract_of(session, person)
    plan = await plan_of(session, contract)
    company = await session.get(Company, contract.company_id) if contract.company_id else None
    return PlanInformation(
        name=plan.name, ans_code=plan.ans_code, coverage=plan.coverage, accommodation=plan.accommodation,
        area=plan.area, copayment=plan.copayment, contract_number=contract.number, signed_on=contract.signed_on,
        joined_on=person.joined_on, due_day=contract.due_day, company=company.name if company else "",
        waiting=await waiting_periods(session, person, plan, today=today),
    )  # fmt: skip


async def waiting_periods(
    session: AsyncSession, person: Beneficiary, plan: Plan, *, today: date
) -> tuple[Waiting, ...]:
    """The plan's waiting periods counted from the day the person joined, the shortest first (Law 9.656, art. 12, V)."""
    if person.standing == "payer":
        return ()
    query = select(WaitingPeriod).where(WaitingPeriod.plan_code == plan.code)
    periods = (await session.scalars(query.order_by(WaitingPeriod.days, WaitingPeriod.care))).all()
    return tuple(_waiting(period, person.joined_on, today) for period in periods)


async def still_waits(session: AsyncSession, person: Beneficiary, procedure: Procedure, *, today: date) -> bool:
    """Whether a waiting period of the person's plan still stands before this procedure.

    Those of declared conditions (CPT) are not in it: they are decided procedure by procedure.
    """
    plan = await plan_of(session, await contract_of(session, person))
    care = care_of(procedure)
    waiting = await waiting_periods(session, person, plan, today=today)
    return any(period.care == care and not period.fulfilled for period in waiting)


async def covers(session: AsyncSession, words: str, *, plan: Plan | None = None) -> Coverage | None:
    """What 'cobre ressonância?' is answered with, in general or for one plan; None where no procedure is named."""
    found = await find(session, words, limit=1 + _ALTERNATIVES)
    if not found:
        return None
    best, others = found[0], found[1:]
    procedure = best.procedure
    in_plan = plan is None or coverage_includes(plan.coverage, procedure.care_class)
    return Coverage(
        procedure=procedure, covered=procedure.covered and in_plan, needs_audit=procedure.needs_audit,
        certain=best.score >= _SURE, others=tuple(one.procedure for one in others),
    )  # fmt: skip


def answer_topics(text: str) -> set[Topic]:
    """Which parts of the plan's information are asked for, from people's words; empty for the plan as a whole. Pure."""
    said = re.sub(r"[^\w\s-]", " ", plain(text))
    topics = {topic for topic, pattern in _PATTERNS.items() if pattern.search(said)}
    return topics - {
        topic
        for topic, (others, said_outright) in _SHADOWED.items()
        if topics & others and not said_outright.search(said)
    }


def coverage_includes(coverage: str, care_class: str) -> bool:
    """Whether a plan of a coverage ('Ambulatorial', '… hospitalar', '… odontológica') has a class of care. Pure."""
    needed = _NEEDS.get(care_class)
    return needed is None or needed in plain(coverage)


def care_of(procedure: Procedure) -> str:
    """Which waiting period stands before a procedure: 'urgency', 'childbirth' or 'other'. Pure."""
    if procedure.code in _CHILDBIRTH:
        return "childbirth"
    return "urgency" if procedure.care_class == "urgent" else "other"


def _waiting(period: WaitingPeriod, joined_on: date, today: date) -> Waiting:
    until = joined_on + timedelta(days=period.days)
    return Waiting(
        care=period.care, title=CARE_TITLES.get(period.care, period.care), days=period.days, until=until,
        fulfilled=today >= until,
    )  # fmt: skip
