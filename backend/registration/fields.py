"""What of the register a person may ask to have changed: each field's parts, its proof, and what a value must be. Pure.

Every problem is an InvalidInput whose words the person reads, with an example. [processes.md 2]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import phonenumbers

from backend.errors import InvalidInput
from backend.identifiers import canonical_phone
from backend.registration.postal import DIGITS, STATES, state_of
from backend.words import numeric_date

Parts = Mapping[str, str]
ADDRESS, PHONE, EMAIL = "address", "phone", "email"
FULL_NAME, SOCIAL_NAME, MARITAL_STATUS, BIRTH_DATE = "full_name", "social_name", "marital_status", "birth_date"
ADDRESS_PARTS = ("postal_code", "street", "district", "city", "state")
NOTHING = "não informado"
OLDEST = 125  # years; nobody has been known to become older
_MOST = 120  # letters of a name, a street, a place
_WITHOUT_AREA = range(8, 10)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the register. `title` with its article is how it is spoken of; `proof` the code of the paper that it
    asks for (`checklist.ITEMS`), empty where none is.

    A social name is what its bearer says (Decree 8.727/2016), so it asks for no paper. A telephone and an e-mail have
    none that would prove them; `verbs.py` says how a takeover is guarded against.
    """

    code: str
    title: str
    article: str
    proof: str = ""
    parts: tuple[str, ...] = ("value",)

    @property
    def spoken(self) -> str:
        """'o endereço', 'a data de nascimento'."""
        return f"{self.article} {self.title}"


_TABLE = (
    Field(ADDRESS, "endereço", "o", "address_proof", ADDRESS_PARTS),
    Field(PHONE, "telefone", "o"),
    Field(EMAIL, "e-mail", "o"),
    Field(FULL_NAME, "nome completo", "o", "official_document"),
    Field(MARITAL_STATUS, "estado civil", "o", "civil_certificate"),
    Field(BIRTH_DATE, "data de nascimento", "a", "official_document"),
    Field(SOCIAL_NAME, "nome social", "o"),
)
FIELDS = {field.code: field for field in _TABLE}
MARITAL = {
    "single": "solteiro(a)", "married": "casado(a)", "stable_union": "em união estável", "separated": "separado(a)",
    "divorced": "divorciado(a)", "widowed": "viúvo(a)",
}  # fmt: skip
_LOWER = frozenset({"de", "da", "do", "das", "dos", "e", "a", "o", "apto", "ap", "apartamento", "bloco", "casa", "s/n"})
_EMAIL = re.compile(r"[^\s@,;<>()\[\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+)*\.?")
_NUMBERED = re.compile(r"\d|\bs/?n\b", re.IGNORECASE)


def wanted_papers(fields: Iterable[str]) -> list[str]:
    """The papers that changes of these fields ask for, each once; a certificate proves a name as well."""
    papers = list(dict.fromkeys(FIELDS[code].proof for code in fields if FIELDS[code].proof))
    if "civil_certificate" in papers and "official_document" in papers:
        papers.remove("official_document")
    return papers


def checked(field: str, parts: Parts, *, today: date) -> dict[str, str]:
    """A field's new value as the register keeps it: all of its parts, each one right, together right as well.

    InvalidInput for one that is missing or wrong, or a field that does not exist.
    """
    if field not in FIELDS:
        raise InvalidInput("Esse dado não pode ser mudado por aqui.", detail="unknown field")
    names = FIELDS[field].parts
    if field == ADDRESS:
        right = {name: checked_part(name, parts.get(name, ""), today=today) for name in names}
        check_state(right["postal_code"], right["state"])
        return right
    return {"value": checked_part(field, parts.get("value", ""), today=today)}


def checked_part(part: str, value: str, *, today: date) -> str:
    """One value as the register keeps it: `part` is a part of an address, or a field of one part.

    CEP as eight digits, a state as two letters, a telephone as E.164 with its ninth digit, a date as AAAA-MM-DD, a
    marital status as its code. InvalidInput where it is wrong.
    """
    said = " ".join(value.split())
    if part == BIRTH_DATE:
        return _birth_date(said, today)
    return _CHECKS[part](said)


def check_state(postal_code: str, state: str) -> None:
    """InvalidInput where a CEP lies in another state than the one that was said."""
    found = state_of(postal_code)
    if found != state:
        raise InvalidInput(
            f"O CEP {_shown_postal_code(postal_code)} é de {STATES[found]}, e o endereço diz {STATES[state]}. "
            "Pode conferir o CEP?",
            detail="postal code of another state",
        )


def shown(field: str, parts: Parts) -> str:
    """A value as people read it: 'Rua das Flores, 123, Centro, São Luís/MA, 65010-000'; `NOTHING` for an empty one."""
    if field == ADDRESS:
        place = "/".join(filter(None, [parts.get("city", ""), parts.get("state", "")]))
        pieces = [parts.get("street", ""), parts.get("district", ""), place,
                  _shown_postal_code(parts.get("postal_code", ""))]  # fmt: skip
        return ", ".join(filter(None, pieces)) or NOTHING
    value = parts.get("value", "")
    if not value:
        return NOTHING
    if field == BIRTH_DATE:
        return numeric_date(date.fromisoformat(value))
    if field == PHONE:
        return shown_phone(value)
    return MARITAL.get(value, value) if field == MARITAL_STATUS else value


