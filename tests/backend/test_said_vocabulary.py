"""Specialties, cities and doctors in the words, the abbreviations and the spelling of people."""

from __future__ import annotations

import pytest

from backend.likeness import Speller, sound
from backend.vocabulary import cities_in, provider_name_in, specialties_in
from backend.vocabulary.words import ordinary_words, singular, stem

SPECIALTIES = {
    "allergology": """
        alergologista, alergista, alergia
    """,
    "cardiology": """
        cardio, cardiolojista, cardilogista, cardiologhista, cardeologista, kardiologista, cadiologista,
        médico do coração, pressão alta, batedeira no coração, palpitação
    """,
    "coloproctology": """
        proctologita, hemorroida
    """,
    "dentistry": """
        dentita, dentista, odontologista, odontopediatra, ortodontista, médico de dente, doutor de dente,
        dor de dente, dente quebrado, limpeza de dente, canal, aparelho nos dentes, siso
    """,
    "dermatology": """
        dermato, dermatologita, dermatolojista, demartologista, dermatologia, dermatoligista, medico de
        pele, coceira na pele, mancha na pele, queda de cabelo, unha encravada, espinha, verruga
    """,
    "endocrinology": """
        endo, endocrino, endocrinologita, indocrinologista, endocrinolojista, médico que cuida da tireoide,
        tenho diabetes, açúcar no sangue alto, emagrecer, perder peso
    """,
    "gastroenterology": """
        gastro, gastroenterologista, gastrointerologista, gastrologista, médico de barriga, médico de
        estômago, medico do estomago, intestino preso, gastrite, refluxo, azia
    """,
    "general_practice": """
        meu filho tá com febre, check up, checkup, consulta de rotina, clinico, clínico geral, clínica
        geral, clinico geau, clínico gera, médico geral, medico da familia
    """,
    "geriatrics": """
        geriatrra, médico de velho
    """,
    "gynaecology": """
        gineco, gineocologista, ginicologista, ginecologita, ginecolojista, jinecologista, medico de mulher,
        médica de mulher, estou grávida, acho que estou grávida, pré natal, preventivo, menstruação
        atrasada, TPM, menopausa
    """,
    "hand_surgery": """
        cirurgião de mão
    """,
    "hematology": """
        hematologista, ematologista
    """,
    "infectious_diseases": """
        infectologista
    """,
    "mastology": """
        mastologita, caroço no seio, nódulo no peito
    """,
    "nephrology": """
        nefrologita, médico do rim
    """,
    "neurology": """
        neuro, neurologita, nerologista, neurolojista, médico de cabeça, doutor da cabeça, enxaqueca, dor de
        cabeça, tontura, AVC, derrame, parkinson, alzheimer, esquecimento
    """,
    "neuropediatrics": """
        autismo, meu filho é autista, TDAH
    """,
    "neurosurgery": """
        hérnia de disco
    """,
    "nutrition": """
        nutri, nutricionsta, nutrissionista
    """,
    "nutrology": """
        nutrólogo
    """,
    "oncology": """
        oncologita, câncer, quimioterapia
    """,
    "ophthalmology": """
        oftalmo, oft, ofta, oftamologista, oftalmologita, oftamo, oftalmologia, oculista, médico das vistas,
        médico dos olho, medico de vista, médico que opera catarata, não enxergo direito, vista embaçada,
        preciso trocar os óculos, quero ver meus óculos, exame de vista
    """,
    "orthopedics": """
        orto, ortopedist, ortopedita, ortopidista, hortopedista, ortopeda, médico de coluna, medico da
        coluna, doutor de coluna, médico dos ossos, médico pra dor nas costas, tô com dor nas costas, estou
        com muita dor na coluna, minha coluna tá me matando, meu joelho inchou, bursite, tendinite, torci o
        tornozelo, quebrei o braço, quero um ortopedista pq meu joelho doi
    """,
    "otorhinolaryngology": """
        otorrino, otorino, otorrinu, otorrinolaringologista, otorrinolaringolojista, otorinolaringologista,
        otorrinolaringo, médico do ouvido, médico que olha o ouvido, minha menina tá com a garganta
        inflamada, estou com zumbido no ouvido, rinite, sinusite, labirintite
    """,
    "pediatrics": """
        ped, pediata, pediatria, pediatrico, doutor de criança, medico de criança, médico de criancinha
    """,
    "physiotherapy": """
        fisio, fisioterapeuta, fizioterapeuta, fisioterapia, fisoterapia
    """,
    "plastic_surgery": """
        cirurgião plástico
    """,
    "psychiatry": """
        psiqui, psiq, siquiatra, pisiquiatra, psiquiatria, médico dos nervos, depressão, ansiedade, não
        durmo, crise de pânico, síndrome do pânico
    """,
    "psychology": """
        psico, psicologo, pisicologo, sicologa, psícologa, terapia ABA
    """,
    "pulmonology": """
        pneumologita, pneomologista, médico de pulmão, falta de ar, asma, bronquite, pneumonia
    """,
    "rheumatology": """
        reumatologita, reumatolojista, reumatico, artrose, artrite, reumatismo
    """,
    "speech_therapy": """
        fono, fonoaudiologa, fonodiologa, fonoaudióloga, atraso na fala
    """,
    "urology": """
        uro, urulogista, urologita, hurologista, pedra nos rins, infecção urinária, próstata, médico de
        homem, impotência, cálculo renal
    """,
    "vascular_surgery": """
        angiologita, vasculá, médico de circulação, medico de varizes, varizes, perna inchada, trombose,
        cirurgiao vascular
    """,
}


