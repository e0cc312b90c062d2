"""What people write about when they would like to come is read as days and hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.scheduling.when import When, read_when

WEDNESDAY = date(2026, 11, 18)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def at(month: int, day: int, *hour: int) -> datetime:
    return datetime(2026, month, day, *hour, tzinfo=ZoneInfo("America/Sao_Paulo"))


def days(text: str, today: date = WEDNESDAY) -> tuple[str, str]:
    when = read_when(text, today=today)
    assert when is not None
    return tuple(f"{day:%d/%m/%y}" if day else "" for day in (when.earliest, when.latest))  # type: ignore[return-value]


def hours(text: str) -> tuple[str, str]:
    when = read_when(text, today=WEDNESDAY)
    assert when is not None
    return tuple(f"{hour:%H:%M}" if hour else "" for hour in (when.from_time, when.until_time))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hoje", "18/11"), ("tem vaga pra hj?", "18/11"), ("amanhã", "19/11"), ("amanha", "19/11"), ("amnha", "19/11"),
        ("amanhã cedo", "19/11"), ("depois de amanhã", "20/11"), ("dps de amanha", "20/11"), ("Bom dia, pode ser amanhã?", "19/11"),
        ("quinta", "19/11"), ("QUINTA-FEIRA", "19/11"), ("quinta de manhã", "19/11"), ("5ª feira", "19/11"), ("5a feira", "19/11"),
        ("quinta-fera", "19/11"), ("quimta", "19/11"), ("qui", "19/11"), ("terça", "24/11"), ("na ter", "24/11"), ("terca feira", "24/11"),
        ("quinta que vem", "26/11"), ("próxima quinta", "26/11"), ("sexta que vem", "20/11"), ("seg que vem", "23/11"), ("sexta agora", "20/11"),
        ("quarta", "25/11"), ("quarta agora", "18/11"), ("sábado", "21/11"), ("sabado", "21/11"), ("domingo", "22/11"), ("segnda", "23/11"),
        ("segunda da semana que vem", "23/11"), ("semana que vem na quinta", "26/11"), ("dia 15", "15/12"), ("dia 18", "18/11"), ("dia 30", "30/11"),
        ("dia quinze", "15/12"), ("dia vinte e cinco", "25/11"), ("dia 31", "31/12"), ("dia 5 do mês que vem", "05/12"), ("12/12", "12/12"),
        ("12/12/2026", "12/12"), ("12-12-2026", "12/12"), ("12.12.26", "12/12"), ("18/11", "18/11"), ("12 de dezembro", "12/12"),
        ("12 dez", "12/12"), ("doze de dezembro", "12/12"), ("1º de dezembro", "01/12"), ("primeiro de dezembro", "01/12"), ("daqui a 3 dias", "21/11"),
        ("daqui a três dias", "21/11"), ("em quinze dias", "03/12"), ("volto em 30 dias", "18/12"), ("quinta, 26/11", "26/11"), ("quinta dia 26", "26/11"),
        ("me encaixa com o dr. Anacleto na quinta", "19/11"), ("cardiologista em são luís quinta à tarde", "19/11"),
    ],
)  # fmt: skip
def test_a_single_day_is_found(text: str, day: str) -> None:
    assert days(text) == (f"{day}/26", f"{day}/26")


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("semana que vem", "23/11/26", "29/11/26"), ("próxima semana", "23/11/26", "29/11/26"), ("essa semana", "18/11/26", "22/11/26"),
        ("ainda esta semana", "18/11/26", "22/11/26"), ("semana q vem", "23/11/26", "29/11/26"), ("final de semana", "21/11/26", "22/11/26"),
        ("fds", "21/11/26", "22/11/26"), ("mês que vem", "01/12/26", "31/12/26"), ("esse mês", "18/11/26", "30/11/26"),
        ("início de dezembro", "01/12/26", "10/12/26"), ("meio de dezembro", "11/12/26", "20/12/26"), ("fim de dezembro", "21/12/26", "31/12/26"),
        ("fim do mês", "21/11/26", "30/11/26"), ("começo do mês que vem", "01/12/26", "10/12/26"), ("em março", "01/03/27", "31/03/27"),
        ("primeira quinzena de dezembro", "01/12/26", "15/12/26"), ("segunda quinzena de dezembro", "16/12/26", "31/12/26"),
        ("depois do dia 15", "16/12/26", ""), ("preciso de um dia depois do 25", "26/11/26", ""), ("a partir de segunda", "23/11/26", ""), ("apartir do dia 25", "25/11/26", ""),
        ("até sexta", "", "20/11/26"), ("antes do dia 20", "", "19/11/26"), ("do dia 20 em diante", "20/11/26", ""),
        ("entre 10 e 15 de dezembro", "10/12/26", "15/12/26"), ("do dia 10 ao dia 15", "10/12/26", "15/12/26"), ("entre 10/12 e 15/12", "10/12/26", "15/12/26"),
        ("entre o dia 28 e o dia 3", "28/11/26", "03/12/26"), ("daqui a duas semanas", "02/12/26", "08/12/26"), ("depois do natal", "26/12/26", ""),
        ("a partir da semana que vem", "23/11/26", ""), ("até o fim do mês", "", "30/11/26"), ("nos próximos 3 dias", "18/11/26", "21/11/26"),
        ("hoje ou amanhã", "18/11/26", "19/11/26"), ("semana do dia 10", "07/12/26", "13/12/26"),
    ],
)  # fmt: skip
def test_spans_and_bounds_are_found(text: str, earliest: str, latest: str) -> None:
    assert days(text) == (earliest, latest)


@pytest.mark.parametrize(
    ("text", "weekdays", "excluded"),
    [
        ("segunda ou quarta", {MON, WED}, set()), ("seg e ter", {MON, TUE}, set()), ("só às quintas", {THU}, set()),
        ("de segunda a sexta", {MON, TUE, WED, THU, FRI}, set()), ("menos segunda", set(), {MON}), ("qualquer dia menos segunda e quarta", set(), {MON, WED}),
        ("não posso quinta", set(), {THU}), ("meu neto não pode me levar na terça", set(), {TUE}), ("segunda não dá", set(), {MON}), ("quinta depois do dia 15", {THU}, set()),
        ("trabalho de segunda a sexta", set(), {MON, TUE, WED, THU, FRI}),
    ],
)  # fmt: skip
def test_weekdays_are_wanted_or_ruled_out(text: str, weekdays: set[int], excluded: set[int]) -> None:
    when = read_when(text, today=WEDNESDAY)
    assert when is not None
    assert (when.weekdays, when.excluded_weekdays) == (weekdays, excluded)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("de manhã", "", "12:00"), ("pela manha", "", "12:00"), ("de manhãzinha", "", "09:00"), ("bem cedinho", "", "09:00"), ("quinta manhã", "", "12:00"),
        ("à tarde", "12:00", "18:00"), ("a tarde", "12:00", "18:00"), ("tarde", "12:00", "18:00"), ("boa tarde, pode ser de tarde", "12:00", "18:00"),
        ("a noite", "18:00", ""), ("fim da tarde", "16:00", "19:00"), ("depois do almoço", "13:00", ""), ("depois das 14h", "14:00", ""),
        ("dps das 14", "14:00", ""), ("antes do meio-dia", "", "12:00"), ("às 10", "10:00", "10:30"), ("10:30", "10:30", "11:00"), ("9h30", "09:30", "10:00"),
        ("lá pelas 3 da tarde", "14:30", "16:00"), ("entre 9 e 11 da manhã", "09:00", "11:00"), ("das 9 às 11", "09:00", "11:00"), ("das 2 às 4 da tarde", "14:00", "16:00"),
        ("só pode depois das cinco", "17:00", ""), ("às três e meia da tarde", "15:30", "16:00"), ("a uma da tarde", "13:00", "13:30"), ("amanhã 15h", "15:00", "15:30"),
        ("dia 5 às 9:30", "09:30", "10:00"), ("de manhã ou de tarde", "", "18:00"), ("de manhã não", "12:00", ""), ("de tarde depois das 3", "15:00", "18:00"),
        ("à noite, às 7", "19:00", "19:30"), ("até as 10", "", "10:00"), ("depois das 15h e antes das 18h", "15:00", "18:00"), ("meio dia", "12:00", "12:30"),
    ],
)  # fmt: skip
def test_hours_are_found(text: str, start: str, end: str) -> None:
    assert hours(text) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "o mais cedo possível", "o mais rápido possível", "o quanto antes", "urgente", "é urgência", "primeiro horário que tiver", "primeira vaga",
        "primeira data disponível", "pra ontem", "tem encaixe?", "assim que tiver vaga", "vaga mais próxima",
    ],
)  # fmt: skip
def test_the_first_vacancy_there_is_can_be_asked_for(text: str) -> None:
    when = read_when(text, today=WEDNESDAY)
    assert when is not None
    assert when.soonest


@pytest.mark.parametrize("text", ["qualquer dia", "tanto faz", "qq dia serve", "quando tiver vaga", "indiferente"])
def test_indifference_about_the_day_is_an_answer(text: str) -> None:
    assert read_when(text, today=WEDNESDAY) == When(any_day=True)


@pytest.mark.parametrize(
    "text",
    [
        "", "oi", "boa tarde", "bom dia", "boa noite, tudo bem?", "Boa tarde!!", "bom fim de semana", "tenha uma ótima tarde", "boa semana",
        "529.982.247-25", "52998224725", "nasci em 12/03/1985", "12/03/1985", "12 de março de 85", "nascimento: 30/01", "0064 1000 0001 01",
        "99999920261122000001", "protocolo 999999 20261122 000001", "98 98800-0001", "(98) 98800-0001", "+55 98 98800-0001", "a segunda opção",
        "segunda via", "quero a segunda via do boleto", "uma consulta", "quero uma consulta", "a segunda", "quero a quinta", "opção 2", "2", "10",
        "já é a segunda vez que desmarcam", "pressão 12/8", "tomo remédio de 8 em 8 horas", "esperei 2 horas", "tô tentando há três semanas",
        "meu bebê de 5 meses", "minha avó tem 88 anos", "R$ 150,00", "moro em Natal", "eu marco uma consulta", "sou a Amanda", "rua quinze de novembro",
        "vou ter consulta", "quero as 2 opções", "quero as duas", "31/02", "1/1/2035", "meu cep é 65000-123", "semana passada", "quinta passada",
        "perdi a consulta de ontem", "deixa pra mais tarde", "não durmo à noite", "boleto de outubro", "já liguei mil vezes", "atende 24h?", "obrigado, até segunda",
        "dezesseis", "quarto", "paguei dia 5", "esperando desde segunda", "dois de novembro de setenta e oito", "nasci em 49, no dia 30 de janeiro", "quanta demora",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert read_when(text, today=WEDNESDAY) is None


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("segunda não, terça", "na terça-feira, 24/11"),
        ("não posso quinta, só sexta", "na sexta-feira, 20/11"),
        ("não, melhor terça", "na terça-feira, 24/11"),
        ("não pode ser sexta?", "na sexta-feira, 20/11"),
        ("minha consulta é segunda mas queria que fosse quarta", "na quarta-feira, 25/11"),
        ("passar minha consulta de quinta pra sexta", "na sexta-feira, 20/11"),
        ("muda a consulta de ter p qua", "na quarta-feira, 25/11"),
        ("em vez de terça pode ser quinta?", "na quinta-feira, 19/11"),
        ("troca minha consulta das 9 pra tarde", "à tarde"),
        ("remarcar a consulta do dia 24 pra 30", "na segunda-feira, 30/11"),
        ("pode ser segunda, mas só de tarde", "na segunda-feira, 23/11, à tarde"),
    ],
)
def test_a_correction_in_the_message_has_the_last_word(text: str, phrase: str) -> None:
    when = read_when(text, today=WEDNESDAY)
    assert when is not None
    assert When(**{**_fields(when), "excluded_weekdays": frozenset()}).describe() == phrase


def _fields(when: When) -> dict[str, object]:
    return {name: getattr(when, name) for name in When.__slots__}


@pytest.mark.parametrize(
    ("earlier", "later", "phrase"),
    [
        ("quinta de manhã", "não, melhor terça", "na terça-feira, 24/11, de manhã"),
        ("quinta de manhã", "de tarde", "na quinta-feira, 19/11, à tarde"),
        ("semana que vem", "quinta", "na quinta-feira, 26/11"),
        ("a partir de 15/12", "quarta", "na quarta-feira, 16/12"),
        ("quinta da semana que vem", "melhor terça", "na terça-feira, 24/11"),
        ("dia 10", "qualquer dia", "em qualquer dia"),
        ("dia 10 de manhã", "qualquer horário", "na quinta-feira, 10/12, em qualquer horário"),
        ("quinta à tarde", "o mais cedo possível", "à tarde, o mais cedo possível"),
        ("o mais cedo possível", "terça", "na terça-feira, 24/11"),
        ("semana que vem", "menos segunda", "entre 23/11 e 29/11, menos na segunda-feira"),
        ("segunda ou quarta", "segunda não", "na quarta-feira, menos na segunda-feira"),
        ("quinta", "quinta não posso", "menos na quinta-feira"),
        ("quinta", "26/11", "na quinta-feira, 26/11"),
    ],
)
def test_a_later_message_changes_only_what_it_says(earlier: str, later: str, phrase: str) -> None:
    first, second = read_when(earlier, today=WEDNESDAY), read_when(later, today=WEDNESDAY)
    assert first is not None
    assert second is not None
    assert first.merged(second).describe() == phrase


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("quinta que vem de manhã", "na quinta-feira, 26/11, de manhã"),
        ("a partir de 15/12", "a partir de 15/12"),
        ("até sexta", "até 20/11"),
        ("sábado", "no sábado, 21/11"),
        ("segunda ou quarta à tarde", "na segunda ou na quarta-feira, à tarde"),
        ("de segunda a sexta, depois das 14h", "de segunda a sexta-feira, a partir das 14h"),
        ("às 10:30", "às 10h30"),
        ("entre 9 e 11", "entre 9h e 11h"),
        ("menos segunda", "menos na segunda-feira"),
    ],
)
def test_a_wish_is_repeated_in_portuguese(text: str, phrase: str) -> None:
    when = read_when(text, today=WEDNESDAY)
    assert when is not None
    assert when.describe() == phrase


@pytest.mark.parametrize(
    ("text", "moment", "fits"),
    [
        ("quinta de manhã", at(11, 19, 9), True), ("quinta de manhã", at(11, 19, 12), False),
        ("quinta de manhã", at(11, 20, 9), False), ("depois das 14h", at(11, 25, 14), True),
        ("depois das 14h", at(11, 25, 13, 40), False), ("menos segunda", at(11, 23, 9), False),
        ("segunda ou quarta", at(12, 9, 9), True), ("às 10", at(11, 25, 10, 20), True),
        ("às 10", at(11, 25, 10, 30), False), ("tanto faz", at(11, 25, 10), True),
    ],
)  # fmt: skip
def test_slots_are_held_against_the_wish(text: str, moment: datetime, fits: bool) -> None:
    when = read_when(text, today=WEDNESDAY)
    assert when is not None
    assert when.fits(moment) is fits


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("semana que vem", date(2026, 11, 22), ("23/11/26", "29/11/26")),
        ("essa semana", date(2026, 11, 22), ("22/11/26", "28/11/26")),
        ("dia 3", date(2026, 12, 30), ("03/01/27", "03/01/27")),
        ("3/1", date(2026, 12, 30), ("03/01/27", "03/01/27")),
        ("mês que vem", date(2026, 12, 30), ("01/01/27", "31/01/27")),
        ("29/02", date(2027, 3, 1), ("29/02/28", "29/02/28")),
        ("dia 31", date(2027, 2, 1), ("31/03/27", "31/03/27")),
    ],
)
def test_turns_of_week_month_and_year(text: str, today: date, expected: tuple[str, str]) -> None:
    assert days(text, today) == expected


_WORDS = st.sampled_from(
    [
        "quinta",
        "segunda",
        "terça",
        "ter",
        "sábado",
        "dia",
        "15",
        "12/12",
        "31/02",
        "dezembro",
        "março",
        "depois",
        "do",
        "antes",
        "até",
        "a",
        "partir",
        "de",
        "entre",
        "e",
        "ou",
        "não",
        "menos",
        "semana",
        "que",
        "vem",
        "mês",
        "fim",
        "início",
        "amanhã",
        "hoje",
        "às",
        "10",
        "10h",
        "9:30",
        "manhã",
        "tarde",
        "noite",
        "da",
        "das",
        "daqui",
        "em",
        "3",
        "99",
        "dias",
        "próxima",
        "o",
        "mais",
        "cedo",
        "possível",
        "qualquer",
        ",",
        "?",
        ".",
        "mas",
        "melhor",
        "2026",
        "de",
        "85",
        "1/1/2027",
        "-",
        "5ª",
        "feira",
        "quinzena",
        "todas",
    ]
)
_TALK = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=12).map(" ".join))
_DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@settings(max_examples=400, deadline=None)
@given(text=_TALK, today=_DAYS)
def test_whatever_is_written_gives_a_wish_in_order_and_not_past(text: str, today: date) -> None:
    when = read_when(text, today=today)
    if when is None:
        return
    assert when != When()
    assert when.earliest is None or today <= when.earliest
    assert when.latest is None or (when.earliest or today) <= when.latest
    assert when.from_time is None or when.until_time is None or when.from_time < when.until_time
    assert not when.weekdays & when.excluded_weekdays
    assert When.from_json(when.to_json()) == when
    assert when.describe()


@settings(max_examples=300, deadline=None)
@given(first=_TALK, second=_TALK)
def test_merging_keeps_order_and_what_the_later_message_says(first: str, second: str) -> None:
    older, newer = read_when(first, today=WEDNESDAY), read_when(second, today=WEDNESDAY)
    if older is None or newer is None:
        return
    merged = older.merged(newer)
    assert merged.earliest is None or merged.latest is None or merged.earliest <= merged.latest
    if newer.says_hours:
        assert (merged.from_time, merged.until_time) == (newer.from_time, newer.until_time)
    assert merged.soonest is newer.soonest if newer.says_days else merged.soonest is older.soonest


@given(today=_DAYS, ahead=st.integers(0, 364))
@settings(max_examples=100, deadline=None)
def test_a_written_date_is_that_day(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_when(f"dia {day:%d/%m}", today=today) == When(earliest=day, latest=day)


def test_json_is_plain() -> None:
    when = When(earliest=date(2026, 11, 26), weekdays=frozenset({3}), from_time=time(9), soonest=True)
    assert when.to_json()["from_time"] == "09:00"
    assert When.from_json({}) == When()