def shown_phone(number: str) -> str:
    """'(98) 98888-7777'; a foreign number with its country's code."""
    parsed = phonenumbers.parse(number, "BR")
    here = parsed.country_code == 55  # noqa: PLR2004 (Brazil's)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if here else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def as_name(text: str) -> str:
    """A name or a street in capitals as it is printed; one that was written with capitals of its own stays."""
    if text not in {text.lower(), text.upper()}:
        return text
    return " ".join(_capital(word, first=not place) for place, word in enumerate(text.split()))


def _capital(word: str, *, first: bool) -> str:
    low = word.lower()
    if not first and low.strip(",") in _LOWER:
        return low
    return re.sub(r"(^|['’-])([^\W\d_])", lambda found: found[1] + found[2].upper(), low)


def _postal_code(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    if len(digits) != DIGITS:
        raise InvalidInput("Um CEP tem 8 números, como *65000-000*. Pode conferir?", detail="postal code digits")
    if not state_of(digits):
        raise InvalidInput("Esse CEP não existe. Pode conferir? Ele é assim: *65000-000*.", detail="postal code")
    return digits


def _street(value: str) -> str:
    if not any(map(str.isalpha, value)) or len(value) > _MOST:
        raise InvalidInput("Qual é a rua e o número? Por exemplo: *Rua do Sol, 100, apto 2*.", detail="street")
    if not _NUMBERED.search(value):
        raise InvalidInput("Faltou o número. Se não tiver, escreva *s/n*.", detail="street without number")
    return as_name(value)


def _place(value: str) -> str:
    if not any(map(str.isalpha, value)) or len(value) > _MOST:
        raise InvalidInput("Não entendi o nome do lugar. Por exemplo: *Centro*.", detail="place")
    return as_name(value)


def _state(value: str) -> str:
    if value.upper() not in STATES:
        raise InvalidInput("Escreva o estado com duas letras, como *MA*.", detail="state")
    return value.upper()


def _phone(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    if len(digits) in _WITHOUT_AREA:
        raise InvalidInput("Faltou o DDD do telefone. Por exemplo: *98 90000-0000*.", detail="telephone without area")
    problem = InvalidInput(
        "Esse telefone não parece certo. Mande com o DDD, por exemplo: *98 90000-0000*.", detail="telephone"
    )
    try:
        number = canonical_phone(value)
    except InvalidInput as error:
        raise problem from error
    if not phonenumbers.is_valid_number(phonenumbers.parse(number)):
        raise problem
    return number


def _email(value: str) -> str:
    address = value.lower().rstrip(".")
    if not _EMAIL.fullmatch(address) or ".." in address:
        raise InvalidInput("Esse e-mail não parece completo. Ele é assim: *nome@exemplo.com*.", detail="e-mail")
    if address.endswith(".con"):
        raise InvalidInput("Esse e-mail termina em *.con*. Pode conferir se é *.com*?", detail="e-mail ends in .con")
    return address


def _full_name(value: str) -> str:
    name = _social_name(value)
    if len(name.split()) < 2:  # noqa: PLR2004
        raise InvalidInput("Preciso do nome completo, com sobrenome, como está no documento.", detail="one word")
    return name


def _social_name(value: str) -> str:
    if not _NAME.fullmatch(value) or not 1 < len(value) <= _MOST:
        raise InvalidInput("Escreva só o nome, sem números. Por exemplo: *Maria Exemplo da Silva*.", detail="name")
    return as_name(value)


def _birth_date(value: str, today: date) -> str:
    try:
        born = date.fromisoformat(value)
    except ValueError as error:
        raise InvalidInput("Não entendi a data. Ela é assim: *31/12/1980*.", detail="birth date") from error
    if born > today:
        raise InvalidInput("Essa data ainda não chegou. Pode conferir o dia e o ano?", detail="born in the future")
    if today.year - born.year > OLDEST:
        raise InvalidInput("Esse ano parece antigo demais. Pode conferir?", detail="born too long ago")
    return born.isoformat()


def _marital_status(value: str) -> str:
    if value not in MARITAL:
        raise InvalidInput(
            "Qual é o estado civil? Por exemplo: *solteira*, *casado*, *viúva*.", detail="marital status"
        )
    return value


def _shown_postal_code(digits: str) -> str:
    return f"{digits[:5]}-{digits[5:]}" if len(digits) == DIGITS else digits


_CHECKS: dict[str, Callable[[str], str]] = {
    "postal_code": _postal_code, "street": _street, "district": _place, "city": _place, "state": _state,
    PHONE: _phone, EMAIL: _email, FULL_NAME: _full_name, SOCIAL_NAME: _social_name, MARITAL_STATUS: _marital_status,
}  # fmt: skip
