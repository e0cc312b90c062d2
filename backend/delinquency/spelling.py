"""How people shorten and draw out words on a telephone, put into one spelling before an answer is read. Pure."""

from __future__ import annotations

import re
import unicodedata

from backend.identifiers import plain

_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_ACCENTED_E = re.compile(r"\bé\b")
_NO_WORD = re.compile(r"[^\w\s]+")
_PICTURES = frozenset({"So", "Sk", "Cf", "Mn"})
_SHORTENED = {
    "to": "estou", "tou": "estou", "tow": "estou", "toh": "estou", "stou": "estou", "n": "nao", "naum": "nao",
    "num": "nao", "nn": "nao", "nao": "nao", "vc": "voce", "ce": "voce", "vcs": "voces", "oq": "o que", "q": "que",
    "pq": "por que", "eh": "e", "qm": "quem", "kem": "quem", "tb": "tambem", "tbm": "tambem", "sr": "senhor",
    "sra": "senhora", "msg": "mensagem", "msgs": "mensagens", "zap": "whatsapp", "wpp": "whatsapp", "tel": "telefone",
    "nr": "numero", "num.": "numero", "hj": "hoje", "agr": "agora", "tah": "ta", "soueu": "sou eu", "fone": "telefone",
}  # fmt: skip


def folded(text: str) -> str:
    """Folded lines as they were written ('é' stays apart from 'e', as 'eh'), drawn out letters once: 'simmm', 'sim'."""
    accented = _ACCENTED_E.sub("eh", text.casefold())
    return _DRAWN_OUT.sub(r"\1", "\n".join(plain(line) for line in accented.splitlines()))


def words_of(folded_text: str) -> list[str]:
    """The words of a folded text in full, without marks and pictures: 'n, to 👍' is ['nao', 'estou']."""
    bare = "".join(" " if unicodedata.category(sign) in _PICTURES else sign for sign in folded_text)
    words = _NO_WORD.sub(" ", bare.replace("_", " ")).split()
    return " ".join(_SHORTENED.get(word, word) for word in words).split()
