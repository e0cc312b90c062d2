"""An address in a message: street with number and complement, district, city and state, with or without commas. Pure.

What has a word of its own ('bairro', 'cidade', 'rua') is read by it; the rest by its place after the street, as
people write it: 'rua das flores 123 apto 2 centro são luís ma'.
"""

from __future__ import annotations

import re

from backend.registration.folding import TAKEN, Said
from backend.registration.postal import STATES
from backend.vocabulary.cities import cities_in

_STREET = re.compile(
    r"\b(?:rua|avenida|av|travessa|trav|tv|alameda|al|praca|pca|estrada|rodovia|rod|r)\b\.?(?= *\w)"
    r"(?! *(?:nova|velha|errad\w+|certa|e|que|pra|para|do lado|dela|dele|onde|com)\b)"
)
_OTHER_STREET = re.compile(
    r"\b(?:quadra|qd|conjunto|conj|condominio|beco|largo|ladeira|viela|passagem|povoado|loteamento|sitio)\b\.?(?= *\w)"
)
_CONTACT = r"(?:tele?fones?|tel|fone|cel\w*|e-?mails?|zap\w*|whats\w*|contato|nome|cpf|estado civil)"
_STOP = re.compile(
    rf"[{TAKEN};\n]|\bcep\b|\bbairro\b|\bcidade\b|\.(?=\s+[a-z])|\.?$"
    rf"|[, ]*\b(?:e|mais|tambem)? ?(?:o |a |os )?(?:meus?|minha|novo)? ?(?:novo |nova )?\b{_CONTACT}\b"
    r"|[, ]*\be (?:o |a )?(?:meu|minha|agora|tambem|mudei|troquei|quero|casei)\b|[, ]*\b(?:por favor|pfv?|obrigad\w+)\b"
)
_NUMBER = re.compile(r"(?:[, ]*(?:\bn(?:umero|ro|r|um)?\b[.:ºo°]*|#|º)? *)\b(\d{1,5}(?:[a-z]\b)?|s/?n)\b")
_COMPLEMENT = re.compile(
    r"[ ,.-]*\b(?:(?:apartamento|apto?|ap|bloco|bl|casa|cs|quadra|qd|lote|lt|torre|andar|sala|loja|km|unidade)\b\.?"
    r" *(?:n[oº.]? *)?(?:\d+\w?|[a-z])\b|\d+[oº°a]? andar\b|fundos\b|altos\b|sobrado\b|terreo\b"
    r"|(?:edificio|ed|condominio|cond|residencial|resid)\b\.? [^,;|\n]+?(?=,|;|\||\n|$| bairro\b| cep\b| ap\w*\b))"
)
_BEFORE_COMPLEMENT = re.compile(
    r"\b(?:apartamento|apto?|ap|bloco|bl|casa|cs|quadra|qd|lote|lt|torre|sala|loja|km)\b[. ]*$"
)
_HOUSE = re.compile(
    r"\b(?:numero|num|nro?|n[oº°]?)\b[.:ºo° ]*(?:e |eh |agora |certo |da casa |: )*(\d{1,5}[a-z]?|s/?n)\b"
)
_NO_HOUSE = re.compile(r"\b(?:s/?n|(?:sem|nao tem)(?: numero)?)\b")
_DISTRICT = re.compile(r"\bbairro\b[ :]*(?:(?:e|eh|do|da|de|dos|o|novo|agora|fica|se chama|certo|correto) )*(?=\w)")
_CITY = re.compile(r"\b(?:cidade|municipio)\b[ :]*(?:(?:e|eh|de|do|nova|agora|certa) )*(?=\w)")
_TOWARDS = re.compile(r"\b(?:pra|para|pro|em|no|na|aqui) *$")
_UF = "|".join(state.lower() for state in STATES)
_STATE = re.compile(rf"^[ ,/()-]*\b({_UF})\b")
_STATE_LAST = re.compile(rf"(?:^| )({_UF})$")
_STATE_AFTER_SIGN = re.compile(rf"[/-] *({_UF})\b|\bestado (?:e |eh |do |da |de |: )*({_UF})\b")
_LEAD = re.compile(
    r"^(?:\W*\b(?:e|eh|entao|agora|moro|estou|to|fica|la|na|no|em|meu|minha|endereco|novo|nova|o|a|rua e"
    r"|oi|ola|bom dia|boa tarde|boa noite|chama|se)\b(?= ))+ *"
)
_MOST_OF_A_CITY = 5
_FILLERS = frozenset({"e", "ok", "ta", "viu", "obrigado", "obrigada", "sim", "la", "no", "na", "em", "do", "da", "de"})
_SPELLED = {"maranhao": "MA", "sao paulo": "SP", "para": "PA", "piaui": "PI", "ceara": "CE", "tocantins": "TO"}


