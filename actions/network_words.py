"""What people say when they look for a provider, and how an entry of the network is told. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from actions.talk import Talk
from backend.identifiers import plain
from backend.network.places import PERSONS, Listing, Sought
from backend.vocabulary import City, cities_in, provider_name_in, specialties_in, specialty
from backend.vocabulary.words import word_set
from backend.words import means_no, spoken_list

KIND_TITLES = {"hospital": "Hospitais", "laboratory": "Laboratórios", "clinic": "Clínicas"}
_KINDS = {
    "hospital": re.compile(
        r"\b(?:hospita(?:l|is)|hosp|hosptal|ospital|pronto ?-?socorro|maternidades?|emergencia|urgencia|upa)\b"
    ),
    "laboratory": re.compile(
        r"\b(?:laborator\w+|labs?|exames? de (?:sangue|urina|fezes)|tir(?:o|ar) sangue|coleta de sangue|hemograma)\b"
    ),
    "clinic": re.compile(r"\b(?:clinicas?(?! (?:geral|medica))|policlinicas?|centros? (?:medicos?|clinicos?))\b"),
}
_URGENT = re.compile(r"\b(?:pronto ?-?socorro|urgencia|emergencia|24 ?(?:h|horas)|de noite|madrugada|upa)\b")
# Where an examination is made is not in the network's data: a person finds out.
_UNLISTED = re.compile(
    r"\b(?:ressonancia|tomografia|raio ?-?x|mamografia|ultras+on?\w*|ecografia|densitometria|endoscopia|colonoscopia"
    r"|eletro\w*|ecocardio\w*|holter|mapa|cintilografia|vacina\w*)\b"
)
# What follows is the place's own name: 'hospital boa aurora'. 'hospital perto daqui' has none.
_OF_A_PLACE = re.compile(
    r"\b(?:hospital|laboratorio|lab|clinica|policlinica|centro (?:medico|clinico)|maternidade) ((?:[a-z]+ ?)+)"
)
_NO_NAME = word_set(
    """
    a o as os e ou um uma de do da dos das em no na nos nas ao aqui ai la perto mais proximo proxima por pra para pelo
    pela com sem que q qual quais onde quando como tem ter atende atendem atender aceita aceitam aceite faz fazem plano
    convenio credenciado credenciada credenciados conveniado conveniada rede vc vcs voces eu me meu minha ainda ja nao
    sim abre fecha aberto esta ta fica bom melhor particular medica geral pf pfv favor hoje amanha horas gente nosso
    nossa desse dessa esse essa este algum alguma pronto socorro urgencia endereco
    telefone tel whatsapp zap horario numero contato existe funciona abriu fechou vem continua mudou aberta agora
    consulta emergencia slz itz bairro centro
    """
)
_BOOK = re.compile(r"\b(?:marc(?:a|ar|o|e|ando)|agend(?:a|ar|o|e|amento)|consulta com|horario com|vaga com)\b")
_MORE = re.compile(
    r"\b(?:(?:tem |quero |ver |mostra |manda )?mais|outr[oa]s|proxim[oa]s?|continua\w*|resto|segue|seguintes?)\b"
)
_END = re.compile(
    r"^(?:(?:era |e )?so isso|obrigad\w*|brigad\w*|valeu|vlw|ok|ta bom|ta otimo|beleza|blz|perfeito|certo|por enquanto"
    r"|muito obrigad\w*|nada|mais nada|ja achei|achei|serve)\b"
)
_PARTICLES = frozenset({"dr", "dra", "de", "da", "do", "dos", "das", "clinica", "hospital", "centro", "medico"})
_MOST_SPECIALTIES = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says about a search; `unlisted` where it asks for what the network's data do not tell."""

    specialty: str = ""
    kind: str = ""
    city: City | None = None
    name: str = ""
    urgent: bool = False
    unlisted: bool = False

    def __bool__(self) -> bool:
        return bool(self.specialty or self.kind or self.city or self.name or self.unlisted)


