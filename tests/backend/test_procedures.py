"""The catalogue of procedures: the operator's rules, terms, and search in people's words."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pytest
import yaml
from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import InvalidInput, NotFound
from backend.procedures import catalogue, rules, words
from backend.procedures.rules import Rule, read_rules, rule_for, term_of
from backend.procedures.search import _by_text, find
from backend.procedures.tables import Procedure
from backend.store.engine import Store

TABLE = {
    "3": Rule("elective_admission", needs_audit=True),
    "303": Rule("day_hospital"),
    "30306027": Rule("day_hospital", involves_opme=True),
}


async def test_the_whole_of_table_22_is_loaded_once_and_within_two_seconds(store: Store) -> None:
    began = time.perf_counter()
    async with store.unit_of_work() as session:
        first = await catalogue.load(session)
    took = time.perf_counter() - began
    async with store.unit_of_work() as session:
        again = await catalogue.load(session)
        count = await session.scalar(select(func.count()).select_from(Procedure))
        valid = await session.scalar(select(func.count()).select_from(Procedure).where(Procedure.valid_until.is_(None)))
    assert first == count == 5851
    assert valid == 5743
    assert again == 0
    assert took < 2


async def test_a_code_whose_term_was_changed_carries_the_present_one(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
        procedure = await catalogue.get(session, "3.13.04.05-2")
        assert procedure.term == "Cirurgia de esterilização feminina (laqueadura tubárica laparoscópica)"
        with pytest.raises(NotFound):
            await catalogue.get(session, "99999999")


async def test_loading_again_brings_back_what_was_changed(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
        await session.execute(text("UPDATE procedure SET covered = false, clause = 'x' WHERE code = '40304361'"))
    async with store.unit_of_work() as session:
        assert await catalogue.load(session) == 1
        assert (await catalogue.get(session, "40304361")).covered


@pytest.mark.parametrize(
    ("code", "expected"),
    [("31003079", "elective_admission"), ("30301033", "day_hospital"), ("30306027", "day_hospital")],
)
def test_the_longest_prefix_decides(code: str, expected: str) -> None:
    assert rule_for(code, TABLE).care_class == expected
    assert rule_for(code, TABLE).involves_opme == (code == "30306027")


def test_a_code_without_any_rule_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(InvalidInput):
        rule_for("40304361", TABLE)


@pytest.mark.parametrize(
    ("code", "care_class", "audited", "opme", "covered"),
    [
        ("10101012", "basic_consultation", False, False, True),
        ("10101039", "urgent", False, False, True),
        ("40304361", "laboratory", False, False, True),
        ("40805026", "other_diagnostics", False, False, True),
        ("41101316", "high_complexity", True, False, True),
        ("30726034", "elective_admission", True, True, True),
        ("30912105", "high_complexity", True, True, True),
        ("30904145", "high_complexity", True, True, True),
        ("30715016", "elective_admission", True, True, True),
        ("31005497", "elective_admission", True, False, True),
        ("50000616", "therapy", False, False, True),
        ("82001286", "dentistry", False, False, True),
        ("30602351", "elective_admission", False, False, False),
        ("85100030", "dentistry", False, False, False),
        ("31308031", "day_hospital", False, False, False),
    ],
)
def test_the_demo_operators_table(code: str, care_class: str, audited: bool, opme: bool, covered: bool) -> None:
    rule = rule_for(code, read_rules())
    assert (rule.care_class, rule.needs_audit, rule.involves_opme, rule.covered) == (
        care_class, audited, opme, covered,
    )  # fmt: skip


def test_what_is_audited_or_not_covered_names_its_clause_and_whose_table_it_is() -> None:
    for prefix, rule in read_rules().items():
        if rule.needs_audit or not rule.covered:
            assert "Cláusula" in rule.clause, prefix
            assert "demonstração" in rule.clause, prefix
        assert not (rule.involves_opme and not rule.needs_audit), prefix


@pytest.mark.parametrize(
    ("care_class", "opme", "urgent", "days"),
    [
        ("elective_admission", True, False, 10),  # RN 623's ten and the desk's ten for OPME
        ("high_complexity", True, False, 10),
        ("elective_admission", False, False, 5),  # the desk's five is shorter than the law's ten
        ("high_complexity", False, False, 5),
        ("day_hospital", True, False, 5),  # RN 623's five is shorter than the desk's ten
        ("other_diagnostics", False, False, 5),
        ("specialty", False, False, 5),
        ("therapy", False, False, 5),
        ("basic_consultation", False, False, 5),
        ("laboratory", False, False, 3),  # RN 566's three is the shortest
        ("laboratory", True, False, 3),
        ("urgent", False, False, 0),
        ("elective_admission", True, True, 0),
    ],
)
def test_the_shortest_term_wins(care_class: str, opme: bool, urgent: bool, days: int) -> None:
    assert term_of(Rule(care_class, involves_opme=opme), urgent=urgent) == days


def test_a_class_that_the_law_does_not_know_has_no_term() -> None:
    with pytest.raises(InvalidInput):
        term_of(Rule("whatever"), urgent=False)


@pytest.mark.parametrize(
    ("approved", "ends", "until"),
    [
        (date(2026, 11, 23), None, date(2027, 2, 23)),
        (date(2026, 11, 30), None, date(2027, 2, 28)),
        (date(2026, 11, 23), date(2027, 6, 1), date(2027, 2, 23)),
        (date(2026, 11, 23), date(2026, 12, 15), date(2026, 11, 30)),
        (date(2026, 12, 22), date(2027, 1, 31), date(2027, 1, 4)),  # Christmas and New Year
    ],
)
def test_three_months_or_five_business_days_where_the_plan_is_ending(
    approved: date, ends: date | None, until: date
) -> None:
    assert rules.valid_until(approved, coverage_ends_on=ends) == until


SAID = [
    ("41101316", "RM - Articular"),
    ("4.11.01.31-6", "RM - Articular"),
    ("código tuss 4110 1316 por favor", "RM - Articular"),
    ("resonancia magnetica joelho", "RM - Articular"),
    ("ressonância do ombro direito", "RM - Articular"),
    ("ressonancia da cabeça", "RM - Crânio"),
    ("rnm coluna lombar", "RM - Coluna"),
    ("raio x torax", "RX - Tórax"),
    ("chapa do pulmão", "RX - Tórax"),
    ("ultrasom transvaginal", "US - Transvaginal"),
    ("ultrassom de abdomen total", "US - Abdome total"),
    ("ultrassom das mamas", "US - Mamas"),
    ("tomografia do tórax", "TC - Tórax"),
    ("doppler de carótida", "Doppler colorido de vasos cervicais arteriais"),
    ("hemograma", "Hemograma com contagem"),
    ("hemogrma completo", "Hemograma com contagem"),
    ("exame de sangue", "Hemograma com contagem"),
    ("glicemia de jejum", "Glicose"),
    ("colesterol", "Colesterol total"),
    ("vitamina D", 'Vitamina "D"'),
    ("exame de urina", "Rotina de urina"),
    ("exame de próstata", "Antígeno específico prostático total"),
    ("preventivo", "Procedimento diagnóstico em citopatologia"),
    ("mamografia", "Mamografia digital"),
    ("endoscopia", "Endoscopia digestiva alta"),
    ("endoscopia com biopsia", "Endoscopia digestiva alta com biópsia"),
    ("colonoscopa", "Colonoscopia"),
    ("eletro do coração", "ECG convencional"),
    ("teste da esteira", "Teste ergométrico"),
    ("ecocardiograma", "Ecodopplercardiograma transtorácico"),
    ("cirurgia de catarata", "Facectomia com lente"),
    ("operar de catarata", "Facectomia com lente"),
    ("retirar vesícula", "Colecistectomia"),
    ("colecistetomia", "Colecistectomia"),
    ("pedra no rim", "Ureterorrenolitotripsia"),
    ("hérnia umbilical", "Herniorrafia umbilical"),
    ("hérnia de disco", "Hérnia de disco"),
    ("cirurgia bariatrica", "Gastroplastia"),
    ("fimose", "Postectomia"),
    ("cesárea", "Cesariana"),
    ("ligar as trompas", "Cirurgia de esterilização feminina"),
    ("artoplastia total de joelho", "Artroplastia total de joelho"),
    ("prótese no quadril", "Artroplastia (qualquer técnica ou versão de quadril)"),
    ("tirar o siso", "Remoção de dentes inclusos"),
    ("tratamento de canal", "Tratamento endodôntico"),
    ("limpeza nos dentes", "Profilaxia"),
    ("fisioterapia", "Consulta ambulatorial em fisioterapia"),
    ("fono", "Sessão individual ambulatorial de fonoaudiologia"),
    ("quimioterapia", "Terapia oncológica"),
    ("angiofluoresceinografia", "Angiofluoresceinografia"),
]


@pytest.mark.parametrize(("said", "term"), SAID)
def test_what_people_say_is_understood_without_the_catalogue(said: str, term: str) -> None:
    wanted = words.understand(said)
    assert wanted.code or wanted.words, f"nothing left of {said!r}"


async def test_people_find_procedures_in_their_own_words(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
        missed = {}
        for said, term in SAID:
            found = await find(session, said)
            if not found or not found[0].procedure.term.startswith(term):
                missed[said] = [(round(one.score, 2), one.procedure.term) for one in found]
    assert missed == {}


@pytest.mark.parametrize(
    ("said", "same_as"),
    [
        ("ressonansia", "ressonância"), ("resonancia magnetica", "ressonância"), ("ultrasom", "ultrassom"), ("ultrason", "ultrassom"),
        ("utrassom", "ultrassom"), ("endoscopia digestva", "endoscopia digestiva"), ("indoscopia", "endoscopia"), ("tumografia", "tomografia"),
        ("tomagrafia", "tomografia"), ("emograma", "hemograma"), ("ernia umbilical", "hérnia umbilical"), ("mamogafia", "mamografia"),
        ("mamagrafia", "mamografia"), ("desintometria", "densitometria"), ("cateterisno", "cateterismo"), ("polisonografia", "polissonografia"),
        ("cirugia de catarata", "cirurgia de catarata"), ("raio-x do torax", "raio x do tórax"), ("cesaria", "cesárea"), ("transluscencia", "translucência nucal"),
    ],
)  # fmt: skip
def test_a_misspelled_procedure_is_the_procedure(said: str, same_as: str) -> None:
    assert words.understand(said).likely.keys() & words.understand(same_as).likely.keys()


@pytest.mark.parametrize(
    ("said", "family"),
    [
        ("ressonância", "ressonância magnética"), ("cobre ressonansia?", "ressonância magnética"), ("tomografia com contraste", "tomografia computadorizada"),
        ("ultrasom", "ultrassonografia"), ("raio x", "radiografia (raio X)"), ("hérnia", "cirurgia de hérnia"), ("ressonância do joelho", ""), ("ultrassom das mamas", ""),
        ("hérnia umbilical", ""), ("hemograma", ""), ("", ""), ("oi", ""),
    ],
)  # fmt: skip
def test_a_family_of_procedures_is_told_from_one_of_its_kinds(said: str, family: str) -> None:
    found = words.family_of(words.understand(said))
    assert (found.family if found else "") == family


async def test_nonsense_and_greetings_find_nothing(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
        for said in ("oi, tudo bem?", "xyz abc", "", "quero autorizar", "12345678", "👍"):
            assert await find(session, said) == [], said


async def test_only_codes_that_are_valid_today_are_found(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
        assert await find(session, "40312155") == await find(session, "50000438") == []  # ended in 2016
        valid = [one.procedure for one in await find(session, "hidroterapia", limit=20)]
    assert valid
    assert all(procedure.valid_until is None for procedure in valid)


async def test_a_search_uses_the_index_and_costs_us_milliseconds(store: Store) -> None:
    async with store.unit_of_work() as session:
        await catalogue.load(session)
    async with store.unit_of_work() as session:
        await find(session, "hemograma")
        took = []
        for said, _ in SAID:
            began = time.process_time()
            await find(session, said)
            took.append(time.process_time() - began)
        plan = await _plan(session)
    assert sorted(took)[int(len(took) * 0.95)] < 0.02
    assert any("ix_procedure_search" in line for line in plan)


def test_every_code_of_the_synonym_file_is_in_the_table_and_valid_today() -> None:
    given = yaml.safe_load(words.LOOKUP_FILE.read_text(encoding="utf-8"))
    valid = {line["code"] for line in catalogue._latest_terms(catalogue.TUSS_FILE) if not line["valid_until"]}
    codes = {code for entry in given["procedures"] for code in entry["codes"]}
    assert codes <= valid, codes - valid
    assert len(given["procedures"]) >= 60


async def _plan(session: AsyncSession) -> Sequence[str]:
    query = _by_text(["joelho"]).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return [str(row[0]) for row in await session.execute(text(f"EXPLAIN {query}".replace(":*", "\\:*")))]