def said(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(" ".join(phrase.split()), meant) for meant, phrases in table.items() for phrase in phrases.split(",")]


@pytest.mark.parametrize(("text", "code"), said(SPECIALTIES))
def test_a_specialty_is_understood_by_its_slips_its_short_forms_and_what_hurts(text: str, code: str) -> None:
    assert [one.code for one in specialties_in(text)] == [code]


@pytest.mark.parametrize(
    "text",
    ["a artrodese liberaram?", "artrodese", "artroscopia", "radiografia", "ecocardiograma", "cardiograma", "neurônio",
     "nem sei", "sei la", "não sei", "seis", "seio de Abraão seria outra coisa", "junto com o boleto", "olha só",
     "quem veio comigo", "pronto", "cansei de esperar", "cancelar", "minhas contas", "a fatura", "qual horário?",
     "cardápio", "gastei muito", "artista", "motorista", "otimista", "audiologista", "de olho no prazo",
     "na boca do povo", "osso duro de roer", "pé na estrada", "vista a camisa", "pedi ontem", "ortodoxo",
     "estou em análise?", "tenho plano", "minha criança está no plano?", "tô com pressa", "com carinho"],
)  # fmt: skip
def test_what_only_sounds_like_a_specialty_is_none(text: str) -> None:
    assert specialties_in(text) == ()


@pytest.mark.parametrize(
    "text", ["nem sei", "não sei", "sei lá", "seis", "artrodese", "pronto", "olha", "junto", "pedi"]
)
def test_nor_is_it_where_the_specialty_was_just_asked(text: str) -> None:
    assert specialties_in(text, asked=True) == ()


def test_no_everyday_word_is_taken_for_a_slip_of_a_specialty_or_a_city() -> None:
    everyday = {word for word in ordinary_words() if specialties_in(f"e {word} agora")}
    assert not {"cansei", "contas", "fatura", "horario", "pronto", "veio", "olha"} & everyday
    cities = {word: [city.name for city in cities_in(f"e {word} agora")] for word in ordinary_words()}
    assert {word for word, found in cities.items() if found} == {"slz", "teresina"}


CITIES = {
    "São Luís": """
        slz, SLZ, s luis, são luis ma, São Luís - MA, s. luís, sao luiz do maranhao, saõ luis, saluis, san luis,
        saoluis, aqui no centro de são luís, cardiologista são luis quinta, em slz
    """,
    "Imperatriz": "imperatris, inperatriz, imperatiz, emperatriz, imperatrz, itz, em itz, médico em imperatris",
    "Timon": "timom, timon ma, em timon",
    "Teresina": "terezina, terisina, teresina pi",
    "São Paulo": "em sp, sampa, são paulu, sao palo, s paulo capital, moro em sp",
    "Bacabal": "bacabau, moro em bacabal",
    "Açailândia": "açailandia, assailandia",
    "Santa Inês": "santa ines, sta ines, stª inês, santa inez",
    "São José de Ribamar": "ribamar, s j ribamar, sjr, são jose de ribamar",
    "Paço do Lumiar": "paço, paço lumiar, moro no paço do lumiar",
    "Barra do Corda": "barra do corda",
    "Belo Horizonte": "bh, belo horisonte",
    "Guarulhos": "guarulios, guarulhos sp",
    "Santos": "santos, Santos SP, em santos",
    "Rosário": "rosário ma",
    "Brasília": "bsb, brasilia",
}


