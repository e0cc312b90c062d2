"""What a message says about the register: which fields change, and the values that it gives for them. Pure.

Several changes may stand in one message, in any order: 'mudei pra rua das flores 123 apto 2 bairro centro são luís ma
cep 65010-000 e meu telefone agora é 98 98888-7777'. Facts of identity ('nasci em…', 'minha mãe é…') are no changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from backend.identifiers import long_numbers, plain
from backend.identity.birth_date import take_birth_date
from backend.number_words import dictated
from backend.registration.address_words import read_address
from backend.registration.fields import (
    ADDRESS,
    ADDRESS_PARTS,
    BIRTH_DATE,
    EMAIL,
    FULL_NAME,
    MARITAL_STATUS,
    PHONE,
    SOCIAL_NAME,
)  # fmt: skip
from backend.registration.folding import TAKEN, Said
from backend.vocabulary.words import word_set

_CHANGE = (
    r"(?:mud\w+|troc\w+|corrig\w+|corre[tc]\w+|cert[oa]|err\w+|alter\w+|atuali\w+|atl\w+|retific\w+|acert\w+|ajeit\w+"
    r"|consert\w+|consta\w*|novo|nova|agora|passei|passou|arrum\w+)"
)
_EMAIL = re.compile(r"[^\s@,;<>()|]+@[^\s@,;<>()|]+")
_HALF_EMAIL = re.compile(r"[\w.+-]+@[\w.-]*(?![^\s,;!?])")  # 'ana@', so that it can be answered
_AT = re.compile(r" *\b(?:arroba)\b *")
_DOT = re.compile(r" +ponto +(?=\w)")
_CEP_NAMED = re.compile(r"\bcep\b[^\d|\n]{0,24}(\d[\d. -]{2,10}\d)")
_CEP = re.compile(r"(?<![\d.])(\d{5}-\d{3}|\d{2}\.\d{3}-?\d{3})(?!\d)")
_PHONE_WORDS = r"(?:tele?fones?|tel|fone|cel|celular\w*|whats\w*|zap\w*|wpp|contato|numero|num|chip|ligar|ligue)"
_PHONE_NAMED = re.compile(rf"\b{_PHONE_WORDS}\b[^\d|\n]{{0,40}}([+(]?\d[\d ().-]{{6,18}}\d)")
_PHONE_SHAPE = re.compile(r"(?<!\d)((?:\+? ?55[ .-]*)?\(?0?\d{2}\)?[ .-]*9?[ .-]?\d{4}[ .-]?\d{4})(?!\d)")
_OLD_BEFORE = re.compile(r"\b(?:antig[oa]|velh[oa]|era|anterior|do|tira\w*|sai\w*)\b[^\d|]{0,12}$")
_OLD_AFTER = re.compile(r"^[ ,.]*(?:que )?(?:nao (?:existe|tenho|e|uso|funciona)|era o antigo|saiu|pode tirar)")
_ADDS = re.compile(
    r"\b(?:segundo|mais um|adicion\w+|acrescent\w+|inclu\w+)\b[^.;|]{0,24}\b(?:tele?fone|cel\w*|numero|contato|zap\w*"
    r"|whats\w*)\b|\b(?:tele?fone|numero|contato)\b[^.;|]{0,16}\b(?:a mais|adicional)\b"
)
_NO_MORE = re.compile(r"\b(?:nao tenho mais|perdi|roubaram|quebrou|outro chip)\b|\bnao (?:e|eh) mais\b")
_MARITAL = (
    ("married", re.compile(r"\bcas(?:ei|amos)\b|\bcasad[ao]\b|\bmatrimonio\b")),
    ("stable_union", re.compile(r"\buniao estavel\b|\bamasiad[ao]\b")),
    ("divorced", re.compile(r"\bdivorci(?:ei|ad[ao])\w*|\bdivorcio\b")),
    ("separated", re.compile(r"\bseparad[ao]\b|\bseparei\b")),
    ("widowed", re.compile(r"\bviuv[ao]\b|\bviuvez\b|\benviuvei\b")),
    ("single", re.compile(r"\bsolteir[ao]\b")),
)
_NOT_MARITAL = re.compile(
    r"\b(?:nome|sobrenome) de (?:casad|solteir)\w*|\bnao (?:sou|estou) (?:mais )?\w+|\bde (?:casad|solteir)[ao] p[ra]+"
)
_SOCIAL = re.compile(r"\bnome social\b")
_MOTHER = re.compile(r"\bnome d[aeo] (?:minha |meu )?(?:mae|pai|filh[oa]|marido|esposa|mulher)\b")
_NAME_CUE = re.compile(
    r"\b(?:sobrenome|nome(?: completo| novo| cert[oa]| corret[oa]| de casad[ao]| de solteir[ao])*|me cham[oa]r?"
    r"|chamo-me|assinar|assino)\b"
)
_NAME_FILLER = re.compile(
    r"(?:[ :,\"“”]|\b(?:e|eh|agora|completo|novo|cert[oa]|corret[oa]|ficou|fica|sera|vai|passa|passou|ser|a|mudou|mudar"
    r"|trocar|alterar|para|pra|como|esta|ta|tem que|deve|o|foi|me chamar|chamar|assinar)\b)*"
)
_NAME_CHANGES = re.compile(rf"\b(?:{_CHANGE}|casad[ao]|solteir[ao]|sobrenome|chamar|assin\w+)\b")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICLES = frozenset({"de", "da", "do", "das", "dos", "e", "del", "di"})
_NO_NAME = word_set(
    """
    o a os as meu minha meus minhas seu sua em no na nos nas com sem por para pra pro que se esta ta errado errada
    errados escrito escrita cadastro sistema ficha novo nova agora antigo antiga mudou mudei mudar troca trocar troquei
    trocado trocada casei casar casada casado solteira solteiro telefone celular tel cel email mail endereco rua av
    avenida cep bairro cidade nao sim tambem eh ficou voltou voltei foi ser quero queria preciso favor obrigado
    obrigada tem to estou moro nasci nascido nascida cpf data mae pai filho filha aqui ai la completo social civil
    correto certo corrigir alterar atualizar sou era consta vou depois bom boa dia tarde noite oi ola aparece veio
    vem saiu sai so mesmo voces plano carteirinha cartao rg documento certidao mudanca porque pois ja esse essa este
    retificacao colocar botar incluir usar atende conta titular dependente fiz faz pode poderia gostaria como um uma
    """
)
_BIRTH = re.compile(
    r"\b(?:data (?:de |do meu |da minha )?nasc\w*|ano (?:do meu |de )?nasc\w*|meu nascimento|nascimento|nasci\b)"
)
_RIGHT = re.compile(r"\b(?:cert[oa]|corret[oa]|verdade|na verdade|mas (?:e|eh|nasci)|e nao|devia|deveria)\b")
_WRONG_ONE = re.compile(r"\b(?:consta\w*|esta|ta|aparece\w*|colocaram|botaram|escreveram|saiu)\b[^|]{0,16}$")
_MOVED = (
    r"\bmudei (?:de (?:casa|bairro|cidade|rua|ap\w*|estado)|pra|para|pro|la)\b|\bme mudei\b|\bmudamos\b"
    r"|\bmudei[.! ]*$"
)
_TOPICS = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (ADDRESS, r"\bendere\w+|\bend\b|\bcep\b|\blogradouro\b|\bdomicilio\b|\bresid\w+|\bcorrespondencia\b|"
                  r"\bmor(?:o|ando) (?:em|n[ao]|com|noutr\w)\b|\bcasa (?:velha|nova)\b|" + _MOVED),
        (PHONE, r"\btele?fones?\b|\btel\b|\bfone\b|\bcel(?:ular(?:es)?)?\b|\bwhats\w*|\bzap\w*|\bwpp\b|\bchip\b|"
                r"\bmeu (?:contato|numero)\b|\bnumero (?:novo|antigo|de contato)\b|\bnovo numero\b"),
        (EMAIL, r"\be-? ?mails?\b|\bcorreio eletronico\b"),
        (SOCIAL_NAME, r"\bnome social\b"),
        (MARITAL_STATUS, r"\bestado civil\b"),
    )
)  # fmt: skip
_OF_MOTHER = r"\bnome d[ae] (?:minha )?mae\b"
_ELSEWHERE = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        ("mother_name", rf"{_CHANGE}[^.;|]{{0,30}}{_OF_MOTHER}|{_OF_MOTHER}[^.;|]{{0,30}}{_CHANGE}"),
        ("cpf", r"\b(?:corrig\w+|mud\w+|troc\w+)\b (?:o |meu )*cpf\b|\bcpf\b (?:\w+ ){0,3}(?:errado|trocado)\b"),
        ("sex", r"\b(?:mud\w+|troc\w+|corrig\w+|alter\w+|retific\w+)\b[^.;|]{0,30}\b(?:sexo|genero)\b"),
    )
)
_ADDRESS_WORD = re.compile(r"\b(?:rua|avenida|bairro)\b")
_ASKED_OF_ADDRESS = frozenset({*ADDRESS_PARTS, "number"})
_SINGLE = frozenset({PHONE, EMAIL, FULL_NAME, SOCIAL_NAME, MARITAL_STATUS, BIRTH_DATE, "postal_code"})
# Asked for one of these, any words are it; a need of another kind is not, nor is a story.
_BARE = frozenset({"street", "district", "city", FULL_NAME, SOCIAL_NAME})
_ASKS = re.compile(
    r"[?]|\b(?:quero|queria|preciso|gostaria|posso|marcar|consultas?|boletos?|segunda via|carteirinha|guia|exames?"
    r"|atendente|cancel\w+|desist\w+|medic[oa]s?|nao (?:sei|lembro|entendi|tenho))\b"
)
_MOST_BARE = 10  # words
_NUMBERS = frozenset({"cpf", "card", "protocol"})
_LANDLINE = 10  # digits with the area's


@dataclass(frozen=True, slots=True)
class Reading:
    """`values` by part of an address (and `number`, a house's alone) or by field; as written but for dates and
    marital statuses. `topics` are the fields that change; `adds_phone` says that the others stay; `elsewhere` what
    only the desk changes."""

    values: dict[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    adds_phone: bool = False
    elsewhere: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.topics or self.elsewhere)


def read(text: str, *, today: date, asked: str = "") -> Reading:
    """Reads a message; `asked` is the part or field that was asked for, so that a bare value counts.

    Values are not checked here: a CEP of seven digits is read, so that it can be answered.
    """
    if asked in _BARE and (_ASKS.search(plain(text)) or len(text.split()) > _MOST_BARE):
        asked = ""
    if asked in {"postal_code", PHONE} and not re.search(r"\d", text):
        text = dictated(plain(text))
    said, values = Said(text), dict[str, str]()
    topics = {code for code, pattern in _TOPICS if pattern.search(said.folded)}
    elsewhere = tuple(code for code, pattern in _ELSEWHERE if pattern.search(said.folded))
    adds = bool(_ADDS.search(said.folded)) and not _NO_MORE.search(said.folded)
    values |= _email(said, asked) | _postal_code(said, asked) | _phone(said, asked, topics)
    values |= _birth_date(said, asked, today, topics)
    values |= _marital_status(said, asked, topics)
    values |= _names(said, asked, topics)
    if asked not in _SINGLE or ADDRESS in topics or said.find(_ADDRESS_WORD):
        values |= read_address(said, asked if asked in _ASKED_OF_ADDRESS else "")
    topics |= {ADDRESS if part in {*ADDRESS_PARTS, "number"} else part for part in values}
    return Reading(values, tuple(sorted(topics)), adds, elsewhere)


def _email(said: Said, asked: str) -> dict[str, str]:
    if (asked == EMAIL or "mail" in said.folded) and "@" not in said.text and _AT.search(said.folded):
        spelled = _DOT.sub(".", _AT.sub("@", said.folded))
        said.text = said.folded = spelled
    found = list(_EMAIL.finditer(said.folded)) or list(_HALF_EMAIL.finditer(said.folded))
    wanted = [one for one in found if not _OLD_BEFORE.search(said.folded[: one.start()])
              and not _OLD_AFTER.search(said.folded[one.end() :])] or found  # fmt: skip
    if wanted:
        value = wanted[-1].group().strip(".,;:")
        for one in found:
            said.take(one.start(), one.end())
        return {EMAIL: value}
    word = re.search(r"\S*[\w.-]+\.(?:com|br|net|org)\b\S*", said.folded) if asked == EMAIL else None
    return {EMAIL: said.take(word.start(), word.end())} if word else {}


def _postal_code(said: Said, asked: str) -> dict[str, str]:
    named = list(_CEP_NAMED.finditer(said.folded)) or list(_CEP.finditer(said.folded))
    if not named and asked == "postal_code":
        named = list(re.finditer(r"(?<!\d)(\d[\d. -]*\d|\d)(?!\d)", said.folded))[:1]
    if not named:
        return {}
    last = named[-1]
    value = last[1]
    said.take(last.start(1), last.end(1))
    return {"postal_code": re.sub(r"\D", "", value)}


def _phone(said: Said, asked: str, topics: set[str]) -> dict[str, str]:
    """The telephone of a message; of several the new one, which is the last that is not called the old one."""
    numbers = [(one.start(1), one.end(1)) for one in _PHONE_NAMED.finditer(said.folded)]
    others = {
        (number.start, number.end) for number in long_numbers(said.text) if number.kind in {"cpf", "card", "protocol"}
    }
    for one in _PHONE_SHAPE.finditer(said.folded):
        overlaps = any(start < one.end(1) and one.start(1) < end for start, end in (*numbers, *others))
        if not overlaps and (topics & {PHONE} or asked == PHONE or len(re.sub(r"\D", "", one[1])) > _LANDLINE):
            numbers.append((one.start(1), one.end(1)))
    if not numbers and asked == PHONE and (bare := re.search(r"\+?\d[\d ().-]*", said.folded)):
        numbers = [(bare.start(), bare.end())]
    numbers.sort()
    fresh = [place for place in numbers if not _OLD_BEFORE.search(said.folded[: place[0]])
             and not _OLD_AFTER.match(said.folded[place[1] :])] or numbers  # fmt: skip
    value = said.text[fresh[-1][0] : fresh[-1][1]].strip() if fresh else ""
    for start, end in numbers:
        said.take(start, end)
    return {PHONE: value} if value else {}


def _birth_date(said: Said, asked: str, today: date, topics: set[str]) -> dict[str, str]:
    """A date of birth that is to be changed; one that only says who somebody is changes nothing."""
    cue = next((one for one in _BIRTH.finditer(said.folded) if re.search(rf"\b{_CHANGE}\b", _clause(said, one))), None)
    if cue is None and asked != BIRTH_DATE:
        return {}
    topics.add(BIRTH_DATE)
    right = list(_RIGHT.finditer(said.folded))
    for start in [*(one.end() for one in reversed(right)), 0]:
        rest = said.folded[start:]
        born, _ = take_birth_date(rest if asked == BIRTH_DATE or not start else f"nasci {rest}", today)
        if born is None:
            continue
        first_digit = re.search(r"\d", rest)
        if not start and asked != BIRTH_DATE and first_digit and _WRONG_ONE.search(rest[: first_digit.start()]):
            return {}
        return {BIRTH_DATE: born.isoformat()}
    return {}


def _clause(said: Said, found: re.Match[str]) -> str:
    """The part of a text around a place, between full stops, semicolons and lines, and no more than a few words."""
    start = max(said.folded.rfind(sign, 0, found.start()) for sign in ".;\n|") + 1
    stops = [place for sign in ".;\n|" if (place := said.folded.find(sign, found.end())) >= 0]
    return said.folded[max(start, found.start() - 40) : min([*stops, found.end() + 60])]


def _marital_status(said: Said, asked: str, topics: set[str]) -> dict[str, str]:
    """What somebody is now: the last that is named, since the first is what he was."""
    told = _NOT_MARITAL.sub(lambda found: TAKEN * len(found.group()), said.folded)
    if asked in ADDRESS_PARTS or asked in {FULL_NAME, SOCIAL_NAME}:
        return {}
    found = [(one.start(), code) for code, pattern in _MARITAL for one in pattern.finditer(told)]
    if not found:
        return {}
    topics.add(MARITAL_STATUS)
    return {MARITAL_STATUS: max(found)[1]}


def _names(said: Said, asked: str, topics: set[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    if social := said.find(_SOCIAL):
        name = _name_at(said, _NAME_FILLER.match(said.folded, social.end()), fewest=1)
        said.take(social.start(), social.end())
        values |= {SOCIAL_NAME: name} if name else {}
    if mother := said.find(_MOTHER):
        said.take(mother.start(), mother.end())
    others = topics - {FULL_NAME, MARITAL_STATUS, SOCIAL_NAME}
    for cue in list(_NAME_CUE.finditer(said.folded)):
        filler = _NAME_FILLER.match(said.folded, cue.end())
        around = said.folded[max(0, cue.start() - 25) : filler.end() if filler else cue.end()]
        meant = bool(_NAME_CHANGES.search(around))
        if not meant and not _name_span(said, filler):  # 'meu nome e meu endereço estão errados'
            meant = bool(re.search(rf"\b{_CHANGE}\b", _clause(said, cue)))
        # 'oi, meu nome é…, mudei de endereço' only says who writes
        if not meant and (others or asked not in {"", FULL_NAME} or SOCIAL_NAME in topics):
            continue
        topics.add(FULL_NAME)
        if name := _name_at(said, filler, fewest=2):
            values[FULL_NAME] = name
    if asked in {FULL_NAME, SOCIAL_NAME} and asked not in values:
        name = _name_at(said, _NAME_FILLER.match(said.folded), fewest=1)
        values |= {asked: name} if name else {}
    return values


def _name_at(said: Said, begins: re.Match[str] | None, *, fewest: int) -> str:
    """The name that begins behind a filler, as it is written; empty where fewer words than a name has stand there."""
    words = _name_span(said, begins)
    return said.take(words[0][0], words[-1][1]) if len(words) >= fewest else ""


def _name_span(said: Said, begins: re.Match[str] | None) -> list[tuple[int, int]]:
    """Where the words of the name stand that begins behind a filler."""
    place = begins.end() if begins else 0
    words: list[tuple[int, int]] = []
    while found := _NAME_WORD.match(said.text, place):
        folded = said.folded[found.start() : found.end()]
        if folded in _NO_NAME:
            break
        words.append(found.span())
        blank = re.match(r" +", said.text[found.end() :])
        if not blank:
            break
        place = found.end() + blank.end()
    while words and said.folded[words[-1][0] : words[-1][1]] in _PARTICLES:
        words.pop()
    return words
