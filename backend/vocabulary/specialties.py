"""Medical specialties, therapies and dentistry, in the words that people use for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from backend.errors import InvalidInput
from backend.identifiers import plain
from backend.vocabulary.words import lookup, stem, word_set, words_of

CareClass = Literal["basic_consultation", "specialty", "therapy", "dentistry"]

_SHORTEST_FUZZY = 6
_ALIKE = 87  # of 100: one slip in seven letters, two in sixteen
_LONGEST_PHRASE = 5
_LONGEST_TEXT = 1000
_LABORATORY = re.compile(r"\bexames? de (?:sangue|urina|fezes)\b")
# Real words that are one slip away from a specialty.
_OTHER_WORDS = word_set(
    """
    radiologia radiologista biologia biologo ecologia tecnologia astrologia vasculhar cardapio dermatite
    ginastica podologo podologia orientacao ortografia cardiaco terapeutico pediatrico urologica cirurgia
    cirurgias homeopatico numerologia neurologico patologia patologista odontograma oncologico hepatico
    gastronomia
    """
)
# The words before an ordinary word that make it a reason for seeing somebody: 'médico do …', 'dor nas …'.
_REASON = word_set(
    """
    medico medica medicos doutor doutora dr dra dotor especialista especialidade consulta consultar problema
    problemas probleminha probleminhas dor dores doenca tratamento tratar exame examinar clinico cirurgiao
    coceira mancha manchas caroco infeccao inflamacao vaga horario marcar agendar agenda remedio crise ardor
    queimacao aperto pontada
    """
)
# Before a symptom of several words ('dor de cabeça'), and before a part of the body ('olhar meu joelho').
_FEELING = word_set(
    """
    tenho sinto sentindo sente tendo tem teve com
    """
)
_EXAMINING = word_set(
    """
    ver olhar olhe veja cuida cuidar cuide avaliar
    """
)
_LINKS = word_set(
    """
    de do da dos das no na nos nas em pra pro pras pros para p com c o a os as meu minha meus minhas um uma umas
    uns muita muito forte nele dela dele seu sua e
    """
)
_DIRECT = _LINKS - {"o", "a", "os", "as", "e"}
_HURTS = word_set(
    """
    doi doem doendo dolorido dolorida inflamado inflamada inchado inchada cocando quebrou ardendo
    """
)
_BETWEEN = word_set(
    """
    ta esta tao estao que me muito fica ficou
    """
)
_FILLERS = _LINKS | frozenset(
    [
        "e",
        "eh",
        "quero",
        "queria",
        "preciso",
        "por",
        "favor",
        "pf",
        "pfv",
        "oi",
        "ola",
        "sim",
        "isso",
        "acho",
        "que",
        "seria",
    ]
)


@dataclass(frozen=True, slots=True)
class Specialty:
    """One specialty; `care_class` is that of RN 566, which sets how many business days the care may take."""

    code: str
    name: str
    professional: str
    care_class: CareClass


@dataclass(frozen=True, slots=True)
class _Lexicon:
    specialties: dict[str, Specialty]
    phrases: dict[tuple[str, ...], str]  # stemmed words: the specialty's code
    exact: dict[tuple[str, ...], str]
    vague: dict[tuple[str, ...], str]
    long_words: dict[str, str]  # what typos are compared with


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    lexicon = _Lexicon({}, {}, {}, {}, {})
    for code, entry in lookup("specialties").items():
        lexicon.specialties[code] = Specialty(code, entry["name"], entry["professional"], entry["care_class"])
        for phrase in (entry["name"], entry["professional"], *entry.get("synonyms", ())):
            words = words_of(phrase)
            lexicon.phrases[_stems(words)] = code
            if len(words) == 1 and len(words[0]) >= _SHORTEST_FUZZY + 1:
                lexicon.long_words[words[0]] = code
        lexicon.exact.update({words_of(phrase): code for phrase in entry.get("exact", ())})
        lexicon.vague.update({_stems(words_of(phrase)): code for phrase in entry.get("vague", ())})
    return lexicon


def _stems(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stem(word) for word in words)


def every_specialty() -> tuple[Specialty, ...]:
    """All specialties, by their Portuguese name."""
    return tuple(sorted(_lexicon().specialties.values(), key=lambda one: words_of(one.name)))


def specialty(code: str) -> Specialty:
    """The specialty with this code; InvalidInput where there is none."""
    found = _lexicon().specialties.get(code)
    if found is None:
        raise InvalidInput("Não conheço essa especialidade.", detail="specialty code")
    return found


def specialties_in(text: str, *, asked: bool = False) -> tuple[Specialty, ...]:
    """The specialties that a text names, in its order, each once; the longest phrase wins.

    Plural, gender and small typos do not matter. An ordinary word ('coração', 'dente') counts where it is the
    reason for a visit ('médico do coração'), is the whole message, or answers the question (`asked`).
    """
    lexicon = _lexicon()
    found = list(_mentions(words_of(_LABORATORY.sub(" ", plain(text[:_LONGEST_TEXT]))), asked))
    certain = [mention for mention in found if mention.certain]
    # Who names the specialty only explains it with the rest: 'ortopedista, por causa de uma dor na cabeça'.
    return tuple(lexicon.specialties[code] for code in dict.fromkeys(mention.code for mention in certain or found))


@dataclass(frozen=True, slots=True)
class _Mention:
    code: str
    certain: bool


def _mentions(words: tuple[str, ...], asked: bool) -> Iterator[_Mention]:
    position = 0
    while position < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - position), 0, -1):
            mention = _mention(words[position : position + length])
            if mention:
                if mention.certain or asked or _is_reason(words, position, length):
                    yield mention
                position += length
                break
        else:
            position += 1


def _mention(phrase: tuple[str, ...]) -> _Mention | None:
    lexicon = _lexicon()
    stems = _stems(phrase)
    certain = lexicon.exact.get(phrase) or lexicon.phrases.get(stems)
    if certain:
        return _Mention(certain, certain=True)
    vague = lexicon.vague.get(stems)
    if vague:
        return _Mention(vague, certain=False)
    near = _nearly(phrase[0]) if len(phrase) == 1 else None
    return _Mention(near, certain=True) if near else None


def _is_reason(words: tuple[str, ...], start: int, length: int) -> bool:
    before, after = words[:start], words[start + length :]
    if all(word in _FILLERS for word in (*before, *after)):
        return True
    hurting = [word for word in after[:4] if word not in _BETWEEN]
    if hurting and hurting[0] in _HURTS:
        return True
    links = 0
    while links < len(before) and before[-1 - links] in _LINKS:
        links += 1
    linked = before[len(before) - links :]
    head = before[len(before) - links - 1] if links < len(before) else ""
    if head in _REASON:
        return any(word in _DIRECT for word in linked) or not linked
    if length > 1 and (head in _FEELING or linked[-1:] == ("com",)):
        return True
    return head in _EXAMINING and bool(linked)


@lru_cache(maxsize=8192)
def _nearly(word: str) -> str | None:
    """The specialty whose word this is but for a slip; None where it is no word of ours."""
    if len(word) < _SHORTEST_FUZZY or word in _OTHER_WORDS or re.search(r"\d", word):
        return None
    lexicon = _lexicon()
    near = [known for known in lexicon.long_words if known[0] == word[0]]
    best = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return lexicon.long_words[best[0]] if best else None