def read(text: str, *, asked: bool = False) -> Reading:
    """Specialty or kind of place, city, and a doctor's or a place's name; `asked` where only they can be meant."""
    said = plain(text)
    found = specialties_in(text, asked=asked)
    cities = cities_in(text, asked=asked)
    kinds = [kind for kind, pattern in _KINDS.items() if pattern.search(said)]
    name = provider_name_in(text) or _place_name(said, cities)
    kind = kinds[0] if kinds else ""
    if found and kind == "clinic":
        kind = ""  # 'clínica de fisioterapia': who attends there says it
    return Reading(
        specialty=found[0].code if found and not name else "",
        kind=kind,
        city=cities[0] if cities else None,
        name=name,
        urgent=bool(_URGENT.search(said)),
        unlisted=bool(_UNLISTED.search(said)) and not kinds,
    )


def spoken(sought: Sought) -> str:
    """What is sought, as a text that can be read again: 'Cardiologia no bairro Calhau em São Luís'."""
    what = sought.name or KIND_TITLES.get(sought.kind, "")
    if sought.specialty:
        name = specialty(sought.specialty).name
        what = f"{what}, {name.lower()}" if what else name
    where = f" no bairro {sought.district}" if sought.district else ""
    return (what or "Rede credenciada") + where + (f" em {sought.city}" if sought.city else "")


def shown(listing: Listing) -> str:
    """One entry: name, what it is, where, telephone."""
    place = listing.place
    known = [specialty(code).name for code in listing.specialties]
    if listing.kind in {"hospital", "laboratory"}:
        known = []  # what they are found under says little of what they do
    some = spoken_list(known[:_MOST_SPECIALTIES]) if len(known) <= _MOST_SPECIALTIES else _some(known)
    where = place.address if place.name == listing.name else f"{place.name}, {place.address}"
    phone = f"Telefone: {spoken_phone(place.phone)}" if place.phone else ""
    return "\n".join(filter(None, [f"*{listing.name}*", some, where, phone]))


def spoken_phone(number: str) -> str:
    """`(98) 3200-0101` of `+559832000101`; as it is where it is no telephone."""
    try:
        parsed = phonenumbers.parse(number, "BR")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def bookable(listing: Listing) -> bool:
    """Whether an appointment can be made there: of persons, not of hospitals and laboratories."""
    return listing.kind in PERSONS


def names_of(text: str, names: Sequence[str]) -> str:
    """The one of the names that a text means by a word of it; empty where none or several. Pure."""
    said = set(re.findall(r"[a-z]{3,}", plain(text)))
    meant = [name for name in names if (set(re.findall(r"[a-z]{3,}", plain(name))) - _PARTICLES) & said]
    return meant[0] if len(set(meant)) == 1 else ""


def says_book(text: str) -> bool:
    """'quero marcar', 'agenda com ela'."""
    return bool(_BOOK.search(plain(text)))


def says_more(text: str) -> bool:
    """'mais', 'tem outros?', 'os próximos'; not 'mais nada'."""
    said = plain(text)
    return bool(_MORE.search(said)) and not re.search(r"\bmais (?:nada|tarde|perto)\b", said)


def ends(talk: Talk) -> bool:
    """A no, thanks, or 'só isso'."""
    if talk.intent in {"deny", "thank"} or talk.chosen.get("answer") == "no":
        return True
    return means_no(talk.text) or bool(_END.match(plain(talk.text)))


def _some(known: Sequence[str]) -> str:
    return f"{', '.join(known[:_MOST_SPECIALTIES])} e outras"


def _place_name(said: str, cities: Sequence[City]) -> str:
    words: list[str] = []
    found = _OF_A_PLACE.search(said)
    city_words = {word for city in cities for word in plain(city.name).split()}
    for word in found.group(1).split() if found else ():
        if word in city_words or word in _NO_NAME or specialties_in(word, asked=True):
            break
        words.append(word)
    return " ".join(words).title()
