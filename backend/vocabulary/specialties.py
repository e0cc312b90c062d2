"""Medical specialties, therapies and dentistry, in the words that people use for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from backend.errors import InvalidInput
from backend.identifiers import plain
from backend.likeness import Speller
from backend.vocabulary.words import SURNAMES, lookup, ordinary_words, singular, stem, word_set, words_of

CareClass = Literal["basic_consultation", "specialty", "therapy", "dentistry"]

_SHORTEST_FUZZY = 6
_LONGEST_PHRASE = 5
_LONGEST_TEXT = 1000
# Parts of the body that nobody wants to have looked at.
_ASIDE = re.compile(
    r"\bexames? de (?:sangue|urina|fezes)\b|\bde olho n|\bosso duro\b|\bboca do povo\b|\bpe na (?:estrada|porta|cova)\b"
    r"|\bmao na roda\b|\bvist\w+ a camisa\b|\bpernas pra que\b|\b(?:em|pela|na|de) mao d[aeo]\b"
)
# 'dra. Costa', 'dr Ivan Costa': a surname behind a title is no part of the body.
_TITLED = re.compile(
    r"\b((?:dra?|d[ro]utora?|dotora?)\b[. ]*(?:(?!(?:n?[ao]s?|em|com|pra|para|que|e)\b)[a-z]+ (?:d[aeo]s? )?){0,2}?)"
    rf"(?:{'|'.join(sorted(SURNAMES))})\b"
)
# Real words that are one slip away from a specialty.
_OTHER_WORDS = word_set(
    """
    radiologia radiologista biologia biologo ecologia tecnologia astrologia vasculhar cardapio dermatite
    ginastica podologo podologia orientacao ortografia cardiaco terapeutico pediatrico urologica cirurgia
    cirurgias homeopatico numerologia neurologico patologia patologista odontograma oncologico hepatico
    gastronomia audiologia audiologista audiologo artroscopia artista cabeleireiro cabeleireira
    """
)
# The words before an ordinary word that make it a reason for seeing somebody: 'médico do …', 'dor nas …'.
_REASON = word_set(
    """
    medico medica medicos doutor doutora dr dra dotor especialista especialidade consulta consultar problema
    problemas probleminha probleminhas dor dores doenca tratamento tratar exame examinar clinico cirurgiao
    coceira mancha manchas caroco infeccao inflamacao vaga horario marcar agendar agenda remedio crise ardor
    queimacao aperto pontada sindrome zumbido chiado sopro formigamento dormencia fraqueza ferida
    """
)
# Before a symptom ('dor de cabeça', 'febre'), and before a part of the body ('olhar meu joelho').
_FEELING = word_set(
    """
    tenho sinto sentindo sente tendo tem teve com
    """
)
_EXAMINING = word_set(
    """
    ver olhar olhe olha veja cuida cuidar cuide avaliar examina examinar examine trata tratar opera operar mexe
    quebrei torci machuquei bati operei luxei fraturei cortei quebrou torceu machucou fraturou
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
    doi doem doendo doeu dolorido dolorida inflamado inflamada inflamou inchado inchada inchou cocando cocar quebrou
    quebrado quebrada ardendo matando incomodando latejando travou travado travada estalando estourou sangrando torceu
    torcido vermelho vermelha coca arde
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


# What says of a symptom that somebody has it, where nothing else is said.
_HAVING = _FILLERS | word_set(
    """
    estou to tou ta esta tava ando tenho ultimamente sempre
    """
)


@dataclass(frozen=True, slots=True)
class Specialty:
    """One specialty; `care_class` is that of RN 566, which sets how many business days the care may take."""

    code: str
    name: str
    professional: str
    care_class: CareClass


@dataclass(frozen=True, slots=True)
class _Mention:
    code: str
    certain: bool
    symptom: bool = False


