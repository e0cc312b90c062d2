"""For whom, which of the offered, which of the booked, and whether to cancel: read from what people write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from actions.opening import need_of
from actions.scheduling.looking import pick
from actions.scheduling.which import answer_to_sure, means_several, meant, to_be_cancelled
from actions.scheduling.whom import read_whom
from actions.scheduling.words import (
    leaves_waiting_list,
    mentions_other,
    says_cancel,
    speaks_of_booked,
    speaks_of_network,
    wants_other_day,
    wants_to_wait,
)
from backend.beneficiaries import Beneficiary
from backend.scheduling.booking import Visit

TODAY = date(2026, 11, 23)  # a Monday


def person(name: str, born: int, standing: str = "dependent") -> Beneficiary:
    return Beneficiary(id=uuid4(), full_name=name, social_name="", birth_date=date(born, 1, 1), standing=standing)


ANA = person("Ana Beatriz Rocha", 1985, "holder")
BRUNO = person("Bruno Rocha Lima", 2009)
CARLOS = person("Carlos Eduardo Nunes", 1978, "holder")
DEBORA = person("Débora Nunes Alves", 1980)
GILDA = person("Gilda Nunes Prates", 1955, "member")
GONE = person("Rita Rocha Lima", 2012)
GONE.left_on = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        # the one minor of the contract
        ("quero marcar consulta pro meu filho", "Bruno"), ("pediatra pra minha filha", "Bruno"), ("é pro meu menino", "Bruno"), ("pro bruno", "Bruno"), ("é do Bruno", "Bruno"),
        ("consulta para meu dependente", "Bruno"), ("marca pra mim uma consulta pro meu filho", "Bruno"), ("não é pra mim, é pro meu filho", "Bruno"),
        ("meu filho está com febre", "Bruno"), ("meu filho precisa de um dentista", "Bruno"), ("levar meu filho no pediatra", "Bruno"), ("é pra criança", "Bruno"),
        ("pro meu filho Bruno", "Bruno"), ("médico de criança", "Bruno"), ("eh p meu filho", "Bruno"), ("o menino ta doente", "Bruno"), ("ver meu filho", "Bruno"),
        # himself
        ("é pra mim", "Ana"), ("para mim mesma", "Ana"), ("pra mim não, é pro meu filho", "Bruno"), ("não é pro meu filho, é pra mim", "Ana"), ("eu mesma", "Ana"),
        ("minha filha, marca um médico pra mim", "Ana"), ("para a Ana", "Ana"),
        # nobody of the contract
        ("pra minha mãe", "elsewhere"), ("para minha mãe com cardiologista", "elsewhere"), ("meu marido precisa de um urologista", "elsewhere"), ("pra minha sogra", "elsewhere"),
        # names nobody
        ("cardiologista em são luís", None), ("529.982.247-25, 12/03/1985, mãe Lúcia Rocha", None), ("minha mãe é Marta Alves", None), ("nome da minha mãe: Marta", None),
        ("minha filha, quero marcar um médico", None), ("pode marcar minha filha", None), ("meu filho eu preciso de um cardiologista", None), ("oi minha filha, bom dia", None),
        ("o menor prazo possível", None), ("médica de mulher", None), ("prefiro médica mulher", None), ("o mais cedo possível", None), ("eu vo querer o primeiro", None),
        ("com a dra Rita", None), ("nasci em 1985", None), ("tenho consulta com o pai da medicina", None), ("filha de Lúcia Rocha", None),
    ],
)  # fmt: skip
def test_for_whom_the_mother_of_a_minor_asks(text: str, whom: str | None) -> None:
    found = read_whom(text, ANA, [ANA, BRUNO, GONE], TODAY)
    if found is None:
        assert whom is None
    elif found.person is None:
        assert whom == ("elsewhere" if found.elsewhere else "asked")
    else:
        assert found.person.first_name == whom


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("pra minha esposa", {"Débora", "Gilda"}), ("ginecologista pra minha mulher", {"Débora", "Gilda"}), ("minha mãe precisa de um médico", {"Débora", "Gilda"}),
        ("meu dependente", {"Débora", "Gilda"}), ("pro meu filho", set()),
    ],
)  # fmt: skip
def test_where_several_may_be_meant_they_are_asked_for(text: str, candidates: set[str]) -> None:
    found = read_whom(text, CARLOS, [CARLOS, DEBORA, GILDA], TODAY)
    assert found is not None
    assert found.person is None
    assert {one.first_name for one in found.candidates} == candidates


@pytest.mark.parametrize("text", ["pra Débora", "para a debora", "é a Débora", "pra minha esposa Débora", "da debora"])
def test_a_name_decides_between_several(text: str) -> None:
    found = read_whom(text, CARLOS, [CARLOS, DEBORA, GILDA], TODAY)
    assert found is not None
    assert found.person is DEBORA


def offered(*items: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {"slot": str(number), "starts_at": f"2026-11-{when}-03:00", "doctor": doctor}
        for number, (when, doctor) in enumerate(items, 1)
    ]


THREE_DAYS = offered(
    ("24T08:00", "Dra. Helena Prado"), ("24T14:00", "Dr. Anacleto Barros"), ("25T08:00", "Dr. Anacleto Barros"),
    ("26T10:00", "Dr. Rui Castelhano"), ("26T10:20", "Dr. Anacleto Barros"),
)  # fmt: skip
ONE_DAY = offered(
    ("26T14:00", "Dra. Helena Prado"), ("26T14:20", "Dra. Helena Prado"), ("26T14:40", "Dra. Helena Prado"),
    ("26T15:00", "Dr. Anacleto Barros"), ("26T15:20", "Dr. Anacleto Barros"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "items", "slot"),
    [
        ("quarta", THREE_DAYS, "3"), ("dia 25", THREE_DAYS, "3"), ("amanhã de manhã", THREE_DAYS, "1"), ("terça à tarde", THREE_DAYS, "2"), ("com a helena", THREE_DAYS, "1"),
        ("dra. Helena", THREE_DAYS, "1"), ("o rui castelhano", THREE_DAYS, "4"), ("quinta com o anacleto", THREE_DAYS, "5"), ("às 14h", THREE_DAYS, "2"), ("o das 10:20", THREE_DAYS, "5"),
        ("as 10", THREE_DAYS, "4"), ("o das 14h", ONE_DAY, "1"), ("14:20", ONE_DAY, "2"), ("15h", ONE_DAY, "4"),
        # ordinals that are weekdays' names too
        ("a segunda", THREE_DAYS, "2"), ("a segunda opção", ONE_DAY, "2"), ("a quinta", ONE_DAY, "5"), ("a terceira", ONE_DAY, "3"), ("fico com a segunda", ONE_DAY, "2"),
        # whatever comes first
        ("qualquer um", THREE_DAYS, "1"), ("tanto faz", ONE_DAY, "1"), ("o mais cedo possível", THREE_DAYS, "1"), ("vc que sabe", ONE_DAY, "1"), ("qualquer um na quinta", THREE_DAYS, "4"),
        # more than one, or none
        ("quinta", THREE_DAYS, None), ("de manhã", THREE_DAYS, None), ("anacleto", THREE_DAYS, None), ("sexta", THREE_DAYS, None), ("sim", THREE_DAYS, None), ("", THREE_DAYS, None),
        ("com a dra marilda", THREE_DAYS, None), ("não posso na quinta", THREE_DAYS, None), ("quinta não", offered(("25T08:00", "Dr. Rui Castelhano"), ("26T08:00", "Dr. Rui Castelhano")), None),
        ("tem mais cedo?", THREE_DAYS, None), ("qualquer coisa me avisa", [], None), ("quinta", ONE_DAY, None),
    ],
)  # fmt: skip
def test_an_offered_time_is_picked_by_day_hour_doctor_or_order(
    text: str, items: list[dict[str, Any]], slot: str | None
) -> None:
    found = pick(text, items, today=TODAY)
    assert (found["slot"] if found else None) == slot


def visit(specialty: str, doctor: str, day: int, hour: int) -> Visit:
    starts = datetime(2026, 11, day, hour + 3, tzinfo=UTC)
    appointment: Any = SimpleNamespace(id=uuid4())
    return Visit(appointment, starts, doctor, specialty, "Clínica", "Rua", "São Luís", "MA", "1")


HEART, SKIN, BONES = (
    visit("cardiology", "Dra. Helena Prado", 25, 9), visit("dermatology", "Dra. Celeste Azevedo", 26, 14),
    visit("orthopedics", "Dr. Otacílio Menezes", 26, 8),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("cancela o cardiologista", [HEART]), ("a do coração", [HEART]), ("com a celeste", [SKIN]), ("a de quarta", [HEART]), ("a de quinta", [SKIN, BONES]),
        ("a de quinta de manhã", [BONES]), ("dia 25", [HEART]), ("ortopedista de quinta", [BONES]), ("quero cancelar", [HEART, SKIN, BONES]), ("minha consulta", [HEART, SKIN, BONES]),
        ("dermato", [SKIN]), ("dr otacilio", [BONES]), ("a das 14h", [SKIN]),
    ],
)  # fmt: skip
def test_which_appointment_is_meant(text: str, visits: list[Visit]) -> None:
    assert meant(text, [HEART, SKIN, BONES], today=TODAY) == visits


@pytest.mark.parametrize(
    ("text", "cancels"),
    [
        ("cancela", True), ("quero cancelar na verdade", True), ("desmarca pra mim", True), ("pode desmarcar", True), ("sim, cancelar", True), ("cancela mesmo", True),
        ("deixa pra lá", False), ("cancela não", False), ("não cancela", False), ("não quero cancelar", False), ("cancela, deixa pra lá", False), ("esquece", False), ("desisti", False),
        ("quero remarcar", False), ("", False),
    ],
)  # fmt: skip
def test_only_who_says_so_cancels(text: str, cancels: bool) -> None:
    assert says_cancel(text) is cancels


@pytest.mark.parametrize(
    ("text", "waits"),
    [("me põe na lista de espera", True), ("quero ficar na fila de espera", True), ("tenho que esperar muito?", False), ("entrar na lista", True), ("minha lista de consultas", False)],
)  # fmt: skip
def test_the_waiting_list_is_asked_for_by_name(text: str, waits: bool) -> None:
    assert wants_to_wait(text) is waits


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("outros horários", True), ("tem outro dia?", True), ("tem mais?", True), ("nenhum desses", True), ("nenhuma serve", True), ("mais opções", True), ("não gostei", True),
        ("nada disso", True), ("sim", False), ("mais tarde", False), ("o primeiro", False),
    ],
)  # fmt: skip
def test_other_times_are_asked_for(text: str, other: bool) -> None:
    assert mentions_other(text) is other


@pytest.mark.parametrize(
    ("text", "booked"),
    [
        ("quero remarcar minha consulta", True), ("minhas consultas", True), ("cancelar a consulta de quinta", True), ("desmarca o dentista", True), ("já tenho consulta", True),
        ("a consulta que eu marquei", True), ("cancela", False), ("pode cancelar", False), ("tem outro dia?", False), ("consulta na quinta", False), ("quero marcar consulta", False),
    ],
)  # fmt: skip
def test_what_is_booked_already_is_told_from_what_is_being_booked(text: str, booked: bool) -> None:
    assert speaks_of_booked(text) is booked


@pytest.mark.parametrize(
    ("text", "other"),
    [("tem outro dia?", True), ("nesse dia não posso", True), ("não posso nesse dia", True), ("outra data", True), ("outro horário", False), ("quinta", False)],
)  # fmt: skip
def test_another_day_is_asked_for(text: str, other: bool) -> None:
    assert wants_other_day(text) is other


@pytest.mark.parametrize(
    ("text", "network"),
    [("quais hospitais tem em imperatriz?", True), ("quem atende pelo plano?", True), ("laboratório perto", True), ("tem médico em imperatriz?", False), ("em imperatriz", False)],
)  # fmt: skip
def test_who_there_is_is_no_wish_for_an_appointment(text: str, network: bool) -> None:
    assert speaks_of_network(text) is network


@pytest.mark.parametrize(
    ("text", "intent", "need"),
    [
        ("quero cancelar o oftalmo", "leave_plan", "cancel_appointment"), ("quero cancelar meu plano", "leave_plan", "leave_plan"), ("cancelar", "leave_plan", "leave_plan"),
        ("adiar a consulta com o reumato", "schedule_appointment", "reschedule_appointment"), ("remarca a do urologista", "schedule_appointment", "reschedule_appointment"),
        ("quero um urologista", "schedule_appointment", "schedule_appointment"), ("cancela o dentista", "cancel_flow", "cancel_appointment"), ("deixa pra lá", "cancel_flow", "cancel_flow"),
        ("não cancela o dentista", "cancel_flow", "cancel_flow"), ("quero sair do plano, o médico não atende", "leave_plan", "leave_plan"), ("oi", "greet", "greet"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_appointment_goes_before_what_was_guessed(text: str, intent: str, need: str) -> None:
    assert need_of(text, intent) == need


@pytest.mark.parametrize(
    ("text", "joins", "leaves"),
    [
        ("me põe na lista de espera", True, False),
        ("não tem vaga, quero lista de espera", True, False),
        ("não quero lista de espera, tem outro dia?", False, False),
        ("me tira da lista de espera", True, True),
        ("quero cancelar a consulta que consegui pela lista de espera", True, False),
    ],
)
def test_the_waiting_list_is_joined_and_left_by_who_says_so(text: str, joins: bool, leaves: bool) -> None:
    assert (wants_to_wait(text), leaves_waiting_list(text)) == (joins, leaves)


@pytest.mark.parametrize(
    ("text", "count", "several"),
    [
        ("todas", 3, True), ("cancela todas as minhas consultas", 3, True), ("tudo", 3, True), ("as duas", 2, True), ("ambas", 2, True), ("os dois horários", 2, True),
        ("pode cancelar as duas por favor", 2, True), ("as 3", 3, True), ("as três consultas", 3, True), ("as duas", 3, False), ("as três", 2, False), ("a das duas", 2, False),
        ("às duas", 2, False), ("pras duas", 2, False), ("as duas da tarde", 2, False), ("tudo bem", 2, False), ("todas", 1, False), ("a primeira", 2, False), ("sim", 2, False),
        ("cancela a de quinta", 2, False), ("todos os dias", 2, False),
    ],
)  # fmt: skip
def test_several_appointments_are_meant_by_all_or_by_their_number(text: str, count: int, several: bool) -> None:
    assert means_several(text, count) is several


@pytest.mark.parametrize(
    ("text", "visits"),
    [("as duas de quinta", [SKIN, BONES]), ("todas", [HEART, SKIN, BONES]), ("as duas", [HEART, SKIN, BONES]), ("todas de quinta", [SKIN, BONES])],
)  # fmt: skip
def test_a_number_of_appointments_is_no_hour(text: str, visits: list[Visit]) -> None:
    assert meant(text, [HEART, SKIN, BONES], today=TODAY) == visits


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sim", "yes"), ("pode cancelar", "yes"), ("pode cancelar as duas por favor", "yes"), ("cancela todas", "yes"), ("sim, todas", "yes"), ("isso", "yes"),
        ("cancela se for possível", "yes"),
        ("não", "no"), ("mantém todas", "no"), ("quero manter todas", "no"), ("vou em todas", "no"), ("errei, todas eu vou", "no"), ("deixa pra lá", "no"), ("vou nas duas", "no"),
        ("eu vou sim", "no"), ("melhor manter", "no"),
        ("me diz o endereço de todas", ""), ("todas", ""), ("as duas", ""), ("mas se eu cancelar perco a vaga?", ""), ("se eu cancelar perco a vaga", ""),
        ("tem multa pra cancelar?", ""), ("tudo", ""), ("antes de cancelar queria saber o endereço", ""),
    ],
)  # fmt: skip
def test_only_an_explicit_word_takes_appointments_away(text: str, answer: str) -> None:
    assert answer_to_sure(text) == answer


@pytest.mark.parametrize(
    ("text", "visits"),
    [("mantém a do cardiologista", [SKIN, BONES]), ("cancela a do ortopedista e mantém a do cardiologista", [SKIN, BONES]), ("quero manter todas", []), ("vou em todas", []),
     ("pode cancelar todas", [HEART, SKIN, BONES]), ("não quero manter nenhuma", [HEART, SKIN, BONES]), ("eu vou cancelar todas", [HEART, SKIN, BONES])],
)  # fmt: skip
def test_what_shall_stay_is_not_cancelled(text: str, visits: list[Visit]) -> None:
    assert to_be_cancelled(text, [HEART, SKIN, BONES], today=TODAY) == visits
