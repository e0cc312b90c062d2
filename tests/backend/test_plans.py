"""What is asked about a plan, and what is answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from backend import demo, plans
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.contracts import contract_of, plan_of
from backend.procedures import catalogue
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ANA, FABIO, IRENE = "52998224725", "86288366757", "90010012974"

ASKED = [
    ("o que meu plano cobre?", {"coverage"}),
    ("cobre ressonância?", {"coverage"}),
    ("o plano cobri fisioterapia?", {"coverage"}),
    ("cobertra do plano", {"coverage"}),
    ("prótese dentária tá coberta?", {"coverage"}),
    ("meu plano tem dentista incluso?", {"coverage"}),
    ("meu plano tem obstetrícia?", {"coverage"}),
    ("queria saber se tenho direito a home care", {"coverage"}),
    ("se eu precisar operar a vista o plano paga?", {"coverage"}),
    ("quantas sessões de fono eu tenho direito por ano?", {"coverage"}),
    ("qual a carência pra parto?", {"waiting_period"}),
    ("carensia parto", {"waiting_period"}),
    ("car p parto?", {"waiting_period"}),
    ("já posso operar?", {"waiting_period"}),
    ("quanto tempo tem que esperar pra poder operar?", {"waiting_period"}),
    ("já posso usar o plano ou tem que esperar?", {"waiting_period"}),
    ("cpt o que é isso no meu contrato", {"waiting_period"}),
    ("tenho diabetes e assinei um papel falando de cobertura parcial", {"waiting_period"}),
    ("tem direito a apartamento?", {"accommodation"}),
    ("é enfermaria ou apartamento?", {"accommodation"}),
    ("se eu precisar de um quarto só pra mim, meu plano dá?", {"accommodation"}),
    ("tem direito a acompanhante na internação?", {"accommodation"}),
    ("qual a abrangência do meu plano", {"area"}),
    ("tem cobertura pra fora do estado?", {"area"}),
    ("meu plano vale no piauí?", {"area"}),
    ("vale em outro estado?", {"area"}),
    ("meu plano é nacional?", {"area"}),
    ("Solicito saber a área geográfica de cobertura do plano.", {"area"}),
    ("meu plano tem copart?", {"copayment"}),
    ("quanto é a coparticipação de consulta?", {"copayment"}),
    ("copartcipaçao quanto é", {"copayment"}),
    ("vencimento", {"due_date"}),
    ("que dia vence minha mensalidade?", {"due_date"}),
    ("qual o valor e o vencimento da mensalidade?", {"due_date", "price"}),
    ("quanto custa", {"price"}),
    ("qual o valor da minha mensalidade?", {"price"}),
    ("vai ter reajuste esse ano?", {"price"}),
    ("qto vai aumentar o plano qdo eu fizer 59?", {"price"}),
    ("quero incluir meu filho no plano", {"dependents"}),
    ("quais são meus dependentes?", {"dependents"}),
    ("qual o número da minha carteirinha?", {"card"}),
    ("minha carteirinha venceu", {"card"}),
    ("cobre parto? e a carência?", {"coverage", "waiting_period"}),
    ("qual plano é o meu?", set()),
    ("fizeram uma cobrança errada", set()),
]


@pytest.mark.parametrize(("said", "topics"), ASKED)
def test_what_is_asked_about_the_plan(said: str, topics: set[str]) -> None:
    assert plans.answer_topics(said) == topics


@pytest.mark.parametrize(
    ("coverage", "care_class", "included"),
    [
        ("Ambulatorial", "laboratory", True),
        ("Ambulatorial", "elective_admission", False),
        ("Ambulatorial", "dentistry", False),
        ("Ambulatorial, hospitalar com obstetrícia", "elective_admission", True),
        ("Ambulatorial, hospitalar com obstetrícia", "dentistry", False),
        ("Ambulatorial, hospitalar com obstetrícia e odontológica", "dentistry", True),
    ],
)
def test_a_plans_coverage_has_or_has_not_a_class_of_care(coverage: str, care_class: str, included: bool) -> None:
    assert plans.coverage_includes(coverage, care_class) == included


async def test_the_plan_is_told_with_waiting_periods_counted_from_joining(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        people = {one.cpf: one for one in await session.scalars(select(Beneficiary))}
        ana = people[ANA]
        ana.joined_on = TODAY - timedelta(days=200)
        told = await plans.information(session, ana, today=TODAY)
        fabio = await plans.information(session, people[FABIO], today=TODAY)
        payer = await plans.information(session, people[IRENE], today=TODAY)
    assert (told.name, told.accommodation, told.copayment, told.company) == (
        "Zelo Completo", "Apartamento", False, "",
    )  # fmt: skip
    assert told.signed_on == date(2025, 2, 1)
    waiting = {one.care: one for one in told.waiting}
    assert waiting["urgency"].fulfilled
    assert waiting["other"].fulfilled
    assert not waiting["childbirth"].fulfilled
    assert waiting["childbirth"].until == TODAY + timedelta(days=100)
    assert [one.days for one in told.waiting] == sorted(one.days for one in told.waiting)
    assert fabio.company == "Palmeira Modelo Engenharia Ltda."
    assert payer.waiting == ()


@pytest.mark.parametrize(
    ("after", "fulfilled"), [(179, False), (180, True), (181, True)],
)  # fmt: skip
async def test_a_waiting_period_ends_with_its_last_day(store: Store, after: int, fulfilled: bool) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        ana = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == ANA))).one()
        told = await plans.information(session, ana, today=ana.joined_on + timedelta(days=after))
    assert {one.care: one.fulfilled for one in told.waiting}["other"] == fulfilled


COVERED = [  # said, code, covered, needs audit
    ("cobre ressonância do joelho?", "41101316", True, True),
    ("o plano cobre cesárea?", "31309054", True, False),
    ("cobre clareamento dental?", "85100030", False, False),
    ("meu plano cobre cirurgia bariátrica?", "31002390", True, True),
    ("contempla fertilização in vitro?", "31308031", False, False),
    ("cobre lipo?", "30101190", False, False),
]


async def test_whether_something_is_covered_in_general(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
        told = {said: await plans.covers(session, said) for said, *_ in COVERED}
        unnamed = await plans.covers(session, "o que meu plano cobre?")
    answers = [(said, a.procedure.code, a.covered, a.needs_audit) for said, a in told.items() if a]
    assert answers == COVERED
    assert unnamed is None


async def test_a_plan_without_dentistry_does_not_cover_teeth(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await catalogue.load(session)
        people = {one.cpf: one for one in await session.scalars(select(Beneficiary))}
        said = "cobre tratamento de canal?"
        answers = []
        for cpf in (ANA, FABIO):
            plan = await plan_of(session, await contract_of(session, people[cpf]))
            answer = await plans.covers(session, said, plan=plan)
            answers.append(answer.covered if answer else None)
    assert answers == [True, False]