@pytest.mark.parametrize(("text", "city"), said(CITIES))
def test_a_city_is_understood_by_its_slips_and_short_forms(text: str, city: str) -> None:
    assert [one.name for one in cities_in(text)] == [city]


@pytest.mark.parametrize(
    "text",
    ["me chamo Imperatriz da Silva", "Vitória Santos", "dona Vitória", "Natália Campos", "Maria de Santos", "Ana Natal",
     "Carolina Pinheiro", "dra. Carolina Santos", "João Pessoa Silva", "Timon Lima", "Caxias Ferreira", "seu Salvador",
     "rua São Paulo", "avenida São Luís", "bairro Santo André", "hospital São Luís", "feliz natal", "antes do natal",
     "jogo do São Paulo", "torço pro São Paulo", "time do Santos", "sou sãopaulino", "igreja santa inês",
     "duque de caxias", "são luís gonzaga", "boa vontade", "com o dr Timon", "rua estreita", "meu nome é Marília"],
)  # fmt: skip
def test_people_buildings_clubs_and_feasts_are_no_cities(text: str) -> None:
    assert cities_in(text) == ()


def test_a_state_beside_its_city_is_no_second_city() -> None:
    assert [one.name for one in cities_in("santos sp", asked=True)] == ["Santos"]
    assert [one.name for one in cities_in("sp", asked=True)] == ["São Paulo"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dr anacleto", "Anacleto"), ("dr° rui", "Rui"), ("drª helena", "Helena"), ("dout helena", "Helena"),
        ("dtr rui", "Rui"), ("DR. RUI NA SEXTA", "Rui"), ("o médico Anacleto Barros", "Anacleto Barros"),
        ("com a médica Helena Prado", "Helena Prado"), ("a cardiologista Helena", "Helena"),
        ("com doutora celeste azevedo por favor", "Celeste Azevedo"), ("dra helena que atende em slz", "Helena"),
        ("dr anacleto da cardiologia", "Anacleto"), ("cardiologista São Luís quinta", None), ("dr do coração", None),
        ("dentista Imperatriz", None), ("Ortopedista Amanhã", None), ("doutor pediu ressonancia", None),
        ("médica boa", None), ("a doutora mandou", None), ("com a Helena Prado", None), ("dr, bom dia", None),
        ("Dr. Costa", "Costa"), ("consulta com a Dra. Costa quinta", "Costa"), ("dr Ivan Costa", "Ivan Costa"), ("dr ivan costa", "Ivan Costa"),
        ("dr Marco Aurélio Lima", "Marco Aurélio Lima"), ("dr. Marco Antonio", "Marco Antonio"), ("dr Pedro Dias", "Pedro Dias"), ("dr Dias", "Dias"),
        ("dr Pedro dias 10 e 11", "Pedro"), ("dr pedro dias 10 e 11", "Pedro"), ("dr Pedro março", "Pedro"), ("dr das costas", None), ("a doutora Ana Dias na quinta", "Ana Dias"),
    ],
)  # fmt: skip
def test_a_doctor_is_named_after_a_title_or_a_profession(text: str, name: str | None) -> None:
    assert provider_name_in(text) == name


@pytest.mark.parametrize(
    "text", ["Dr. Costa", "consulta com a Dra. Costa quinta", "dr Ivan Costa", "doutor João da Costa", "drª Costa"]
)
def test_a_doctors_surname_is_no_part_of_the_body(text: str) -> None:
    assert specialties_in(text, asked=True) == specialties_in(text) == ()


@pytest.mark.parametrize(
    "text", ["dr das costas", "doutora cardiologista Rocha, dor nas costas", "Dra Costa, ortopedista"]
)
def test_what_a_doctor_is_for_is_read_beside_the_name(text: str) -> None:
    assert specialties_in(text)


def test_what_sounds_alike_is_one_and_short_words_are_never_slips() -> None:
    assert sound("cardiolojista") == sound("cardiologista")
    assert sound("pisiquiatra") == sound("psiquiatra")
    known = Speller(["neurologista", "nefrologista", "cancer"])
    assert known.nearest("nerologista") == "neurologista"  # the same consonants
    assert known.nearest("cansar") is None


def test_a_shorter_word_is_never_the_stem_of_a_longer_one() -> None:
    assert stem("sei") != stem("seio")
    assert stem("psicólogas") == stem("psicólogo")
    assert singular("juntas") != singular("junto")
