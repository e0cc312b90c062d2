"""What Brazilians write on WhatsApp, made alike: accents, repeated letters, abbreviations, digits. Pure functions."""

from __future__ import annotations

import re
import unicodedata

# What is typed for a word, and the word; people write these more often than the words.
ABBREVIATIONS = {
    "abs": "abraco", "agend": "agendamento", "agr": "agora", "aki": "aqui", "amh": "amanha", "amnh": "amanha",
    "atd": "atendente", "atdte": "atendente", "aten": "atendente", "atend": "atendente", "aut": "autorizacao",
    "autoriz": "autorizacao", "bd": "bom dia", "bjs": "beijos", "blz": "beleza", "bn": "boa noite", "bol": "boleto",
    "brigada": "obrigada", "brigado": "obrigado", "bt": "boa tarde", "c": "com", "cad": "cade", "canc": "cancelar",
    "cart": "carteirinha", "carterinha": "carteirinha", "ce": "voce", "cel": "celular", "ces": "voces", "cm": "com",
    "cmg": "comigo", "comp": "comprovante", "compr": "comprovante", "conv": "convenio", "ctz": "certeza", "d": "de",
    "dep": "dependente", "dnv": "de novo", "doc": "documento", "docs": "documentos", "dps": "depois", "dr": "doutor",
    "dra": "doutora", "eh": "e", "end": "endereco", "espec": "especialista", "fat": "fatura", "fav": "favor",
    "faze": "fazer", "fds": "fim de semana", "flw": "falou", "fvr": "favor", "fzr": "fazer", "gnt": "gente",
    "hj": "hoje", "hosp": "hospital", "hr": "hora", "hrs": "horas", "hs": "horas", "info": "informacao", "kd": "cade",
    "mds": "meu deus", "med": "medico", "mens": "mensalidade", "mn": "mano", "msg": "mensagem", "msm": "mesmo",
    "mt": "muito", "mta": "muita", "mto": "muito", "n": "nao", "nd": "nada", "ngm": "ninguem", "nn": "nao",
    "nss": "nossa", "obg": "obrigado", "obgd": "obrigado", "obgda": "obrigada", "oq": "o que", "p": "para",
    "pf": "por favor", "pfr": "por favor", "pfv": "por favor", "pfvr": "por favor", "pgei": "paguei",
    "pgt": "pagamento", "pgto": "pagamento", "plmds": "pelo amor de deus", "pls": "por favor", "pq": "porque",
    "pra": "para", "pro": "para o", "proc": "procedimento", "prot": "protocolo", "q": "que", "qdo": "quando",
    "qlq": "qualquer", "qlqr": "qualquer", "qnd": "quando", "qnt": "quanto", "qnto": "quanto", "qq": "qualquer",
    "qr": "quero", "qria": "queria", "qro": "quero", "qt": "quanto", "qto": "quanto", "qtos": "quantos",
    "qts": "quantos", "reemb": "reembolso", "resp": "resposta", "rsp": "resposta", "s": "sim", "sla": "sei la",
    "slz": "sao luis", "solic": "solicitacao", "ss": "sim", "ta": "esta", "tava": "estava", "tb": "tambem",
    "tbem": "tambem", "tbm": "tambem", "td": "tudo", "tds": "todos", "tel": "telefone", "tmb": "tambem",
    "to": "estou", "tou": "estou", "trat": "tratamento", "vc": "voce", "vce": "voce", "vcs": "voces",
    "vdd": "verdade", "venc": "vencimento", "vlw": "valeu", "vms": "vamos",
}  # fmt: skip
# Letters that stand for a word within a sentence; alone they are a slip.
_ONLY_BESIDE_OTHERS = frozenset("cdpq")
# Numbers that stand for a word: '2a via', '1º vez' (º and ª become letters with the accents).
_ORDINAL = re.compile(r"\b([12])[ao]?\s?(?=via\b)|\b([12])[ao]\b")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+")  # whose letters mean nothing
_NUMBER = re.compile(r"\d+(?:[.,/\-]\d+)*")
_WORD = re.compile(r"[a-z0-9]+|[^\s\w]", re.UNICODE)
_LONG = 4
_CPF = re.compile(r"(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}[ -]?\d{2}(?!\d)")
# Where the mother's name ends though no comma stands behind it, as in transcribed speech.
_ASKS = (
    r"(?:quero|queria|preciso|precisava|gostaria|quer|manda\w*|me|marc\w+|remarc\w+|desmarc\w+|cancel\w+|segunda via"
    r"|boleto|fatura|carteirinha|pode|podem|como|qual|quando|quanto|onde|cade|tem|ja|nao)"
)
_CARD = re.compile(r"(?<!\d)\d{4}[ .-]?\d{4}[ .-]?\d{4}[ .-]?\d{2}(?!\d)")
_FACTS = re.compile(
    r"(?<!\d)(?:\d{4}[ .-]?\d{4}[ .-]?\d{4}[ .-]?\d{2}|\d{3}[ .]?\d{3}[ .]?\d{3}[ -]?\d{2})(?!\d)"  # card, CPF
    r"|(?<!\d)\d{1,2}\s*[/.\- ]\s*\d{1,2}\s*[/.\- ]\s*(?:\d{4}|\d{2})(?!\d)"
    r"|(?<!\d)\d{1,2}\s+de\s+[a-z]{3,9}\s+(?:de\s+)?(?:\d{4}|\d{2})(?!\d)"
    r"|(?:\b(?:a |o |e )?(?:minha |nome (?:completo )?da (?:minha )?)?(?:mae|mamae|genitora)\b"
    r"(?:(?!\b" + _ASKS + r"\b)[^,;|\n\d]){0,70})"
    r"|\b(?:(?:o |o meu |meu )?cpf(?: d[aeo]s? \w+)?(?: e)?|(?:data de )?nasc\w*(?: em)?)\b"
)


def normalize(text: str) -> str:
    """Lower case without accents, abbreviations written out, numbers as `num` with their length, emoji kept."""
    plain = strip_accents(text.lower())
    plain = _REPEATED.sub(r"\1", plain)
    plain = _ADDRESS.sub(" email ", plain)
    plain = _ORDINAL.sub(lambda found: " primeira " if "1" in found.group() else " segunda ", plain)
    plain = _NUMBER.sub(_mask, plain)
    words = _WORD.findall(plain)
    if len(words) == 1 and words[0] in _ONLY_BESIDE_OTHERS:
        return plain.strip()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def without_facts(text: str) -> str:
    """What a message with a CPF or a card's number says beside the registration facts; nothing where it has neither."""
    plain = strip_accents(text.lower())
    if not (_CPF.search(plain) or _CARD.search(plain)):
        return ""
    rest = _FACTS.sub(" , ", plain)
    return " ".join(re.sub(r"[\s,.:;|]+(?=\s|$)", " ", rest).split()).strip(" ,.:;")


def _mask(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found.group())
    return f" num{digits if digits <= _LONG else 'long' if digits > 12 else 'mid'} "


def bare_word(word: str) -> str:
    """One word in lower case, without accents and without letters that were drawn out ('oiiii')."""
    return _REPEATED.sub(r"\1", strip_accents(word.lower()))


def strip_accents(text: str) -> str:
    """The text without accents; what is no letter of Latin script stays."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
