"""CPF, card, protocol and authorization numbers and dates of birth, in any form that people write or dictate."""

from __future__ import annotations

from datetime import date

import pytest

from actions.procedures.status import authorization_number
from backend.identifiers import ProtocolNumber, long_numbers
from backend.identity.facts import read_facts
from backend.number_words import dictated, figures
from backend.procedures.states import number_in

TODAY = date(2026, 11, 18)
CPF, CARD, PROTOCOL, AUTHORIZATION = "52998224725", "00641000000101", "99999920261122000001", "263260000001"
BORN = date(1985, 3, 12)


@pytest.mark.parametrize(
    "text",
    ["529.982.247-25", "52998224725", "529 982 247 25", "5 2 9 9 8 2 2 4 7 2 5", "529982 247 25", "529.982.24725",
     "529 98 22 47 25", "52 99 82 24 72 5", "529,982,247-25", "529/982/247-25", "cpf:529.982.247 - 25", "529, 982, 247, 25",
     "(529.982.247-25)", "cinco dois nove nove oito dois dois quatro sete dois cinco",
     "cinco dois nove, nove oito dois, dois quatro sete, vinte e cinco",
     "quinhentos e vinte e nove, novecentos e oitenta e dois, duzentos e quarenta e sete, vinte e cinco",
     "cinco dois nove ponto nove oito dois ponto dois quatro sete traço dois cinco",
     "52998224725 12 3 85", "é 529982247 25 nascido 12 do 3 de 85", "carteirinha 00641000000101 e cpf 52998224725",
     "0064 1000 0001 01 529 982 247 25", "protocolo 99999920261122000001 cpf 52998224725", "tel (98) 98800-0001 cpf 529.982.247-25"],
)  # fmt: skip
def test_a_cpf_is_read_however_it_is_broken_or_dictated(text: str) -> None:
    assert read_facts(text, today=TODAY).cpf == CPF


@pytest.mark.parametrize(
    "text",
    ["meu cartão 5299 8224 7250 01", "99999920261122000001", "98988000001", "98 98800 0001", "+55 98 98800-0001",
     "(98) 98800-0001", "cnpj 12.345.678/0001-90", "12/03/1985", "R$ 1.250,00", "34191790010104351004791020150008291070026000"],
)  # fmt: skip
def test_no_part_of_another_number_is_a_cpf(text: str) -> None:
    facts = read_facts(text, today=TODAY)
    assert (facts.cpf, facts.bad_cpf) == ("", False)


SLIP = "23793.38128 60007.827136 95000.063305 9 75520000370000"


@pytest.mark.parametrize(
    "text",
    [SLIP, "2379338128 60007827136 95000063305 9 75520000370000", SLIP.replace(".", "").replace(" ", ""), SLIP.replace(".", " "),
     "836200000005 667800481000 180975657313 001589636081", "83620000000-5 66780048100-0 18097565731-3 00158963608-1",
     "2379 3381 2860 0078 2713 6950 0006 3305 9755 2000 0370 000", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111",
     "CNPJ 12345678000195", "cnpj 12.345.678/0001-95"],
)  # fmt: skip
def test_the_numbers_of_slips_banks_and_companies_are_nobodys(text: str) -> None:
    assert long_numbers(text) == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"{SLIP} cpf 529.982.247-25", ["cpf"]), (f"{SLIP} 529.982.247-25", ["cpf"]), ("529.982.247-25 4111 1111 1111 1111", ["cpf"]),
        ("4111 1111 1111 1111 0064 1000 0001 01", ["card"]), ("12345678000195", ["card"]), ("carteirinha 00641000000101, cnpj 12345678000195", ["card"]), (f"{PROTOCOL} {CARD} {AUTHORIZATION}", ["protocol", "card"]),
        (f"{CPF} 11144477735 39053344705 15350946056", ["cpf", "cpf", "cpf", "cpf"]),
    ],
)  # fmt: skip
def test_beside_the_numbers_of_others_ones_own_are_read(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in long_numbers(text)][: len(kinds)] == kinds


