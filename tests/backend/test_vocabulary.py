"""Specialties, cities and doctors' names are understood as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.vocabulary import cities_in, every_specialty, provider_name_in, specialties_in, specialty

CARE_CLASSES = {"basic_consultation", "specialty", "therapy", "dentistry"}


def codes(text: str, *, asked: bool = False) -> list[str]:
    return [one.code for one in specialties_in(text, asked=asked)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("quero um cardiologista", "cardiology"), ("cardiologia", "cardiology"), ("marca cardio pra mim", "cardiology"), ("médico do coração", "cardiology"),
        ("doutor do coração", "cardiology"), ("problema no coração", "cardiology"), ("tenho pressão alta", "cardiology"), ("coração", "cardiology"),
        ("dermatologista", "dermatology"), ("médico de pele", "dermatology"), ("dermato", "dermatology"), ("pele", "dermatology"), ("problema de pele", "dermatology"),
        ("oftalmo", "ophthalmology"), ("médico da vista", "ophthalmology"), ("médico dos olhos", "ophthalmology"), ("exame de vista", "ophthalmology"),
        ("ortopedista", "orthopedics"), ("doutor de osso", "orthopedics"), ("dor no joelho", "orthopedics"), ("traumato", "orthopedics"), ("preciso que alguém olhe meu joelho", "orthopedics"),
        ("reumato", "rheumatology"), ("médico pra minhas juntas", "rheumatology"), ("dor nas juntas", "rheumatology"), ("otorrino", "otorhinolaryngology"),
        ("dor de ouvido", "otorhinolaryngology"), ("ver minha garganta", "otorhinolaryngology"), ("gastro", "gastroenterology"), ("dor no estômago", "gastroenterology"),
        ("endócrino", "endocrinology"), ("problema de tireoide", "endocrinology"), ("diabetes", "endocrinology"), ("gineco", "gynaecology"), ("pré-natal", "gynaecology"),
        ("pre natal", "gynaecology"), ("pediatra", "pediatrics"), ("médico de criança", "pediatrics"), ("consulta pro meu bebê", "pediatrics"), ("pediatras", "pediatrics"),
        ("neuro", "neurology"), ("tenho dor de cabeça", "neurology"), ("com muita dor de cabeça", "neurology"), ("psiquiatra", "psychiatry"), ("psicólogo", "psychology"),
        ("psicóloga", "psychology"), ("sessão de terapia", "psychology"), ("nutri", "nutrition"), ("nutricionista", "nutrition"), ("fisio", "physiotherapy"),
        ("fono", "speech_therapy"), ("fonoaudióloga", "speech_therapy"), ("urologista", "urology"), ("próstata", "urology"), ("dentista", "dentistry"),
        ("dor de dente", "dentistry"), ("meu dente tá doendo", "dentistry"), ("clínico geral", "general_practice"), ("clínico", "general_practice"), ("check-up", "general_practice"),
        ("faço um checkup", "general_practice"), ("geriatra", "geriatrics"), ("médico de idoso", "geriatrics"), ("mastologista", "mastology"), ("nódulo na mama", "mastology"),
        ("vascular", "vascular_surgery"), ("varizes", "vascular_surgery"), ("angiologista", "vascular_surgery"), ("pneumo", "pulmonology"), ("médico do pulmão", "pulmonology"),
        ("nefro", "nephrology"), ("problema nos rins", "nephrology"), ("hemato", "hematology"), ("infecto", "infectious_diseases"), ("onco", "oncology"), ("alergista", "allergology"),
        ("terapia ocupacional", "occupational_therapy"), ("terapeuta ocupacional", "occupational_therapy"), ("neurologista infantil", "neuropediatrics"), ("cirurgião plástico", "plastic_surgery"),
        # typos
        ("cardiolojista", "cardiology"), ("cardologista", "cardiology"), ("dermatolgista", "dermatology"), ("oftalmologita", "ophthalmology"), ("ortopesdista", "orthopedics"),
        ("pisicologa", "psychology"), ("otorino", "otorhinolaryngology"), ("ginecolgista", "gynaecology"), ("endocrinologsta", "endocrinology"), ("pediatrra", "pediatrics"),
        ("nutricinista", "nutrition"), ("fisioterapeta", "physiotherapy"), ("reumatologita", "rheumatology"), ("urolgista", "urology"),
    ],
)  # fmt: skip
def test_a_specialty_is_understood(text: str, code: str) -> None:
    assert codes(text) == [code]


ORDINARY = [
    "obrigado de coração", "muito obrigada, de todo coração", "do fundo do coração", "bom dia", "boa tarde, tudo bem?", "quero marcar uma consulta",
    "preciso passar no médico", "qual o telefone da clínica?", "a clínica é longe", "vou pagar à vista", "consulta à vista ou no cartão?", "tá na cara",
    "olho grande", "fica de olho", "até a vista", "estou junto com minha mãe", "tenho consulta amanhã", "perdi a consulta", "quero falar com atendente",
    "meu plano está ativo?", "segunda via do boleto", "minha filha não pode ir", "moro perto da escola", "isso me dá dor de cabeça", "quanto custa?",
    "não recebi o exame", "o doutor pediu retorno", "cadê meu protocolo", "pode ser de manhã", "quinta à tarde", "qualquer um", "sim", "não", "ok",
    "cancelar a consulta", "remarcar", "meu CPF é 529.982.247-25", "sou dependente", "quero sair do plano", "vocês são ótimos", "a pé é longe",
    "na mão não, manda por aqui", "a mesma coisa", "estou em análise?", "minha cirurgia foi autorizada?", "qual o prazo?", "que canal é esse?",
    "não consigo abrir o aparelho", "meu marido viu", "amanhã cedo", "a moça falou rápido", "tive que desligar", "vasculhar meus papéis", "trabalho com tecnologia",
    "faço ginástica", "sou professora de biologia", "preciso de um cardápio", "vim pela internet", "mudei de endereço", "meu nome está errado", "quero saber da minha guia",
    "cadê o técnico?", "urgente", "vou com minha vizinha", "é pra minha sogra", "com carinho", "abre o olho", "tô de cabeça quente", "radiologia", "o boleto que eu pedi", "exame de sangue",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_no_specialty(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("é do coração", "cardiology"), ("pros dentes da minha filha", "dentistry"), ("vista cansada", "ophthalmology"),
     ("a pele coçando", "dermatology"), ("ossos mesmo", "orthopedics")],
)  # fmt: skip
def test_an_ordinary_word_answers_the_question_for_a_specialty(text: str, code: str) -> None:
    assert code in codes(text, asked=True)


def test_several_specialties_come_in_the_order_of_the_text() -> None:
    assert codes("dentista e depois cardiologista, ou cardio mesmo") == ["dentistry", "cardiology"]


def test_who_names_the_specialty_only_explains_it_with_the_rest() -> None:
    assert codes("tenho dor no peito, queria um pneumologista") == ["pulmonology"]


def test_every_specialty_has_a_name_a_professional_and_a_class_of_rn_566() -> None:
    everything = every_specialty()
    assert len(everything) >= 35
    assert {one.care_class for one in everything} == CARE_CLASSES
    for one in everything:
        assert codes(one.name) == [one.code]
        assert codes(one.professional) == [one.code]
        assert specialty(one.code) is one


@pytest.mark.parametrize(
    ("code", "care_class"),
    [("pediatrics", "basic_consultation"), ("general_practice", "basic_consultation"), ("general_surgery", "basic_consultation"),
     ("gynaecology", "basic_consultation"), ("cardiology", "specialty"), ("physiotherapy", "therapy"), ("speech_therapy", "therapy"),
     ("nutrition", "therapy"), ("psychology", "therapy"), ("occupational_therapy", "therapy"), ("dentistry", "dentistry")],
)  # fmt: skip
def test_the_class_of_care_is_that_of_rn_566(code: str, care_class: str) -> None:
    assert specialty(code).care_class == care_class


def test_an_unknown_specialty_is_refused() -> None:
    with pytest.raises(InvalidInput):
        specialty("astrology")


@pytest.mark.parametrize(
    ("text", "name", "state"),
    [
        ("moro em Timon", "Timon", "MA"), ("são luís", "São Luís", "MA"), ("sao luis", "São Luís", "MA"), ("são luiz", "São Luís", "MA"), ("slz", "São Luís", "MA"),
        ("consulta em São Luis do Maranhão", "São Luís", "MA"), ("cardiologista são luís quinta", "São Luís", "MA"), ("imperatriz", "Imperatriz", "MA"),
        ("itz", "Imperatriz", "MA"), ("imperatris", "Imperatriz", "MA"), ("imperatiz", "Imperatriz", "MA"), ("são paulo", "São Paulo", "SP"), ("sampa", "São Paulo", "SP"),
        ("sp capital", "São Paulo", "SP"), ("bh", "Belo Horizonte", "MG"), ("rio de janeiro", "Rio de Janeiro", "RJ"), ("moro no rio", "Rio de Janeiro", "RJ"),
        ("rio", "Rio de Janeiro", "RJ"), ("sou de São José de Ribamar", "São José de Ribamar", "MA"), ("paço do lumiar", "Paço do Lumiar", "MA"), ("em santos", "Santos", "SP"),
        ("Santos SP", "Santos", "SP"), ("moro em natal", "Natal", "RN"), ("ribeirao preto", "Ribeirão Preto", "SP"), ("são josé dos campos", "São José dos Campos", "SP"),
        ("campinas", "Campinas", "SP"), ("belém", "Belém", "PA"), ("terezina", "Teresina", "PI"), ("curitba", "Curitiba", "PR"), ("cidade de pinheiro", "Pinheiro", "MA"),
        ("moro em vitória", "Vitória", "ES"), ("acailandia", "Açailândia", "MA"), ("guarulos", "Guarulhos", "SP"), ("floripa", "Florianópolis", "SC"),
    ],
)  # fmt: skip
def test_a_city_is_understood(text: str, name: str, state: str) -> None:
    assert [(one.name, one.state) for one in cities_in(text)] == [(name, state)]


@pytest.mark.parametrize(
    "text",
    ["Dr. Paulo", "sou o Luís", "São José", "feliz natal", "João dos Santos", "Ana Carolina Viana", "batam palmas", "a vitória é nossa", "hospital São Luís",
     "clínica São Paulo", "rua Campinas", "Dona Marília", "me chamo Vitória", "duque de caxias", "caxias do sul", "boa vista", "franca verdade", "sou a Carolina Pinheiro",
     "até o natal", "quero marcar uma consulta", "são dois", "minha filha Teresinha", "recibo"],
)  # fmt: skip
def test_people_feasts_and_buildings_are_no_cities(text: str) -> None:
    assert cities_in(text) == () or (text == "boa vista" and len(cities_in(text)) == 1)


def test_a_doubtful_name_answers_the_question_for_a_city() -> None:
    assert [one.name for one in cities_in("acho que Santos", asked=True)] == ["Santos"]
    assert cities_in("acho que Santos") == ()
    assert cities_in("sou o Santos", asked=True) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("com o dr. Anacleto", "Anacleto"), ("dra Helena Prado na quinta", "Helena Prado"), ("dr anacleto", "Anacleto"), ("DRA HELENA PRADO", "Helena Prado"),
        ("doutora Maria da Silva em imperatriz", "Maria da Silva"), ("dra celeste, pode ser de tarde", "Celeste"), ("dra. helena prado amanhã", "Helena Prado"),
        ("quero a Dra. Lúcia amanhã", "Lúcia"), ("c/ o dr Anacleto Reis pf", "Anacleto Reis"), ("tem o doutor Anacleto essa semana?", "Anacleto"),
        ("doutora Ana Lúcia de Souza", "Ana Lúcia de Souza"), ("o dr.Anacleto atende?", "Anacleto"), ("Drª Helena às 10", "Helena"),
    ],
)  # fmt: skip
def test_a_doctors_name_stands_after_the_title(text: str, name: str) -> None:
    assert provider_name_in(text) == name


@pytest.mark.parametrize(
    "text",
    ["o doutor pediu pra eu voltar", "doutor do coração", "dr cardiologista", "a doutora disse que sim", "quero um doutor", "doutora pediatra em são luís", "a doutora errou meu nome", "a doutora nem olhou",
     "doutor, que horas?", "o dr. da clínica", "Helena Prado", "um doutor na quinta", ""],
)  # fmt: skip
def test_without_a_name_after_the_title_there_is_none(text: str) -> None:
    assert provider_name_in(text) is None


_TALK = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(["dr.", "dra", "são", "luís", "santos", "coração", "médico", "do", "de", "em", "rio", "dentista", "natal", "Ana", "e", ",", "?", "olho"]), max_size=10).map(" ".join),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(text=_TALK, asked=st.booleans())
def test_whatever_is_written_nothing_breaks_and_nothing_comes_twice(text: str, asked: bool) -> None:
    for found in (specialties_in(text, asked=asked), cities_in(text, asked=asked)):
        assert len(found) == len(set(found))
    name = provider_name_in(text)
    assert name is None or name.strip() == name != ""
    assert set(specialties_in(text)) <= set(specialties_in(text, asked=True)) or not asked
