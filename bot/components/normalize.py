"""What Brazilians write on WhatsApp, made alike: accents, repeated letters, abbreviations, digits. Pure functions."""

from __future__ import annotations

import re
import unicodedata

_ABBREVIATIONS = {
    "vc": "voce", "vcs": "voces", "pq": "porque", "q": "que", "tb": "tambem", "tbm": "tambem", "hj": "hoje",
    "obg": "obrigado", "obgd": "obrigado", "vlw": "valeu", "blz": "beleza", "n": "nao", "ñ": "nao", "nn": "nao",
    "s": "sim", "ss": "sim", "td": "tudo", "bd": "bom dia", "bt": "boa tarde", "bn": "boa noite", "pf": "por favor",
    "pfv": "por favor", "pfvr": "por favor", "mto": "muito", "mt": "muito", "dps": "depois", "agr": "agora",
    "qdo": "quando", "qnd": "quando", "cmg": "comigo", "msg": "mensagem", "tel": "telefone", "dr": "doutor",
    "dra": "doutora", "td bem": "tudo bem", "eh": "e", "ta": "esta", "to": "estou", "tou": "estou", "pra": "para",
    "pro": "para o", "oq": "o que", "kd": "cade", "cad": "cade", "aki": "aqui", "ngm": "ninguem", "mds": "meu deus",
    "aten": "atendente", "prot": "protocolo", "proc": "procedimento", "2via": "segunda via", "2a": "segunda",
}  # fmt: skip
_REPEATED = re.compile(r"([a-z])\1{2,}")
_NUMBER = re.compile(r"\d+(?:[.,/\-]\d+)*")
_WORD = re.compile(r"[a-zñ0-9]+|[^\s\w]", re.UNICODE)
_LONG = 4
_CPF = re.compile(r"(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}[ -]?\d{2}(?!\d)")
_FACTS = re.compile(
    r"(?<!\d)(?:\d{4}[ .-]?\d{4}[ .-]?\d{4}[ .-]?\d{2}|\d{3}[ .]?\d{3}[ .]?\d{3}[ -]?\d{2})(?!\d)"  # card, CPF
    r"|(?<!\d)\d{1,2}\s*[/.\- ]\s*\d{1,2}\s*[/.\- ]\s*(?:\d{4}|\d{2})(?!\d)"
    r"|(?<!\d)\d{1,2}\s+de\s+[a-z]{3,9}\s+(?:de\s+)?(?:\d{4}|\d{2})(?!\d)"
    r"|(?:\b(?:a |o |e )?(?:minha |nome (?:completo )?da (?:minha )?)?(?:mae|mamae|genitora)\b[^,;|\n\d]*)"
    r"|\b(?:(?:o |o meu |meu )?cpf(?: d[aeo]s? \w+)?(?: e)?|(?:data de )?nasc\w*(?: em)?)\b"
)


def normalize(text: str) -> str:
    """Lower case without accents, abbreviations written out, numbers as `num` with their length, emoji kept."""
    plain = _strip_accents(text.lower())
    plain = _REPEATED.sub(r"\1", plain)
    plain = _NUMBER.sub(_mask, plain)
    words = (_ABBREVIATIONS.get(word, word) for word in _WORD.findall(plain))
    return " ".join(words)


def without_facts(text: str) -> str:
    """A message without the registration facts that stand in it, where a CPF does: what else it says, or nothing."""
    plain = _strip_accents(text.lower())
    if not _CPF.search(plain):
        return ""
    rest = _FACTS.sub(" , ", plain)
    return " ".join(re.sub(r"[\s,.:;|]+(?=\s|$)", " ", rest).split()).strip(" ,.:;")


def _mask(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found.group())
    return f" num{digits if digits <= _LONG else 'long' if digits > 12 else 'mid'} "


def _strip_accents(text: str) -> str:
    kept = "".join("ñ" if character == "ñ" else character for character in text)
    decomposed = unicodedata.normalize("NFKD", kept)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