@pytest.mark.parametrize("text", ["529.982.247-26", "cpf 52998224726", "cpf 98988000001", "529 982 247 26"])
def test_what_is_written_as_a_cpf_and_is_none_is_a_typo(text: str) -> None:
    assert read_facts(text, today=TODAY).bad_cpf


@pytest.mark.parametrize(
    "text",
    ["0064 1000 0001 01", "00641000000101", "0064.1000.0001.01", "0064 1000 000101", "006410000001 01", "0064-1000-0001-01",
     "carteirinha 0064 1000 0001 01 e cpf 529.982.247-25", "00 64 10 00 00 01 01"],
)  # fmt: skip
def test_a_card_number_is_read_however_it_is_broken(text: str) -> None:
    assert read_facts(text, today=TODAY).card == CARD
    assert authorization_number(text) == ""


@pytest.mark.parametrize(
    "text",
    ["99999920261122000001", "999999 20261122 000001", "999999.2026.1122.000001", "9999 9920 2611 2200 0001",
     "999999-20261122-000001", "protocolo: 9999992026 1122000001", "99999920261122 000001 cpf 529 982 247 25"],
)  # fmt: skip
def test_a_protocol_number_is_read_however_it_is_broken(text: str) -> None:
    assert str(ProtocolNumber.find(text)) == PROTOCOL
    assert read_facts(text, today=TODAY).card == ""


@pytest.mark.parametrize("text", ["99999920261322000001", "9999992026112200000", "52998224725", "meu protocolo", ""])
def test_twenty_digits_without_a_day_among_them_are_no_protocol(text: str) -> None:
    assert ProtocolNumber.find(text) is None


@pytest.mark.parametrize(
    "text",
    ["263260000001", "guia 26 326 0000001", "senha: 2632 6000 0001", "guia 263260 000001", "autorização nº 26.326.0000001",
     "2632-6000-0001", "a guia 263260000001 saiu?"],
)  # fmt: skip
def test_an_authorization_number_is_read_however_it_is_broken(text: str) -> None:
    assert authorization_number(text) == number_in(text) == AUTHORIZATION


@pytest.mark.parametrize(
    "text", ["25/11/2026 10 30", "guia de 25/11/2026 10 30", "0064 1000 0001 01", "52998224725", "1.250,00"]
)
def test_what_else_has_many_digits_is_no_authorization(text: str) -> None:
    assert authorization_number(text) == ""


@pytest.mark.parametrize(
    "text",
    ["12/03/1985", "12/3/85", "12.03.85", "12-03-1985", "12 03 1985", "12031985", "120385", "12mar85", "12/mar/1985",
     "1985-03-12", "12 de março de 1985", "12 de março de 85", "doze de março de mil novecentos e oitenta e cinco",
     "doze de março de oitenta e cinco", "12 do 3 de 85", "12 do três de 1985", "12 do 03 de 1985",
     "nasci dia 12 de marco do ano de 1985", "111.444.777-35 12031985",
     # not the first date of the message
     "vence 10/11/2026, nasci 12/03/1985", "minha consulta foi 05/11/2026 e nasci em 12/03/1985",
     "fatura de 10/10/2026, cpf 529.982.247-25, 12/03/1985", "paguei em 05/11/2026 nascimento 12/03/1985",
     "recebi a carta dia 03/11/2026. 529.982.247-25, 12/03/1985", "10/10/2026 12/03/1985"],
)  # fmt: skip
def test_a_date_of_birth_is_told_from_every_other_date(text: str) -> None:
    assert read_facts(text, today=TODAY).birth_date == BORN


@pytest.mark.parametrize(
    "text",
    ["boleto que venceu 10/10/2026", "consulta do dia 05/11/2026, cpf 529.982.247-25", "paguei dia 03/11/2026", "31/02/1985",
     "12/03/2030", "desde 01/10/2026", "o contrato de 01/02/2025"],
)  # fmt: skip
def test_a_due_date_or_an_appointment_is_no_date_of_birth(text: str) -> None:
    assert read_facts(text, today=TODAY).birth_date is None


MOTHERS = "714.593.642-95"


