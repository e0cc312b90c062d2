"""People, numbers and places by the hundred thousand, all invented: the same seed gives the same ones. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from backend.identifiers import plain


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


WOMEN = words(
    """
    Adriana Alice Aline Amanda Ana Andréa Antônia Aparecida Beatriz Bianca Bruna Camila Carla Carolina Cecília
    Cláudia Cristina Daniela Débora Eduarda Elaine Eliane Fabiana Fernanda Flávia Francisca Gabriela Giovana
    Helena Ingrid Isabela Jaqueline Joana Josefa Júlia Juliana Karina Laís Larissa Letícia Lívia Lúcia Luísa
    Manuela Márcia Maria Mariana Marina Michele Mônica Natália Patrícia Paula Rafaela Raimunda Regina Renata
    Rita Rosa Sabrina Sandra Simone Sônia Tatiane Teresa Valéria Vanessa Vera Vitória
    """
)
MEN = words(
    """
    Ademir Adriano Alan Alexandre Anderson André Antônio Arthur Bernardo Bruno Caio Carlos Célio César Cláudio
    Cristiano Daniel Davi Diego Edson Eduardo Elias Emanuel Enzo Fábio Felipe Fernando Flávio Francisco Gabriel
    Geraldo Guilherme Gustavo Heitor Henrique Hugo Igor Ivan João Jorge José Júlio Leandro Leonardo Lucas Luiz
    Manoel Marcelo Márcio Marcos Mateus Miguel Nelson Otávio Paulo Pedro Rafael Raimundo Renato Ricardo Roberto
    Rodrigo Rogério Samuel Sérgio Thiago Valdir Vicente Vítor Wagner Wesley
    """
)
SURNAMES = words(
    """
    Abreu Aguiar Almeida Alves Amaral Andrade Araújo Assis Azevedo Barbosa Barros Bastos Batista Bezerra Borges
    Braga Brito Cabral Caldas Câmara Campos Cardoso Carneiro Carvalho Castro Cavalcante Coelho Cordeiro Corrêa
    Costa Coutinho Cruz Cunha Diniz Duarte Farias Fernandes Ferreira Figueiredo Fonseca Freire Freitas Furtado
    Gomes Gonçalves Guimarães Leal Leite Lima Lobato Lopes Macedo Machado Magalhães Maia Marinho Marques Martins
    Matos Medeiros Melo Mendes Menezes Miranda Monteiro Moraes Moreira Mota Moura Muniz Nascimento Neves
    Nogueira Nunes Oliveira Pacheco Paiva Pereira Pinheiro Pinto Pires Queiroz Ramos Reis Ribeiro Rocha
    Rodrigues Sales Sampaio Santana Santos Serra Silva Silveira Soares Sousa Tavares Teixeira Torres Valente
    Vasconcelos Viana Vieira Xavier
    """
)
CITIES = tuple(
    (city.strip(), state)
    for state, names in {
        "MA": """São Luís, Imperatriz, São José de Ribamar, Paço do Lumiar, Timon, Caxias, Codó, Açailândia, Bacabal,
            Balsas, Santa Inês, Pinheiro, Chapadinha, Buriticupu, Grajaú, Itapecuru Mirim, Coroatá, Barreirinhas,
            Tutóia, Viana, Zé Doca, Lago da Pedra, Presidente Dutra, Pedreiras, Rosário, Porto Franco, Estreito,
            Carolina, Raposa, Colinas""",
        "SP": """São Paulo, Campinas, Guarulhos, Santo André, Osasco, Santos, São José dos Campos, Ribeirão Preto,
            Sorocaba, Mogi das Cruzes, Diadema, Jundiaí, Piracicaba, Bauru""",
        "PI": "Teresina, Parnaíba, Picos", "PA": "Belém, Marabá, Santarém", "CE": "Fortaleza, Sobral",
        "TO": "Palmas, Araguaína", "PE": "Recife", "BA": "Salvador", "RN": "Natal", "PB": "João Pessoa",
        "GO": "Goiânia", "DF": "Brasília",
    }.items()
    for city in names.split(",")
)  # fmt: skip
STREETS = ("Rua das Mangueiras", "Rua do Sol Nascente", "Avenida das Palmeiras", "Travessa do Comércio",
           "Rua Projetada", "Avenida Beira-Mar", "Rua dos Ipês", "Alameda dos Bem-te-vis")  # fmt: skip
DISTRICTS = ("Centro", "Jardim América", "Vila Nova", "Bela Vista", "Cohab", "Parque das Flores", "Santo Antônio")

_FOLDED = {name: plain(name) for name in (*WOMEN, *MEN, *SURNAMES)}
_CPF_FIRST, _CPF_STEP, _CPF_SPAN = 100_000_000, 7_368_787, 700_000_001  # a prime span: every step ends elsewhere
_PHONE_FIRST = 60_000_000


@dataclass(frozen=True, slots=True)
class Name:
    """A full name, and the same as it is compared."""

    full: str
    folded: str


def family_name(random: Random) -> tuple[str, str]:
    """Two surnames."""
    return random.choice(SURNAMES), random.choice(SURNAMES)


def name(random: Random, surnames: tuple[str, str], *, woman: bool) -> Name:
    """Somebody's name; four in ten have two given ones."""
    given = WOMEN if woman else MEN
    parts = [random.choice(given)]
    if random.random() < 0.4:  # noqa: PLR2004 (four in ten)
        parts.append(random.choice(given))
    parts.extend(surnames)
    return Name(" ".join(parts), " ".join(_FOLDED[part] for part in parts))


def cpf(order: int) -> str:
    """The CPF of the `order`-th person, eleven digits whose check digits are right; no two of 700 million alike."""
    digits = f"{_CPF_FIRST + order * _CPF_STEP % _CPF_SPAN}"
    first = _check(digits, 10)
    return f"{digits}{first}{_check(f'{digits}{first}', 11)}"


def phone(order: int) -> str:
    """The `order`-th mobile telephone, E.164, of three area codes."""
    area = (98, 99, 11)[order % 3]
    return f"+55{area}9{_PHONE_FIRST + order}"


def city(random: Random) -> tuple[str, str]:
    """A city and its state; one in three is São Luís, the large ones are more frequent."""
    if random.random() < 1 / 3:
        return CITIES[0]
    return CITIES[int(len(CITIES) * random.random() ** 1.6)]


def address(random: Random) -> tuple[str, str]:
    """Street with number, and district."""
    return f"{random.choice(STREETS)}, {random.randint(1, 2000)}", random.choice(DISTRICTS)


def _check(digits: str, heaviest: int) -> int:
    total = sum(int(digit) * (heaviest - place) for place, digit in enumerate(digits))
    return total * 10 % 11 % 10
