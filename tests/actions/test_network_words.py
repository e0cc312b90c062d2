"""What people look for in the network is read from their words, and an entry is told as the plan has it."""

from __future__ import annotations

import pytest

from actions.network_words import Reading, names_of, read, says_book, says_more, shown, spoken, spoken_phone
from backend.network.places import Listing, Sought
from backend.network.tables import Place
from backend.vocabulary import City

SAO_LUIS = City("São Luís", "MA")
PLACE = Place(
    name="Centro Médico Babaçu", street="Avenida Professor Carlos Cunha, 1180", district="Jaracaty", city="São Luís",
    state="MA", phone="+559832000102",
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("tem cardiologista em slz?", Reading(specialty="cardiology", city=SAO_LUIS)),
        ("clinica de fisioterapia", Reading(specialty="physiotherapy")),
        ("quero o telefone do laboratorio", Reading(kind="laboratory")),
        ("onde colhe exame de sangue", Reading(kind="laboratory")),
        ("tem pronto socorro?", Reading(kind="hospital", urgent=True)),
        ("hospital perto daqui", Reading(kind="hospital")),
        ("o hospital boa aurora ainda aceita?", Reading(kind="hospital", name="Boa Aurora")),
        ("clínica maré mansa endereço", Reading(kind="clinic", name="Mare Mansa")),
        ("a dra Helena atende?", Reading(name="Helena")),
        ("onde faz mamografia?", Reading(unlisted=True)),
        ("laboratorio que faz ultrassom", Reading(kind="laboratory", name="")),
        ("clinica geral", Reading(specialty="general_practice")),
        ("quem atende pelo plano?", Reading()),
    ],
)
def test_specialty_kind_city_and_name_are_read_from_a_message(said: str, read_as: Reading) -> None:
    assert read(said) == read_as


@pytest.mark.parametrize(
    ("sought", "text"),
    [
        (Sought(specialty="cardiology", city="São Luís", state="MA"), "Cardiologia em São Luís"),
        (Sought(kind="hospital", city="Imperatriz", state="MA"), "Hospitais em Imperatriz"),
        (Sought(kind="clinic", district="Calhau", city="São Luís"), "Clínicas no bairro Calhau em São Luís"),
        (Sought(name="Helena"), "Helena"),
        (Sought(), "Rede credenciada"),
    ],
)
def test_what_is_sought_is_said_in_a_few_words(sought: Sought, text: str) -> None:
    assert spoken(sought) == text


def test_what_is_sought_can_be_read_again_by_scheduling() -> None:
    again = read(spoken(Sought(specialty="orthopedics", city="São Paulo", state="SP")))
    assert (again.specialty, again.city) == ("orthopedics", City("São Paulo", "SP"))


def test_an_entry_has_name_specialty_address_and_telephone() -> None:
    told = shown(Listing("Dra. Helena Prado", "doctor", ("cardiology",), PLACE))
    assert told.splitlines() == [
        "*Dra. Helena Prado*", "Cardiologia",
        "Centro Médico Babaçu, Avenida Professor Carlos Cunha, 1180, Jaracaty, São Luís MA",
        "Telefone: (98) 3200-0102",
    ]  # fmt: skip


def test_a_hospital_is_not_told_by_what_it_is_filed_under_and_a_clinic_by_three_specialties() -> None:
    hospital = shown(Listing(PLACE.name, "hospital", ("general_surgery",), PLACE))
    assert hospital.splitlines()[1].startswith("Avenida")
    many = ("cardiology", "dermatology", "nutrition", "psychology")
    assert "Cardiologia, Dermatologia, Nutrição e outras" in shown(Listing(PLACE.name, "clinic", many, PLACE))


@pytest.mark.parametrize(("number", "text"), [("+559832000102", "(98) 3200-0102"), ("ramal 2", "ramal 2")])
def test_a_telephone_is_told_as_people_dial_it(number: str, text: str) -> None:
    assert spoken_phone(number) == text


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("com a helena", "Dra. Helena Prado"),
        ("com o doutor", ""),
        ("prado ou anacleto", ""),
        ("anacleto", "Dr. Anacleto"),
    ],
)
def test_one_of_those_shown_is_meant_by_a_word_of_the_name(said: str, name: str) -> None:
    assert names_of(said, ["Dra. Helena Prado", "Dr. Anacleto", "Dra. Helena Prado"]) == name


@pytest.mark.parametrize(
    ("said", "books", "more"),
    [
        ("quero marcar", True, False),
        ("agenda pra mim", True, False),
        ("tem mais?", False, True),
        ("mostra os outros", False, True),
        ("mais nada", False, False),
        ("tem algum mais perto?", False, False),
        ("obrigada", False, False),
    ],
)
def test_the_wish_to_book_and_the_wish_for_more_are_told_apart(said: str, books: bool, more: bool) -> None:
    assert (says_book(said), says_more(said)) == (books, more)