@pytest.mark.parametrize(
    "text",
    [f"o cpf da minha mae é {MOTHERS} e o meu é 529.982.247-25", f"cpf da minha esposa {MOTHERS}, meu cpf 529.982.247-25",
     f"meu cpf é 529.982.247-25 e o da minha mãe é {MOTHERS}", f"{MOTHERS} é o da minha mãe e 529.982.247-25 é o meu",
     f"cpf do meu pai {MOTHERS}\n529.982.247-25", "529.982.247-25 da minha mãe", "o cpf da minha mãe é 529.982.247-25"],
)  # fmt: skip
def test_of_two_cpfs_ones_own_is_taken(text: str) -> None:
    assert read_facts(text, today=TODAY).cpf == CPF


def test_a_typo_in_ones_own_cpf_is_not_mended_by_the_mothers() -> None:
    facts = read_facts(f"o cpf da minha mãe é {MOTHERS} e o meu é 529.982.247-26", today=TODAY)
    assert (facts.cpf, facts.bad_cpf) == ("", True)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("meu pai nasceu em 30/01/1949, eu em 12/03/1985", BORN), ("minha filha nasceu em 05/06/2015", None),
        ("nascimento da minha filha Júlia: 05/06/2015, eu 12/03/1985", BORN), ("data de nascimento dela 05/06/2015", None),
        ("minha mãe Lúcia Rocha, 12/03/1985", BORN), ("mãe Lúcia Rocha nascimento 12/03/1985", BORN), ("minha mãe é Lúcia Rocha e nasci em 12/03/1985", BORN),
        ("cliente desde 01/06/2019, Elza, 12/03/1985", BORN), ("contrato assinado em 10/03/2015, data 12/03/1985", BORN),
        ("cirurgia em 12/05/2015 cpf 529.982.247-25", None), ("cartão de 01/01/2020", None), ("cliente desde 01/06/2019", None),
        ("liguei 10 11 24 vezes", None), ("liguei 10 11 85 vezes", None), ("10 11 24", date(2024, 11, 10)),
        ("quero o boleto 12 03 85 mãe Lúcia", BORN), ("preciso da consulta 12/03/1985", BORN), ("dia 12/03/1985", BORN),
    ],
)  # fmt: skip
def test_a_contracts_date_or_a_relatives_is_not_the_writers(text: str, born: date | None) -> None:
    assert read_facts(text, today=TODAY).birth_date == born


@pytest.mark.parametrize("text", ["05/06/2026", "nasceu 05/06/2026", "nascimento: 5 de junho de 2026"])
def test_who_was_born_this_year_is_somebody_too(text: str) -> None:
    assert read_facts(text, today=TODAY).birth_date == date(2026, 6, 5)


@pytest.mark.parametrize("text", ["mãe Lúcia Rocha", "lucia rocha minha mãe", "Lúcia Rocha é o nome da minha mãe"])
def test_the_mother_is_named_before_or_after_the_word(text: str) -> None:
    assert read_facts(text, today=TODAY).mother_name == "lucia rocha"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dia vinte e tres", "dia 23"), ("mil novecentos e oitenta e cinco", "1985"), ("dois mil e dezenove", "2019"),
        ("nove e quinze", "9 e 15"), ("trezentos e cinquenta reais", "350 reais"), ("mil e duzentos", "1200"),
        ("cinco dois nove", "5 2 9"), ("uma consulta", "uma consulta"), ("vinte e uma", "21"), ("2 mil", "2 mil"),
        ("12 dez", "12 dez"), ("cento e dez", "110"), ("vinte dez", "20 10"), ("cem mil", "100000"), ("setembro", "setembro"),
    ],
)  # fmt: skip
def test_number_words_become_figures(text: str, shown: str) -> None:
    assert figures(text) == shown


def test_what_is_dictated_has_sixes_noughts_and_ones() -> None:
    assert dictated("meia um zero, zero meia traco dois um") == "6 1 0, 0 6   2 1"
    assert dictated("quero meia hora e um medico") == "quero meia hora e um medico"


def test_each_digit_belongs_to_one_number_and_has_its_place() -> None:
    text = "protocolo 99999920261122000001 52998224725"
    assert [(one.kind, text[one.start : one.end]) for one in long_numbers(text)] == [
        ("protocol", PROTOCOL),
        ("cpf", CPF),
    ]
