"""What a file is: by what is written under it, its own name and text, or because nothing else is missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.documents.files import FileSeen
from backend.documents.checklist import ITEMS, counts_as, kinds_in
from backend.identifiers import plain

OTHER = "other"
_CORRECTS = re.compile(r"\b(?:errei|na verdade|troquei|enganei|engano|era|e|eh)\b")
_LACKS = re.compile(r"\bnao (?:tenho|achei|encontrei|consegui|recebi|sei|quero|preciso|estuda)\b|\bsem\b|\bfalta\b")
# 'não é o rg, é o cpf'
_DENIED_NAME = re.compile(r"\b(?:isso |esse |essa )?nao (?:e|era|eh) (?:o |a |um |uma )?\w+,?")
MOST_WORDS_OF_A_NAME = 8


def kind_of(file: FileSeen, caption: str, wanted: Sequence[str], missing: Sequence[str]) -> str:
    """The code of what a file is, empty where that has to be asked.

    `caption` is what was written with it where it came alone. Where nothing special is asked for, what is not named
    is another document.
    """
    for said in (caption, file["name"]):
        named = _one(kinds_in(said, wanted or None), missing)
        if named:
            return named
    seen = _one([kind for kind in file["guess"] if not wanted or counts_as(kind) & set(wanted)], missing)
    if seen or not wanted:
        return seen or OTHER
    if len(missing) == 1:
        return missing[0]
    return "" if missing else OTHER


def _one(kinds: Sequence[str], missing: Sequence[str]) -> str:
    """The one that is meant, preferably of what is missing."""
    lacking = [kind for kind in kinds if counts_as(kind) & set(missing)]
    if len(lacking) == 1:
        return lacking[0]
    return kinds[0] if len(kinds) == 1 else ""


def name_said(text: str, wanted: Sequence[str]) -> str:
    """The paper that a short answer names, of what is asked for or of all; empty where it names none or several."""
    if len(text.split()) > MOST_WORDS_OF_A_NAME or _LACKS.search(plain(text)):
        return ""
    text = _DENIED_NAME.sub(" ", plain(text))
    for among in (wanted, None):
        named = kinds_in(text, among)
        if len(named) == 1:
            return named[0]
    return OTHER if re.search(r"\boutr[oa]\b|\bnenhum", plain(text)) else ""


def corrects_name(text: str) -> bool:
    """Whether a text says that the last file is something else: 'não, é o CPF', 'errei, era a CNH'."""
    return len(text.split()) <= MOST_WORDS_OF_A_NAME and bool(_CORRECTS.search(plain(text)))


def title(kind: str) -> str:
    """A paper as an option's title: 'Comprovante de endereço'."""
    words = ITEMS[kind].title
    return words[:1].upper() + words[1:]
