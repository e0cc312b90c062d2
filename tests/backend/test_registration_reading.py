"""What a message says about the register: fields and values, several at once, and what is none of it."""

from __future__ import annotations

from datetime import date

import pytest

from backend.registration.fields import checked_part
from backend.registration.reading import read

TODAY = date(2026, 11, 23)
ALL_OF_IT = {"street": "rua das flores, 123, apto 2", "district": "centro", "city": "São Luís", "state": "MA"}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("mudei pra rua das flores 123 apto 2 bairro centro são luís ma cep 65010-000 e meu telefone agora é 98 98888-7777",
         {**ALL_OF_IT, "postal_code": "65010000", "phone": "98 98888-7777"}),
        ("Mudei de endereço: Rua das Flores, 123, apto 2, Centro, São Luís/MA, CEP 65010-000. Meu e-mail novo é ana@exemplo.com",
         {"street": "Rua das Flores, 123, apto 2", "district": "Centro", "city": "São Luís", "state": "MA",
          "postal_code": "65010000", "email": "ana@exemplo.com"}),
        ("mudei de casa, agora é\nRua das Acácias, 45\nJardim Renascença\nSão Luís - MA\n65075-000",
         {"street": "Rua das Acácias, 45", "district": "Jardim Renascença", "city": "São Luís", "state": "MA",
          "postal_code": "65075000"}),
        ("av dos holandeses 1500 apto 302 calhau", {"street": "av dos holandeses, 1500, apto 302", "district": "calhau"}),
        ("rua 7 de setembro 45 centro imperatriz",
         {"street": "rua 7 de setembro, 45", "district": "centro", "city": "Imperatriz"}),
        ("rua 15, 30, turu", {"street": "rua 15, 30", "district": "turu"}),
        ("moro na r. do sol n 20 bairro cohab, cep 65.010-000",
         {"street": "r. do sol, 20", "district": "cohab", "postal_code": "65010000"}),
        ("muda meu email pra bia@exemplo.com e meu endereço rua x 12 cep 65010000",
         {"email": "bia@exemplo.com", "street": "rua x, 12", "postal_code": "65010000"}),
        ("me mudei de são luís pra imperatriz", {"city": "Imperatriz"}),
        ("meu telefone mudou, era 98 98800-0001 agora é (98) 98888-7777", {"phone": "(98) 98888-7777"}),
        ("anota 98988887777, o 98988000001 não existe mais, é o telefone novo", {"phone": "98988887777"}),
        ("Em razão de matrimônio, passei a assinar Carla Menezes Furtado; peço a alteração no cadastro.",
         {"marital_status": "married", "full_name": "Carla Menezes Furtado"}),
        ("meu nome agora é ana beatriz prado rocha e moro na rua do sol 10",
         {"full_name": "ana beatriz prado rocha", "street": "rua do sol, 10"}),
        ("quero colocar meu nome social Luana Teles", {"social_name": "Luana Teles"}),
        ("Fiquei viúva e queria acertar isso na minha ficha, de casada pra viúva", {"marital_status": "widowed"}),
        ("quero corrigir minha data de nascimento, o certo é 13/03/1985", {"birth_date": "1985-03-13"}),
        ("minha data de nascimento tá errada, consta 12/03/1985 mas nasci em 13/03/1985", {"birth_date": "1985-03-13"}),
        ("meu email é ana arroba exemplo ponto com", {"email": "ana@exemplo.com"}),
        ("cep 6501-000", {"postal_code": "6501000"}),
        ("o número é 132", {"number": "132"}),
    ],
)  # fmt: skip
def test_values_are_read_wherever_they_stand(said: str, values: dict[str, str]) -> None:
    assert read(said, today=TODAY).values == values


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("troquei de telefone", {"phone"}),
        ("vcs tao com meu endereço antigo", {"address"}),
        ("mudei de casa", {"address"}),
        ("casei e mudei de sobrenome", {"marital_status", "full_name"}),
        ("me separei, voltei pro nome de solteira", {"marital_status", "full_name"}),
        ("meu nome tá errado no cadastro", {"full_name"}),
        ("meu nome e minha data de nascimento estão errados no cadastro", {"full_name", "birth_date"}),
        ("quero colocar meu nome social", {"social_name"}),
        ("Verifiquei erro na minha data de nascimento: consta 1967, sendo o correto 1976.", {"birth_date"}),
        ("meu estado civil mudou", {"marital_status"}),
        ("mudar email do cadastro", {"email"}),
        ("quero atualizar meu cadastro", set()),
    ],
)
def test_fields_are_named_without_their_values(said: str, topics: set[str]) -> None:
    found = read(said, today=TODAY)
    assert set(found.topics) == topics
    assert set(found.values) <= {"marital_status"}


