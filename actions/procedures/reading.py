"""What a message says of a request: the doctor who asks, the words that name a procedure. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.identifiers import plain
from backend.procedures.words import Wanted, fit, said_for, understand
from backend.words import means_no

SURE, CLEARLY_BETTER, NEAR_BEST = 0.9, 0.1, 0.25
MOST_NAME_WORDS = 6
LEAST_NAME = 3  # letters
_MEANT = 0.5
_SHORTENED = 3
_LETTERS = r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ'’-]*"
_TITLE = r"(?P<title>[Dd][Rr][Aa]?\.?|[Dd]outora?|[Mm][éeÉE]dic[oa])"
_TITLED = re.compile(rf"(?<![\wÀ-ÿ]){_TITLE}\s+(?P<name>{_LETTERS}(?:\s+{_LETTERS})*)")
_COUNCIL = re.compile(
    r"\b(?P<council>crm|cro|crefito|crp|crfa)\b[\s:./nº°-]*(?P<before>[a-z]{2}\b)?[\s:./nº°-]*(?P<number>\d{2,7})\b"
    r"(?:[\s:./-]*(?P<after>(?:ac|al|am|ap|ba|ce|df|es|go|ma|mg|ms|mt|pa|pb|pe|pi|pr|rj|rn|ro|rr|rs|sc|se|sp|to)\b))?",
    re.IGNORECASE,
)
_PARTICLES = frozenset({"de", "da", "do", "dos", "das", "e"})
# Where a doctor's name ends in running text.
_ENDS_NAME = frozenset(
    {
        "pediu", "pede", "pedindo", "pediram", "passou", "solicitou", "mandou", "receitou", "indicou", "disse",
        "falou", "quer", "quis", "que", "me", "para", "pra", "pro", "no", "na", "nos", "nas", "em", "com",
        "por", "crm", "cro", "hoje", "ontem", "ai", "la", "aqui", "ja", "nao", "sim", "preciso", "precisa",
        "precisava", "quero", "queria", "foi", "esta", "ta", "fez", "e", "eh", "urgente", "favor", "hospital",
        "clinica", "posto", "upa", "consultorio", "cardiologista", "ortopedista", "ginecologista", "pediatra",
        "urologista", "neurologista", "dermatologista", "oftalmologista", "clinico", "geral", "meu", "minha",
        "do", "da", "de", "um", "uma", "o", "a", "assinou",
    }
)  # fmt: skip
_NO_NAMES = frozenset(
    {
        "sim", "nao", "ok", "certo", "isso", "obrigado", "obrigada", "exame", "cirurgia", "plano", "medico",
        "doutor", "guia", "pedido", "quero", "preciso", "cancelar", "cancela", "cancele", "bom", "boa", "dia", "tarde",
        "noite", "oi", "ola", "valeu", "brigado", "brigada", "atendente", "falar", "alguem", "pessoa", "humano",
        "ajuda", "ajudar", "voltar", "parar", "desisto", "deixa", "esquece", "repete", "repetir", "menu", "espera",
        "momento", "calma", "marcar", "consulta", "boleto", "carteirinha", "como", "qual", "onde", "quando",
    }
)  # fmt: skip
_BEFORE_NAME = re.compile(
    r"^(?:(?:foi|e|eh|o|a|quem|pediu|passou|solicitou|mandou|nome|dele|dela|do|da|de|chama|se|com|medic[oa]|meu|minha"
    r"|acho|que)\b[\s:,]*)+",
)
_ON_PAPER = re.compile(
    r"\b(?:n(?:ao|aum)? (?:sei|lembro|me lembro|recordo|tenho|entendo a letra|consigo ler)|esqueci"
    r"|(?:esta|ta|tem|vem|consta|escrito) (?:ai |escrito )?(?:no|na) (?:pedido|papel|foto|guia"
    r"|documento|receita|carimbo)"
    r"|(?:no|na) (?:pedido|papel|foto|carimbo)|ve (?:ai|no pedido|na foto))\b"
)
_FAMILY = re.compile(
    r"\b(?:(?:para|pra|pro|do|da|de|o|a) )?(?:(?:o|a) )?(?:meu|minha) (?:filh\w+|bebe|menin\w+|net[oa]|esposa|marido"
    r"|mulher|mae|pai|dependente|irma\w*|avo)\b|\b(?:dependente|filh[oa]|bebe|crianca)\b"
)
# Words of the request itself, and of how papers are sent.
_ASKING = re.compile(
    r"\b(?:autoriz\w*|liber\w*|registr\w*|confirm\w*|solicit\w*|pedido|pedir|procedimentos?|realizar"
    r"|urgente\w*|urgencia|mand(?:o|ar|ei|ando)"
    r"|envi(?:o|ar|ei|ando)|foto|anexo|segue|olha|entao|moca|moco|necessit\w*|encaminh\w*|requisicao|convenio|nome"
    r"|chama\w*|agora|amanha|hoje|semana|mes|quanto|antes|outr[oa]s?|nenhum\w*|dess[ea]s?|ness[ea]s?|el[ea]s?|coisa"
    r"|disso|disto|(?:para|pra|pro|p) mim|(?:para|pra|pro|p) eu(?: fazer)?"
    r"|trocar?|mudar?|errad[oa]|certo|obrigad[oa]|por gentileza|tirar (?=uma? (?:chapa|raio)))\b"
)
_REPORT = re.compile(r"\b(?:laudos?|resultados?|relatorios?)\b")
_NO_REQUEST = re.compile(
    r"\b(?:nao (?:tenho|tem|temos|recebi|peguei)|sem|perdi) (?:\w+ )?"
    r"(?:pedido|requisicao|guia|papel|encaminhamento|nada)\b"
    r"|\b(?:o |a )?(?:medic[oa]|doutora?) nao (?:me )?(?:deu|passou|fez|entregou)\b|^nao tenho[ .!]*$"
)
_NONE = re.compile(
    r"\b(?:nenhum[a]?|nada disso|outr[oa] (?:exame|cirurgia|procedimento|coisa)|nao (?:e|eh) (?:ess[ea]|isso))\b"
)
_GIVES_UP = re.compile(
    r"\b(?:desist(?:o|i|ir|imos)|nao (?:quero|preciso|vou querer) mais|cancela[r]? (?:o |esse |este |meu )?pedido)\b"
)
_CHANGE_DOCTOR = re.compile(r"\b(?:medic[oa]|doutora?|dra?|crm)\b")
_CHANGE_WHOM = re.compile(r"\b(?:para quem|pra quem|pessoa|beneficiari[oa]|paciente|dependente)\b")
_CHANGE_PROCEDURE = re.compile(r"\b(?:procedimento|exame|cirurgia|codigo)\b")
_AGREES = re.compile(
    r"\b(?:pode|quero|vamos|manda) (?:registrar|pedir|solicitar|seguir|dar entrada)\b|\btudo (?:certo|ok|correto)\b"
)
_BOOKS = re.compile(r"\b(?:marc(?:ar|a|o|ando)|agend(?:ar|a|o|ando)|remarc\w*|consulta com)\b")


@dataclass(frozen=True, slots=True)
class Doctor:
    """Who asks for a procedure: the name as it is shown, with title and registration where they were said."""

    shown: str
    span: tuple[int, int]


def doctor_in(text: str) -> Doctor | None:
    """The doctor whom a text names by a title ('dra. helena prado pediu'); None where none is. Pure."""
    for found in _TITLED.finditer(text):
        words = _name_words(found["name"].split())
        if words:
            end = found.start("name") + _length(found["name"], len(words))
            name = f"{_title(found['title'])} {_capitalized(words)}"
            return Doctor(_with_registration(name, text), (found.start(), end))
    return None


def named_doctor(text: str) -> str:
    """The answer to 'who is the doctor?', with or without a title; empty where it is no name. Pure."""
    titled = doctor_in(text)
    if titled is not None:
        return titled.shown
    bare = _COUNCIL.sub(" ", text).strip(" .,;:!-/()")
    led = _BEFORE_NAME.match(plain(bare))
    words = bare[led.end() if led else 0 :].split() if len(plain(bare)) == len(bare) else bare.split()
    if not 1 <= len(words) <= MOST_NAME_WORDS or "?" in text or not all(re.fullmatch(_LETTERS, one) for one in words):
        return ""
    if len("".join(words)) < LEAST_NAME or (set(plain(bare).split()) & _NO_NAMES) or understand(bare).likely:
        return ""
    return _with_registration(_capitalized(words), text)


def registration_in(text: str) -> str:
    """'CRM-MA 1234' from 'crm 1234/ma'; empty without. Pure."""
    found = _COUNCIL.search(text)
    if found is None:
        return ""
    state = (found["before"] or found["after"] or "").upper()
    return f"{found['council'].upper()}{f'-{state}' if state else ''} {found['number']}"


def stands_on_paper(text: str) -> bool:
    """Whether the answer says that the name is on the paper, or that it is not known: 'não lembro', 'tá no pedido'."""
    return bool(_ON_PAPER.search(plain(text)))


def procedure_words(text: str, *, names: Sequence[str] = ()) -> str:
    """A text without doctor, registration, and whom it is for: what is left may name a procedure. Pure.

    `names` are first names of the contract's people.
    """
    doctor = doctor_in(text)
    left = f"{text[: doctor.span[0]]} {text[doctor.span[1] :]}" if doctor else text
    left = _FAMILY.sub(" ", plain(_COUNCIL.sub(" ", left)))
    for name in names:
        left = re.sub(rf"\b(?:(?:para|pra|pro|do|da|de|o|a) )?{re.escape(plain(name))}\b", " ", left)
    return " ".join(_ASKING.sub(" ", left).split())


def names_procedure(words: str) -> bool:
    """Whether words name something that the catalogue may have. Pure."""
    wanted = understand(words)
    return bool(wanted.code or wanted.likely or any(len(word) >= _SHORTENED for word in wanted.content))


def is_sure(scores: Sequence[float]) -> bool:
    """Whether the first of what was found, best first, is surely meant: it fits well and alone. Pure."""
    if not scores or scores[0] < SURE:
        return False
    return len(scores) == 1 or scores[0] - scores[1] >= CLEARLY_BETTER


def near_best(scores: Sequence[float]) -> int:
    """How many of what was found, best first, are worth offering beside the best. Pure."""
    return sum(1 for score in scores if scores[0] - score <= NEAR_BEST)


def picked(text: str, offered: Sequence[tuple[str, str]]) -> str:
    """The code of what was offered (code, term) that a text means alone; empty for none or several. Pure."""
    wanted = understand(text)
    fits = {code: _fits(wanted, code, term) for code, term in offered}
    best = max(fits.values(), default=0.0)
    meant = [code for code, score in fits.items() if score >= max(_MEANT, best)]
    return meant[0] if len(meant) == 1 else ""


def names_report(text: str) -> bool:
    """Whether a text speaks of a report or a result. Pure."""
    return bool(_REPORT.search(plain(text)))


def has_no_request(text: str) -> bool:
    """'Não tenho pedido', 'o médico não me deu'. Pure."""
    return bool(_NO_REQUEST.search(plain(text)))


def says_none(text: str) -> bool:
    """Whether what was offered is not it: 'nenhum desses', 'é outro exame'. Pure."""
    return bool(_NONE.search(plain(text)))


def gives_up(text: str) -> bool:
    """'Desisto do exame', 'não preciso mais'. Pure."""
    return bool(_GIVES_UP.search(plain(text))) and "?" not in text


def says_other(text: str) -> bool:
    """'É outro', 'é do outro joelho'. Pure."""
    return bool(re.search(r"\b(?:outr[oa]s?|diferente|novo|nova)\b", plain(text)))


def books(text: str) -> bool:
    """Whether a text wants an appointment: then a doctor's name in it is no answer. Pure."""
    return bool(_BOOKS.search(plain(text)))