def read_address(said: Said, asked: str = "") -> dict[str, str]:
    """The parts of an address that a message holds, by their names, and `number` for a house's number alone.

    `asked` names the part that was asked for, so that bare words are one. What was read is taken out of `said`.
    """
    values: dict[str, str] = {}
    street = said.find(_STREET) or said.find(_OTHER_STREET)
    if street is None and asked == "street" and re.search(r"[a-z]", said.folded):
        lead = _LEAD.match(said.folded)
        values |= _from_street(said, lead.end() if lead else 0, lead.end() if lead else 0)
    elif street is not None:
        values |= _from_street(said, street.start(), street.end())
    else:
        values |= _house(said, asked)
    values |= _named(said, values, asked)
    return {name: value for name, value in values.items() if value}


def _from_street(said: Said, start: int, after_word: int) -> dict[str, str]:
    """The street from its first letter; what follows number and complement is district and city."""
    stop = _STOP.search(said.folded, after_word + 1)
    end = stop.start() if stop else len(said.text)
    pieces = _street_pieces(said.folded, start, after_word, end)
    tail = pieces[-1][1]
    values = {"street": ", ".join(filter(None, (_tidy(said.text[begin:finish]) for begin, finish in pieces)))}
    said.take(start, tail)
    if tail < end or (stop and stop.group().startswith(("bairro", "cidade"))):
        values |= _places(said, tail, end)
    return values


def _street_pieces(folded: str, start: int, after_word: int, end: int) -> list[tuple[int, int]]:
    """Where name, number and each complement of a street stand; without a number, the name ends at a comma."""
    numbers = [found for found in _NUMBER.finditer(folded, after_word, end) if not _of_complement(folded, found)]
    if numbers and not folded[after_word : numbers[0].start(1)].strip(" ."):  # 'rua 7 de setembro, 5', 'rua 15, 30'
        numbers = numbers[1:]
    house = _COMPLEMENT.search(folded, after_word, end)
    if numbers:
        pieces = [(start, numbers[0].start()), numbers[0].span(1)]
    elif house:
        pieces = [(start, house.start())]
    else:
        pieces = [(start, _first_comma(folded, after_word, end))]
    while more := _COMPLEMENT.match(folded, pieces[-1][1], end):
        pieces.append(more.span())
    return pieces


def _of_complement(folded: str, number: re.Match[str]) -> bool:
    before = folded[max(0, number.start(1) - 14) : number.start(1)]
    return bool(
        re.search(r"\b(?:apartamento|apto?|ap|bloco|bl|casa|cs|quadra|qd|lote|lt|torre|sala|loja|km)\b[. ]*$", before)
    )


def _first_comma(folded: str, start: int, end: int) -> int:
    comma = folded.find(",", start, end)
    return comma if comma >= 0 else end


def _places(said: Said, start: int, end: int) -> dict[str, str]:
    """District, city and state that stand behind a street without a word of their own."""
    values: dict[str, str] = {}
    if city := _city_span(said.folded, start, end):
        values["city"] = cities_in(said.text[city[0] : city[1]], asked=True)[0].name
        state = _state_at(said.folded, city[1])
        values["state"] = state[0]
        said.take(city[0], state[1])
        end = city[0]
    pieces = [piece for piece in re.split(r"[,;\n|/]| - |-(?= )", said.text[start:end]) if _is_place(piece)]
    if not values and len(pieces) > 1 and (tail := _STATE_LAST.search(Said(pieces[-1].strip()).folded)):
        values["state"] = tail[1].upper()
        before = pieces[-1].strip()[: tail.start()].strip()
        pieces = [*pieces[:-1], before] if before else pieces[:-1]
    if pieces:
        values["district"] = _tidy(pieces[0])
    if len(pieces) > 1 and "city" not in values:
        values["city"] = _tidy(pieces[1])
    said.take(start, end)
    return values


def _house(said: Said, asked: str) -> dict[str, str]:
    """A house's number that is told alone: 'o número é 132'."""
    found = said.find(_HOUSE)
    if found is None and asked == "number":
        found = re.search(r"\b(\d{1,5}[a-z]?)\b", said.folded)
    if found is None:
        return {"number": "s/n"} if asked == "number" and _NO_HOUSE.search(said.folded) else {}
    number = said.take(found.start(1), found.end(1)).strip()
    return {"number": number if number[0].isdigit() else "s/n"}