@dataclass(frozen=True, slots=True)
class _Lexicon:
    specialties: dict[str, Specialty]
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)  # without number and gender: the code
    exact: dict[tuple[str, ...], str] = field(default_factory=dict)
    vague: dict[tuple[str, ...], str] = field(default_factory=dict)  # without number: 'junto' are no 'juntas'
    symptoms: set[tuple[str, ...]] = field(default_factory=set)
    known: dict[str, _Mention] = field(default_factory=dict)  # the single words that slips are compared with


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    lexicon = _Lexicon({})
    for code, entry in lookup("specialties").items():
        lexicon.specialties[code] = Specialty(code, entry["name"], entry["professional"], entry["care_class"])
        for phrase in (entry["name"], entry["professional"], *entry.get("synonyms", ())):
            _learn(lexicon, words_of(phrase), _Mention(code, certain=True))
        lexicon.exact.update({words_of(phrase): code for phrase in entry.get("exact", ())})
        for phrase in (*entry.get("vague", ()), *entry.get("symptoms", ())):
            _learn(lexicon, words_of(phrase), _Mention(code, certain=False))
        lexicon.symptoms.update(_singulars(words_of(phrase)) for phrase in entry.get("symptoms", ()))
    return lexicon


def _learn(lexicon: _Lexicon, words: tuple[str, ...], mention: _Mention) -> None:
    if mention.certain:
        lexicon.phrases[_stems(words)] = mention.code
    else:
        lexicon.vague[_singulars(words)] = mention.code
    if len(words) == 1:
        lexicon.known.setdefault(words[0], mention)


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(_lexicon().known, shortest=_SHORTEST_FUZZY)


def _stems(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stem(word) for word in words)


def _singulars(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(singular(word) for word in words)


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
    said = _TITLED.sub(r"\1 | ", plain(text[:_LONGEST_TEXT]).replace("ª", ""))
    found = list(_mentions(words_of(_ASIDE.sub(" ", said)), asked))
    certain = [mention for mention in found if mention.certain]
    # Who names the specialty only explains it with the rest: 'ortopedista, por causa de uma dor na cabeça'.
    return tuple(lexicon.specialties[code] for code in dict.fromkeys(mention.code for mention in certain or found))


def _mentions(words: tuple[str, ...], asked: bool) -> Iterator[_Mention]:
    position = 0
    while position < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - position), 0, -1):
            mention = _mention(words[position : position + length])
            if mention:
                if mention.certain or asked or _is_reason(words, position, length, mention):
                    yield mention
                position += length
                break
        else:
            position += 1


def _mention(phrase: tuple[str, ...]) -> _Mention | None:
    lexicon = _lexicon()
    certain = lexicon.exact.get(phrase) or lexicon.phrases.get(_stems(phrase))
    if certain:
        return _Mention(certain, certain=True)
    singulars = _singulars(phrase)
    vague = lexicon.vague.get(singulars)
    if vague:
        return _Mention(vague, certain=False, symptom=singulars in lexicon.symptoms)
    return _nearly(phrase[0]) if len(phrase) == 1 else None


def _is_reason(words: tuple[str, ...], start: int, length: int, mention: _Mention) -> bool:
    before, after = words[:start], words[start + length :]
    around = _HAVING if mention.symptom else _FILLERS
    if all(word in around for word in (*before, *after)):
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
    if (length > 1 or mention.symptom) and (head in _FEELING or "com" in linked):
        return True
    return head in _EXAMINING and bool(linked)


@lru_cache(maxsize=8192)
def _nearly(word: str) -> _Mention | None:
    """What the word means but for a slip; None where it is no word of ours."""
    if len(word) < _SHORTEST_FUZZY or not word.isalpha() or word in _OTHER_WORDS or word in ordinary_words():
        return None
    meant = _speller().nearest(word)
    if meant is None:
        return None
    lexicon = _lexicon()
    return replace(lexicon.known[meant], symptom=_singulars((meant,)) in lexicon.symptoms)
