"""Doctors by name: what stands after 'dr.' and is a name."""

from __future__ import annotations

import re

from backend.identifiers import plain
from backend.vocabulary.cities import cities_in
from backend.vocabulary.specialties import specialties_in
from backend.vocabulary.words import SURNAMES, word_set

_TITLE = re.compile(r"\b(?:dra?|dr[ªº]|d[ro]utora?|dotora?|doctora?|doutr?|dtra?)\b[.ªº°]*[ ]*", re.IGNORECASE)
# 'a cardiologista Helena': only a capital tells a name from what else may follow.
_PROFESSION = re.compile(
    r"\b(?:[Mm][ée]dic[oa]|[A-Za-zà-ÿ]{3,}(?:ista|iatra|[oó]log[oa]|euta))[ ]+(?=[A-ZÀ-Ý][a-zà-ÿ])"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICLES = word_set(
    """
    nem mulher homem
    da de do dos das di del e
    """
)
_STOPS = word_set(
    """
    nem mulher homem
    a o as os um uma uns umas ao aos e ou que se me te lhe eu ele ela vc voce meu minha seu sua este esse essa
    isso em no na nos nas de da do dos das com c por pra pro para p pelo pela ate sem sobre as hoje amanha
    depois antes dia dias semana mes segunda terca quarta quinta sexta sabado domingo seg ter qua qui sex sab
    dom feira manha tarde noite cedo agora logo ja ainda sempre nunca hora horas horario proxima proximo janeiro
    fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro pode posso podem ser seria
    quero queria preciso tem tinha tenho atende atender atendeu atendia pediu disse falou mandou passou viu
    marcou receitou vai vou foi esta ta to nao n sim so tambem tb quando qual quem onde como porque pq mas por
    favor pf pfv obrigado obrigada bom boa mesmo mesma la ai aqui ali dele dela geral novo nova melhor outro
    outra consulta marcar agendar remarcar cancelar vaga medico medica doutor doutora especialista clinica
    hospital quer deu explicou cancelou faltou bem muito mais menos rapido urgente disponivel qualquer algum
    alguma
    """
)
# Names that are also parts of the body, months or counted things; 'março' and 'dias 10 e 11' are not they.
_ALSO_NAMES = SURNAMES | {"marco", "marcos"}
_COUNTED_DAYS = re.compile(r" *(?:\d|de semana|uteis|e \d)")
_MOST_NAMES = 4
_LONGEST_TEXT, _LONGEST_NAME = 1000, 100


def provider_name_in(text: str) -> str | None:
    """The name after 'dr', 'dra', 'doutor' or 'doutora', with capitals; None where no name follows.

    It ends at times, prepositions, verbs and punctuation: 'dra Helena Prado na quinta' gives 'Helena Prado'. After
    'médica' or a specialist's word a name needs its capital, and is no city: 'a cardiologista Helena'.
    """
    said = text[:_LONGEST_TEXT]
    titles = (_name_at(said[title.end() : title.end() + _LONGEST_NAME]) for title in _TITLE.finditer(said))
    if name := next(filter(None, titles), None):
        return name
    others = (_name_at(said[found.end() : found.end() + _LONGEST_NAME]) for found in _PROFESSION.finditer(said))
    return next((name for name in others if name and not cities_in(name, asked=True)), None)


def _name_at(rest: str) -> str | None:
    words: list[str] = []
    position, capital = 0, False
    for found in _WORD.finditer(rest):
        word, between = found.group(), rest[position : found.start()]
        if between.strip() or len(words) >= _MOST_NAMES * 2:
            break
        capital = capital or (not words and word[0].isupper() and not word.isupper())
        particle = bool(words) and plain(word) in _PARTICLES
        counted = plain(word) == "dias" and _COUNTED_DAYS.match(plain(rest[found.end() :]))
        if counted or (not particle and not _is_name(word, must_be_capital=bool(words) and capital)):
            break
        if particle and not _name_follows(rest[found.end() :], capital):
            break
        words.append(plain(word) if particle else word if capital else word.capitalize())
        position = found.end()
    return " ".join(words) or None


def _is_name(word: str, *, must_be_capital: bool) -> bool:
    folded = plain(word)
    if len(folded) < 2 or (must_be_capital and not word[0].isupper()):  # noqa: PLR2004
        return False
    if folded in _ALSO_NAMES and "ç" not in word.casefold():
        return True
    if folded in _STOPS:
        return False
    if folded.endswith("ou") and word[0].islower():
        return False  # 'a doutora errou'
    return not specialties_in(word, asked=True)


def _name_follows(rest: str, capital: bool) -> bool:
    """Whether a particle joins names ('Helena do Prado'): only capitals tell it from 'na clínica do centro'."""
    found = _WORD.match(rest.lstrip())
    return bool(found and capital and found.group()[0].isupper() and _is_name(found.group(), must_be_capital=True))
