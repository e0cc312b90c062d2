"""Brazilian cities as people name them, told apart from people, saints and feasts of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from backend.likeness import Speller
from backend.vocabulary.words import SURNAMES, lookup, ordinary_words, word_set, words_of

_LONGEST_NAME = 5
_LONGEST_TEXT = 1000
_SHORTEST_FUZZY = 7
_OTHER_WORDS = frozenset(
    {"teresinha", "terezinha", "campina", "barreirinha", "imperador", "brasil", "brasileira", "brasileiro", "bras"}
    | {"sao lucas", "sao pedro", "sao jose", "sao joao", "santa rita", "santo antonio", "colinas", "recibo", "osasca"}
    | {"recife do", "diademas", "chapadinho", "campinas grande"}
)
_LONGER_NAMES = {
    ("duque", "de", "caxias"), ("caxias", "do", "sul"), ("campina", "grande"), ("rio", "grande"),
    ("sao", "luis", "gonzaga"), ("sao", "luiz", "gonzaga"), ("barra", "do", "pirai"),
}  # fmt: skip
# Before a name: it is a place, whatever else it may be.
_IN = frozenset(("em", "moro", "cidade", "resido", "capital"))
_NEAR = frozenset(("de", "para", "pra", "p", "por"))
_FROM = word_set(
    """
    cidade sou perto regiao unidade moro morando vou consulta clinica atendimento mudei viajar ir medico
    """
)
# Before a name: it is somebody, or some building.
_NOBODY_CITY = word_set(
    """
    dr dra doutor doutora seu dona senhor senhora sr sra chamo nome hospital clinica rua avenida av bairro
    shopping colegio escola laboratorio igreja praca predio edificio posto maternidade upa santa frei padre
    banco feliz
    """
)
_CLUB = word_set(
    """
    jogo time torco torcedor torcida camisa gol
    """
)
_PARTICLES = {("da",), ("de",), ("do",), ("dos",)}
_SELF = {("sou", "o"), ("sou", "a"), ("aqui", "o"), ("aqui", "a"), ("e", "o"), ("e", "a"), ("com", "o"), ("com", "a")}
_HERE = {("moro", "no"), ("moro", "na"), ("morando", "no"), ("aqui", "no"), ("la", "no")}
_FEAST_WORDS = word_set(
    """
    feliz bom do no antes depois ate o
    """
)
_STATES = {
    "ac": "acre", "al": "alagoas", "am": "amazonas", "ap": "amapa", "ba": "bahia", "ce": "ceara", "df": "df",
    "es": "es", "go": "goias", "ma": "maranhao", "mg": "minas", "ms": "ms", "mt": "mt", "pa": "para", "pb": "paraiba",
    "pe": "pernambuco", "pi": "piaui", "pr": "parana", "rj": "rj", "rn": "rn", "ro": "rondonia", "rr": "roraima",
    "rs": "rs", "sc": "sc", "se": "sergipe", "sp": "sp", "to": "tocantins",
}  # fmt: skip
_AMBIGUOUS_STATES = {"se", "pa", "ma", "am", "al", "para"}


@dataclass(frozen=True, slots=True)
class City:
    """A city and its state's two letters."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class _Name:
    city: City
    vague: bool


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, ...], _Name]:
    names: dict[tuple[str, ...], _Name] = {}
    for state, cities in lookup("cities").items():
        for entry in cities:
            city = City(entry["name"], state)
            vague = bool(entry.get("vague"))
            names[words_of(city.name)] = _Name(city, vague)
            names.update({words_of(form): _Name(city, vague) for form in entry.get("spoken", ())})
            names.update({words_of(form): _Name(city, vague=True) for form in entry.get("vague_forms", ())})
    return names


@lru_cache(maxsize=1)
def _spellers() -> dict[int, Speller]:
    """By their number of words, the unmistakable names that slips are compared with."""
    by_length: dict[int, list[str]] = {}
    for words, name in _names().items():
        if not name.vague:
            by_length.setdefault(len(words), []).append(" ".join(words))
    return {length: Speller(names, shortest=_SHORTEST_FUZZY) for length, names in by_length.items()}


@lru_cache(maxsize=1)
def _beginnings() -> dict[int, frozenset[str]]:
    """How names of so many words begin: in two letters, since nobody misspells those and most words have others."""
    lengths = {len(words) for words in _names()}
    return {length: frozenset(words[0][:2] for words in _names() if len(words) == length) for length in lengths}


def cities_in(text: str, *, asked: bool = False) -> tuple[City, ...]:
    """The cities that a text names, in its order, each once; small typos and spoken forms count.

    A name that is also something else ('Santos', 'Natal') needs a place's words around it ('em Santos', 'Santos
    SP'), to be the whole message, or to answer the question (`asked`). Persons and buildings are no cities.
    """
    return tuple(dict.fromkeys(_cities(words_of(text[:_LONGEST_TEXT]), asked)))


def _cities(words: tuple[str, ...], asked: bool) -> Iterator[City]:
    position = 0
    while position < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - position), 0, -1):
            phrase = words[position : position + length]
            if phrase in _LONGER_NAMES:
                position += length
                break
            name = _names().get(phrase) or _nearly(phrase)
            if name and _is_place(name, words, position, length, asked):
                yield name.city
                position += length
                position += words[position : position + 1] in _said_states(name.city)
                break
        else:
            position += 1


def _said_states(city: City) -> tuple[tuple[str, ...], ...]:
    return ((city.state.lower(),), (_STATES[city.state.lower()],))


def _is_place(name: _Name, words: tuple[str, ...], start: int, length: int, asked: bool) -> bool:
    before, after = words[:start], words[start + length :]
    last = before[-1] if before else ""
    if _is_nobodys_city(before, after):
        return False
    if not name.vague:
        return True
    state = name.city.state.lower()
    if after and after[0] in {state, _STATES[state]} and after[0] not in _AMBIGUOUS_STATES - {"ma"}:
        return True
    if last in _IN or before[-2:] in _HERE or (last in _NEAR and len(before) > 1 and before[-2] in _FROM):
        return True
    if asked:
        return last not in _FEAST_WORDS or last == "o"
    return not before and not after


def _is_nobodys_city(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """A person ('seu Salvador', 'Timon Lima'), a building or a club."""
    last = before[-1] if before else ""
    surname = any(word in SURNAMES for word in after[: 1 + (after[:1] in _PARTICLES)])
    club = bool(before[-2:-1]) and before[-2] in _CLUB
    return last in _NOBODY_CITY or before[-2:] in _SELF or club or (surname and last not in _IN)


@lru_cache(maxsize=8192)
def _nearly(phrase: tuple[str, ...]) -> _Name | None:
    joined = " ".join(phrase)
    if len(joined) < _SHORTEST_FUZZY or joined in _OTHER_WORDS or len(phrase) not in _spellers():
        return None
    if len(phrase) > 1 and phrase[0][:2] not in _beginnings()[len(phrase)]:
        return None
    if all(word in ordinary_words() for word in phrase):
        return None
    meant = _spellers()[len(phrase)].nearest(joined)
    return _names()[tuple(meant.split())] if meant else None
