"""What is read of a message that asks for a procedure: the doctor, the registration, the procedure's own words."""

from __future__ import annotations

import pytest

from actions.procedures.reading import (
    doctor_in,
    is_sure,
    named_doctor,
    names_procedure,
    near_best,
    picked,
    procedure_words,
    registration_in,
    stands_on_paper,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("preciso autorizar uma ressonância do joelho, dr. Otacílio pediu", "Dr. Otacílio"),
        ("a dra helena prado pediu um eco", "Dra. Helena Prado"),
        ("DR PAULO DE SOUZA CRM 1234 MA", "Dr. Paulo de Souza, CRM-MA 1234"),
        ("foi o doutor rui castelhano do hospital da ilha", "Dr. Rui Castelhano"),
        ("doutora Noêmia Bandeira, crm-ma 55", "Dra. Noêmia Bandeira, CRM-MA 55"),
        ("a médica Lia Prates me passou", "Dra. Lia Prates"),
        ("o médico pediu um exame", ""),
        ("o medico me passou uma tomografia", ""),
        ("quero uma ressonancia", ""),
        ("pedido do dr joão e da clinica", "Dr. João"),
    ],
)
def test_a_doctor_is_read_out_of_running_text(text: str, shown: str) -> None:
    found = doctor_in(text)
    assert (found.shown if found else "") == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Otacílio Menezes", "Otacílio Menezes"),
        ("foi a Helena Prado", "Helena Prado"),
        ("é o paulo henrique", "Paulo Henrique"),
        ("dr. otacilio", "Dr. Otacilio"),
        ("helena prado crm 4321", "Helena Prado, CRM 4321"),
        ("sim", ""),
        ("ressonância do joelho", ""),
        ("quem?", ""),
        ("bom dia", ""),
        ("atendente por favor", ""),
        ("não quero mais nada disso agora por favor", ""),
        ("123", ""),
    ],
)
def test_the_answer_to_who_asked_is_a_name(text: str, shown: str) -> None:
    assert named_doctor(text) == shown


@pytest.mark.parametrize("text", ["não sei", "nao lembro", "tá no pedido", "esqueci o nome", "vê aí", "está na foto"])
def test_who_does_not_know_the_doctor_points_at_the_paper(text: str) -> None:
    assert stands_on_paper(text)


@pytest.mark.parametrize(
    ("text", "registration"),
    [("CRM 1234/MA", "CRM-MA 1234"), ("crm-sp: 98765", "CRM-SP 98765"), ("cro 77", "CRO 77"), ("ligue 3333", "")],
)
def test_a_registration_is_read(text: str, registration: str) -> None:
    assert registration_in(text) == registration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("preciso autorizar uma ressonância do joelho, dr. Otacílio pediu", "preciso uma ressonancia do joelho, pediu"),
        ("meu filho precisa tirar as amigdalas", "precisa tirar as amigdalas"),
        ("exame do joelho pro joaquim", "exame do joelho"),
    ],
)
def test_what_is_left_names_the_procedure(text: str, words: str) -> None:
    assert procedure_words(text, names=["Joaquim"]) == words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ressonância do joelho", True),
        ("41101316", True),
        ("o médico pediu", False),
        ("quero pedir um procedimento", False),
        ("preciso autorizar um exame", False),
        ("segue a foto do pedido", False),
    ],
)
def test_whether_a_text_names_a_procedure(text: str, names: bool) -> None:
    assert names_procedure(procedure_words(text)) == names


def test_one_that_stands_out_is_sure_and_near_ones_are_offered() -> None:
    assert is_sure([1.0])
    assert is_sure([1.0, 0.88])
    assert not is_sure([1.0, 0.99])
    assert not is_sure([0.83])
    assert not is_sure([])
    assert near_best([1.0, 0.99, 0.7]) == 2


CATARACT = [
    ("30306027", "Facectomia com lente intra-ocular com facoemulsificação"),
    ("30306035", "Facectomia com lente intra-ocular sem facoemulsificação"),
]


@pytest.mark.parametrize(
    ("text", "code"),
    [("30306035", "30306035"), ("facectomia", ""), ("a de crânio", "41101014"), ("do joelho", "41101316")],
)
def test_one_of_what_was_offered_is_picked_by_its_words(text: str, code: str) -> None:
    resonances = [("41101014", "RM - Crânio (encéfalo)"), ("41101316", "RM - Articular (por articulação)")]
    assert picked(text, [*CATARACT, *resonances]) == code