def agrees(text: str) -> bool:
    """'Pode registrar', 'pode pedir': a yes to the summary. Pure."""
    return bool(_AGREES.search(plain(text))) and not means_no(text)


def what_to_change(text: str) -> str:
    """'doctor', 'whom' or 'procedure': what a text says is to be different; empty where it says none. Pure."""
    said = plain(text)
    if _CHANGE_WHOM.search(said):
        return "whom"
    if _CHANGE_DOCTOR.search(said):
        return "doctor"
    return "procedure" if _CHANGE_PROCEDURE.search(said) else ""


def _fits(wanted: Wanted, code: str, term: str) -> float:
    if wanted.code:
        return float(wanted.code == code)
    if not wanted.content:
        return 0.0
    return max(fit(wanted.content, term), fit(wanted.content, f"{term} {said_for(code)}"))


def _name_words(words: Sequence[str]) -> list[str]:
    """The words of a name at the start of running text; particles only between others."""
    name: list[str] = []
    for place, word in enumerate(words[:MOST_NAME_WORDS]):
        folded = plain(word)
        if folded in _PARTICLES and name and place + 1 < len(words) and plain(words[place + 1]) not in _ENDS_NAME:
            name.append(word)
        elif folded in _ENDS_NAME:
            break
        else:
            name.append(word)
    while name and plain(name[-1]) in _PARTICLES:
        name.pop()
    return name


def _length(text: str, words: int) -> int:
    """How long the first words of a text are, with what stands between them."""
    found = re.match(rf"(?:\S+\s*){{{words}}}", text)
    return len(found.group().rstrip()) if found else 0


def _title(said: str) -> str:
    return "Dra." if plain(said).rstrip(".").endswith("a") else "Dr."


def _capitalized(words: Sequence[str]) -> str:
    """As names are written; who wrote capitals and small letters himself is left as he wrote."""
    return " ".join(
        word.lower()
        if plain(word) in _PARTICLES
        else word
        if not (word.islower() or word.isupper())
        else word.capitalize()
        for word in words
    )


def _with_registration(name: str, text: str) -> str:
    registration = registration_in(text)
    return f"{name}, {registration}" if registration else name