def _named(said: Said, known: dict[str, str], asked: str) -> dict[str, str]:
    """District and city by their own words, or as the answer to the question."""
    values: dict[str, str] = {}
    if found := said.find(_DISTRICT):
        values["district"], values_after = _until_stop(said, found.end())
        values |= values_after
    elif asked == "district" and "district" not in known and _is_place(said.text):
        lead = _LEAD.match(said.folded)
        values["district"], values_after = _until_stop(said, lead.end() if lead else 0)
        values |= values_after
    if "city" not in known and "city" not in values:
        values |= _city(said, asked)
    if "state" not in values and "state" not in known and (state := said.find(_STATE_AFTER_SIGN)):
        values["state"] = (state[1] or state[2]).upper()
    return values


def _until_stop(said: Said, start: int) -> tuple[str, dict[str, str]]:
    """A district from its first letter, and the city that may follow it."""
    stop = _STOP.search(said.folded, start + 1)
    end = stop.start() if stop else len(said.text)
    values: dict[str, str] = {}
    if city := _city_span(said.folded, start + 1, end):
        values["city"] = cities_in(said.text[city[0] : city[1]], asked=True)[0].name
        values["state"], state_end = _state_at(said.folded, city[1])
        said.take(city[0], state_end)
        end = city[0]
    words = re.split(r"[,;\n|/.]| - ", said.text[start:end])
    district = next((_tidy(piece) for piece in words if _is_place(piece)), "")
    if len(words) > 1 and "city" not in values and _is_place(words[1]):
        values["city"] = _tidy(words[1])
    said.take(start, end)
    return district, values


def _city(said: Said, asked: str) -> dict[str, str]:
    """A city by its word, as the answer, or where somebody moves to; the last one, since the first was left."""
    found = said.find(_CITY)
    start = found.end() if found else 0
    spans = []
    place = start
    while span := _city_span(said.folded, place, len(said.folded)):
        spans.append(span)
        place = span[1]
    if not found and asked != "city":
        spans = [span for span in spans if _TOWARDS.search(said.folded[: span[0]])]
    if spans:
        begin, end = spans[-1]
        state, _ = _state_at(said.folded, end)
        return {"city": cities_in(said.text[begin:end], asked=True)[0].name, "state": state}
    if not found and asked != "city":
        return {}
    lead = _LEAD.match(said.folded[start:])
    start += lead.end() if lead else 0
    stop = re.compile(r"[,;\n|/(-]|\.?$").search(said.folded, start)
    end = stop.start() if stop else len(said.text)
    state, _ = _state_at(said.folded, end)
    if not state and (tail := re.search(rf" ({_UF})$", said.folded[start:end])):
        state, end = tail[1].upper(), start + tail.start()
    name = _tidy(said.text[start:end])
    return {"city": name, "state": state} if _is_place(name) else {}


def _city_span(folded: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the first city of the vocabulary stands between two places."""
    words = [(found.start() + start, found.end() + start) for found in re.finditer(r"[a-z']+", folded[start:end])]
    for first in range(len(words)):
        for length in range(min(_MOST_OF_A_CITY, len(words) - first), 0, -1):
            begin, finish = words[first][0], words[first + length - 1][1]
            phrase = folded[begin:finish]
            if not re.fullmatch(r"[a-z' ]+", phrase) or not _only_a_city(phrase, length):
                continue
            return begin, finish
    return None


def _only_a_city(phrase: str, length: int) -> bool:
    """Whether a phrase is a city and no word more."""
    if not cities_in(phrase, asked=True):
        return False
    words = phrase.split()
    return length == 1 or not (
        cities_in(" ".join(words[1:]), asked=True) or cities_in(" ".join(words[:-1]), asked=True)
    )


def _state_at(folded: str, place: int) -> tuple[str, int]:
    """The state that is written right behind a city, as its two letters, and where it ends."""
    found = _STATE.match(folded[place:])
    if found:
        return found[1].upper(), place + found.end()
    for name, letters in _SPELLED.items():
        if spelled := re.match(rf"^[ ,/-]*(?:no |do )?{name}\b", folded[place:]):
            return letters, place + spelled.end()
    return "", place


def _is_place(piece: str) -> bool:
    words = [word for word in re.findall(r"[a-z0-9']+", Said(piece).folded) if word not in _FILLERS]
    return bool(words) and any(word[0].isalpha() for word in words)


def _tidy(words: str) -> str:
    """Words without the signs and little words around them."""
    bare = re.sub(rf"[{TAKEN}\s]+", " ", words).strip(" ,.;:-/")
    return re.sub(r"^(?:no|na|em|e) ", "", bare, flags=re.IGNORECASE)
