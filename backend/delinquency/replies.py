"""What people answer to 'falo com …?', before anybody knows who they are. Pure. [processes.md 6, seed 004]"""

from __future__ import annotations

import re
from typing import Literal

from backend.identifiers import plain

Reply = Literal[
    "me", "not_me", "wrong_number", "not_here", "who", "deceased", "hospital", "legal", "refuse", "stop", "later",
    "auto", "",
]  # fmt: skip

# In this order: the first that fits. What fits none is another need, or not understood: the assistant's.
_TABLE: tuple[tuple[Reply, re.Pattern[str]], ...] = (
    ("auto", re.compile(r"mensagem automatica|resposta automatica|retornar(?:emos|ei) (?:o contato|em breve)")),
    ("deceased", re.compile(r"\bfaleceu\b|\bfalecid[oa]\b|\bmorreu\b|\bobito\b")),
    ("hospital", re.compile(r"\binternad[oa]s?\b|\bno hospital\b|\bna uti\b")),
    ("stop", re.compile(r"(?:pare|parar|sair|stop|nao me mand\w+ mais\b.*|remov\w+ meu numero.*)[.! ]*")),
    ("legal", re.compile(r"\bprocessar\b|\bprocesso\b|\bprocon\b|\badvogad[oa]\b|\bjustica\b")),
    ("wrong_number", re.compile(r"\bnumero errado\b|\bengano\b|\bnao conheco\b|\bnunca ouvi\b")),
    ("not_here", re.compile(r"\bnao (?:esta|ta) aqui\b|\bsou (?:[ao] )?(?:espos[ao]|mulher|marido|filh\w)\b")),
    ("not_me", re.compile(r"nao|n|nao sou(?: eu)?|nao e (?:ele|ela)|nao sou essa pessoa")),
    ("who", re.compile(r"\bquem (?:e|esta|ta|fala)\b|\bgolpe\b|\bdo que se trata\b|\bsobre o que\b")),
    ("refuse", re.compile(r"\bnao quero (?:falar|conversa|saber)\b|\bnao tenho interesse\b|\bme deixa em paz\b")),
    ("later", re.compile(r"\bagora nao (?:posso|da)\b|\bmais tarde\b|\boutra hora\b|\btrabalhando\b")),
    ("me", re.compile(r"s|sim|sou|sou eu|sim,? sou eu|e ele|e ela|eu mesm[ao]|sim,? pode falar|pois nao|oi|ola")),
)  # fmt: skip
_WHOLE = frozenset({"stop", "not_me", "me"})


def read_reply(text: str) -> Reply:
    """What a text answers to 'falo com …?'; empty where it is something else."""
    said = plain(text).strip(" .!?,")
    for reply, pattern in _TABLE:
        found = pattern.fullmatch(said) if reply in _WHOLE else pattern.search(said)
        if found:
            return reply
    return ""