@pytest.mark.parametrize(
    ("asked", "said", "value"),
    [
        ("postal_code", "65010000", "65010000"),
        ("postal_code", "é 65.010-000", "65010000"),
        ("postal_code", "meia cinco zero um zero zero zero zero", "65010000"),
        ("postal_code", "6501", "6501"),
        ("street", "do sol 100 casa 3", "do sol, 100, casa 3"),
        ("street", "é rua do sol", "rua do sol"),
        ("number", "123", "123"),
        ("number", "não tem número", "s/n"),
        ("number", "s/n", "s/n"),
        ("district", "são francisco", "são francisco"),
        ("district", "fica no Cohatrac IV", "Cohatrac IV"),
        ("district", "Cidade Operária", "Cidade Operária"),
        ("city", "são luís - ma", "São Luís"),
        ("city", "Bacurituba", "Bacurituba"),
        ("phone", "988887777", "988887777"),
        ("phone", "o número é 98 98888 7777", "98 98888 7777"),
        ("email", "ana@exemplo", "ana@exemplo"),
        ("full_name", "Ana Beatriz Prado", "Ana Beatriz Prado"),
        ("social_name", "Luana", "Luana"),
        ("birth_date", "13 de março de 1985", "1985-03-13"),
        ("marital_status", "divorciada", "divorced"),
    ],
)
def test_a_bare_answer_is_what_was_asked_for(asked: str, said: str, value: str) -> None:
    assert read(said, today=TODAY, asked=asked).values[asked] == value


@pytest.mark.parametrize("asked", ["street", "district", "city", "full_name", "social_name"])
@pytest.mark.parametrize(
    "said",
    ["quero marcar uma consulta", "me manda o boleto", "não sei", "falar com atendente", "por que precisa disso?"],
)
def test_another_need_is_no_place_and_no_name(asked: str, said: str) -> None:
    assert read(said, today=TODAY, asked=asked).values == {}


@pytest.mark.parametrize(
    "said",
    [
        "cpf 529.982.247-25, nasci em 12/03/1985, mãe Lúcia Rocha",
        "oi, meu nome é Ana Beatriz Rocha, mudei de endereço, cpf 529.982.247-25, nasci em 12/03/1985",
    ],
)
def test_facts_of_identity_change_nothing(said: str) -> None:
    assert read(said, today=TODAY).values == {}
    assert set(read(said, today=TODAY).topics) <= {"address"}


@pytest.mark.parametrize(
    ("said", "elsewhere"),
    [
        ("Gostaria de corrigir a grafia do nome de minha mãe constante no cadastro.", "mother_name"),
        ("meu cpf foi cadastrado errado", "cpf"),
        ("fiz retificação de gênero, preciso mudar nome e sexo no plano", "sex"),
    ],
)
def test_what_only_a_person_changes_is_noticed(said: str, elsewhere: str) -> None:
    assert read(said, today=TODAY).elsewhere == (elsewhere,)


def test_a_second_telephone_is_told_from_a_new_one() -> None:
    assert read("tem como colocar um segundo telefone de contato? 98 3232-1010", today=TODAY).adds_phone
    assert not read("troquei de telefone e também de endereço", today=TODAY).adds_phone


def test_what_is_read_whole_passes_as_it_is() -> None:
    said = "mudei pra rua das flores 123 apto 2 bairro centro são luís ma cep 65010-000"
    for part, value in read(said, today=TODAY).values.items():
        checked_part(part, value, today=TODAY)
