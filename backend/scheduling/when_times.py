"""Hours in people's words: periods of the day, clock times, from when and until when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from backend.scheduling.when_text import GAP

_HOUR = 60
_NOON = 12 * _HOUR
_EVENING = 18 * _HOUR
_OPENS, _CLOSES = 6 * _HOUR, 22 * _HOUR
_MIDNIGHT = 24 * _HOUR
_HALF_HOUR = 30
# Hours up to six are the afternoon's unless 'da manhã' is said: no clinic opens before.
_LAST_AFTERNOON_HOUR = 6
_HALF_DAY = 12


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours in which a visit may start, [start, end); `any` is a stated indifference."""

    start: time | None = None
    end: time | None = None
    any: bool = False


_Window = tuple[int, int]  # minutes of the day, [start, end)

_ANY = re.compile(
    r"\b(?:qualquer|tanto faz (?:o|a)|todo|todos os) (?:dia (?:e|ou) )?(?:hora|horarios?|turno|periodo)s?\b"
    r"|\b(?:horarios?|hora|turno) (?:tanto faz|qualquer um|livre|indiferente)\b|\b(?:a|o) (?:hora"
    r"|horario) que (?:tiver|der|for|puder)\b"
)
_PARTS = tuple(
    (re.compile(pattern), window)
    for pattern, window in (
        (
            r"\b(?:de |pela )?manhazinha\b|\bbem cedo\b|\b(?:inicio|comeco|comecinho) (?:da|de) manha\b"
            r"|\bprimeiras horas\b"
            r"|\bprimeir[oa]s? (?:horarios?|hora|vaga) d[ae] manha\b",
            (0, 9 * _HOUR),
        ),
        (r"\b(?:fim|final|finalzinho) d[ae] manha\b", (10 * _HOUR, _NOON)),
        (r"\bmeio d[ae] manha\b", (9 * _HOUR, 11 * _HOUR)),
        (r"\b(?:inicio|comeco|comecinho|primeir[oa] (?:horario|hora|vaga)) d[ae] tarde\b", (_NOON, 15 * _HOUR)),
        (r"\bmeio d[ae] tarde\b", (14 * _HOUR, 16 * _HOUR)),
        (r"\b(?:fim|final|finalzinho) d[ae] tarde\b|\b(?:de |a |na )?tard(?:inha|ezinha)\b", (16 * _HOUR, 19 * _HOUR)),
        (r"\b(?:fim|final|finalzinho) d[oe] dia\b|\bultimos? horarios?\b", (16 * _HOUR, _MIDNIGHT)),
        (r"\b(?:depois|apos|pos|dps)(?: d[oe])?(?: o)? almoco\b", (13 * _HOUR, _MIDNIGHT)),
        (r"\bantes d[oe] almoco\b", (0, _NOON)),
        (r"\b(?:na |no )?(?:hora|horario|intervalo) d[oe] almoco\b|\bno almoco\b", (_NOON, 14 * _HOUR)),
        (
            r"\b(?:depois|apos) (?:d[oe] |o )?(?:meu )?(?:trabalho|trampo|servico|expediente)\b"
            r"|\bdepois que (?:eu )?(?:sai\w*|largar|largo)\b(?: do \w+)?",
            (17 * _HOUR, _MIDNIGHT),
        ),
        (r"\bantes (?:do (?:trabalho|servico|expediente)|de ir (?:pro |para o )?trabalh\w+)\b", (0, 9 * _HOUR)),
    )
)  # fmt: skip
_PERIODS = {"manha": (0, _NOON), "tarde": (_NOON, _EVENING), "noite": (_EVENING, _MIDNIGHT)}
_PERIOD = re.compile(
    r"\b(?:(?:turno|periodo) )?(?:(?:de|da|a|pela|na|no|so|p|pra|por|essa|esta|nessa|toda|ou"
    r"|e) )*(?P<morning>(?:manhas?|matutino)\b|(?<!mais )\bcedo\b(?! (?:ou|demais)))"
    r"|(?:(?:\b(?:de|a|pela|na|da|so|p|pra|por|essa|esta|nessa|ou|e|parte da|turno da|periodo da) )+|(?:^"
    r"|[|,]) *)(?P<afternoon>tardes?\b)|\b(?P<afternoon2>vespertino\b)"
    r"|\b(?:(?:de|a|pela|na|da|so|p|pra|essa|esta|nessa|ou|e) )*(?P<night>noit(?:es?|inha)|noturno)\b"
)  # fmt: skip
_SYMPTOM = re.compile(
    r"\b(?:tosse|tossi\w+|dor\w*|doi|doem|durm\w+|dorm\w+|acord\w+|pior\w*|febre|sono|insonia|minha|noite toda)"
    r"(?: [a-z]+){0,3} (?:a|de|pela|toda) (?:noite|manha|tarde)\b|\b(?:noite|tarde|manha) (?:toda|inteira)\b"
)


def _clock(name: str) -> str:
    past = rf"(?P<past{name}>15|20|25|30|40|45|50)(?!\d|/| (?:de|do|reais|dias?)\b)"
    return (
        rf"(?:(?P<noon{name}>meio ?dia)|(?P<h{name}>\d{{1,2}})(?P<unit{name}> ?(?:horas?|h"
        rf"|:)(?: ?(?P<m{name}>[0-5]\d)(?:min|m|h)?(?![\d]))?)?)"
        rf"(?P<half{name}> e (?:meia|{past}))?(?: em ponto)?"
        rf"(?: (?:da|de|a|na) (?P<part{name}>manha|tarde|noite))?(?![\d/]|[a-z])"
    )


_CLOCK_RANGE = re.compile(
    rf"\b(?:(?P<open>entre|d[ae]s?)(?: as| o| a)? )?{_clock('1')} (?:e|as|a|ate|ao)(?: as| a| o| ao)? {_clock('2')}"
)
_CLOCK = re.compile(
    r"\b(?:(?P<relation>depois|apos|antes|partir|ate|la|volta|perto|tipo|mais ou menos|passando|desde|comecando) )?"
    rf"(?:(?P<article>as|das|de|do|pelas|pelo|umas|ao|o|a|da|pra|para|pras|p) )?{_clock('')}"
)
# What may follow a bare number for it to be an hour ('às 10, por favor'), unlike 'as 10 consultas'.
_HOUR_ENDS = re.compile(
    r"^\s*(?:$|[,.;!?|)]|(?:da|de|do|na|no|ou|mais|por|pf|pfv|pode|se|em|hoje|la|ta|seria|fica|eu|tem|dia|pra|p|com"
    r"|mesmo|ok|sim"
    r"|obrigad[ao]|horas?|to|estou|consigo|serve)\b)"
)
_HOUR_ARTICLES = {"as", "das", "pelas", "umas", "pras"}
_ABOUT = {"la", "volta", "perto", "tipo", "mais ou menos"}
# When somebody is busy from, or until: 'entro às duas', 'saio do trabalho às 13h', 'trabalho até as cinco'.
_BUSY = re.compile(
    r"\b(?:(?P<begins>entro|entra|pego|comeco|bato o ponto|busco|buscar|levo|levar|tenho (?!ate\b)\w+"
    r"|tenho que (?:estar|ta|ir|pegar|buscar|levar))"
    r"|(?P<ends>saio|sai|saem|larg[oa]|libero|termino|acabo|(?:fico|to|estou) (?:livre|liberad[ao])"
    r"|(?:trabalho|trabalhando|estudo|aula|ocupad[ao]|plantao|servico|expediente)(?: \w+){0,2} ate))"
    rf"(?: (?!depois|antes|apos|partir|ate|as\b|\d)[a-z]+){{0,5}}?(?: (?:as|ao|a|pelas|o))? {_clock('')}"
)
_NEAR = 80  # so many letters before a period say whether it is wanted
_EARLIEST_DUTY = 9 * _HOUR  # who begins before has no morning to speak of
_DURATION = re.compile(r"\b(?:em|por|durante|ha|faz|cada|mais de|cerca de|uns|dura|demora\w*)$")
_WAITED = re.compile(r"^ (?:esperando|de espera|na fila|parad[ao]|na linha|no telefone|atras|depois)\b")
_BOTH = re.compile(r"\b(?:quero|aceito|sao|todas)$")
_NOT = re.compile(
    r"\b(?:menos|exceto|sem ser|(?:trabalho|estudo|cuido|ocupad[ao]|tenho (?:aula|plantao|prova|reuniao))(?: \w+){0,4}"
    r"|(?:nao|n|nunca|nem)(?: (?:eu|vou|posso|poder|pode|da|dar|consigo|quero|serve|rola"
    r"|ser|ir|vir|pra|mais|la|me|estar))*)"
    r"(?: (?:de|a|na|pela|no|o|as))*\s*$"
)
_REFUSED = re.compile(
    r"^ ?,?(?: eu)? (?:nao|n)(?: (?:posso|da|pode|consigo|vai dar|quero|serve|rola|dou|vou poder))?"
    r"(?: (?:mais|ir|pra mim))*(?=\s*(?:$|[,.;!|]|e\b|so\b|pq\b))"
    r"|^ ?,?(?: eu)? (?:trabalho|estudo|tenho (?:aula|plantao|reuniao|compromisso)"
    r"|(?:estou|to|tou) (?:trabalhando|ocupad[ao]))\b"
)


def read_hours(text: str) -> Hours:
    """The hours that a clause of normal text names; its words for days are cut out already."""
    rest, indifferent = _ANY.subn(GAP, text)
    rest = _SYMPTOM.sub(GAP, rest)
    clocks, rest = _read_clocks(rest)
    periods, refused = _read_periods(rest)
    window = _combined(clocks, periods) or refused
    if window is None:
        return Hours(any=indifferent > 0)
    return Hours(_time(window[0]) if window[0] else None, _time(window[1]) if window[1] < _MIDNIGHT else None)


def _time(minutes: int) -> time:
    return time(minutes // _HOUR, minutes % _HOUR)


def _read_clocks(text: str) -> tuple[list[_Window], str]:
    windows: list[_Window] = []

    def take(window: _Window | None, found: re.Match[str]) -> str:
        if window is None:
            return found[0]
        windows.append(window)
        return GAP

    text = _BUSY.sub(lambda found: take(_free(found), found), text)
    text = _CLOCK_RANGE.sub(lambda found: take(_between(found), found), text)
    text = _CLOCK.sub(lambda found: take(_at(found, text), found), text)
    return windows, text


def _minutes(found: re.Match[str], name: str, part: str | None = None) -> int | None:
    """The minute of the day that a clock time means; None where no visit starts then."""
    past = int(found[f"past{name}"] or found[f"m{name}"] or 0)
    half = _HALF_HOUR if found[f"half{name}"] and not found[f"past{name}"] else past
    hour = _HALF_DAY if found[f"noon{name}"] else int(found[f"h{name}"])
    part = part or found[f"part{name}"]
    if (hour < _HALF_DAY and part in {"tarde", "noite"}) or (part is None and 1 <= hour <= _LAST_AFTERNOON_HOUR):
        hour += _HALF_DAY
    minutes = hour * _HOUR + half
    return minutes if _OPENS <= minutes <= _CLOSES else None


def _free(found: re.Match[str]) -> _Window | None:
    """What a duty leaves of the day: what is before it begins, or after it ends."""
    minutes = _minutes(found, "")
    if minutes is None:
        return None
    if found["ends"]:
        return minutes, _MIDNIGHT
    return (0, minutes) if minutes > _EARLIEST_DUTY else (0, _MIDNIGHT)


def _between(found: re.Match[str]) -> _Window | None:
    marked = found["open"] in {"entre", "das"} or any(found[group] for group in ("unit1", "unit2", "part1", "part2"))
    end = _minutes(found, "2")
    start = _minutes(found, "1", found["part1"] or found["part2"])
    if start is not None and end is not None and start >= end:
        start = _minutes(found, "1")
    if not marked or start is None or end is None or start >= end:
        return None
    return start, end


def _at(found: re.Match[str], text: str) -> _Window | None:
    minutes = _minutes(found, "") if _is_hour(found, text) else None
    if minutes is None:
        return None
    match found["relation"]:
        case "depois" | "apos" | "partir" | "passando" | "desde" | "comecando":
            return minutes, _MIDNIGHT
        case "antes" | "ate":
            return 0, minutes
    if found["relation"] in _ABOUT or found["article"] in {"umas", "pelas"}:
        return minutes - _HALF_HOUR, minutes + _HOUR
    return minutes, minutes + _HALF_HOUR


def _is_hour(found: re.Match[str], text: str) -> bool:
    """Whether a number is said of the clock, not of a duration or of countable things."""
    before, after = text[max(0, found.start() - _NEAR) : found.start()].rstrip(), text[found.end() :]
    if _WAITED.match(after):
        return False
    if found["noon"] or found["unit"] or found["half"] or found["part"]:
        return bool(found["article"] or found["relation"] or not _DURATION.search(before))
    return bool(found["article"] in _HOUR_ARTICLES and _HOUR_ENDS.match(after) and not _BOTH.search(before))


def _read_periods(text: str) -> tuple[list[_Window], _Window | None]:
    """The periods that are wanted, and what is left of the day where one is only refused."""
    windows: list[_Window] = []
    for pattern, window in _PARTS:
        text, times = pattern.subn(GAP, text)
        windows += [window] * min(times, 1)
    left: _Window | None = None
    for found in _PERIOD.finditer(text):
        name = "manha" if found["morning"] else "noite" if found["night"] else "tarde"
        if _NOT.search(text[max(0, found.start() - _NEAR) : found.start()] + " ") or _REFUSED.match(
            text[found.end() :]
        ):
            left = {"manha": (_NOON, _MIDNIGHT), "noite": (0, _EVENING)}.get(name, left)
        else:
            windows.append(_PERIODS[name])
    return windows, left


def _combined(clocks: Iterable[_Window], periods: Iterable[_Window]) -> _Window | None:
    """Bounds narrow each other, alternatives widen; a clock time is stronger than a period."""
    clock = _all_of(clocks)
    period = _hull(periods)
    if clock is None or period is None:
        return clock or period
    narrowed = max(clock[0], period[0]), min(clock[1], period[1])
    if narrowed[0] < narrowed[1]:
        return narrowed
    later = clock[0] + _NOON, clock[1] + _NOON
    return later if period[0] <= later[0] < period[1] and later[1] <= _MIDNIGHT else clock


def _all_of(windows: Iterable[_Window]) -> _Window | None:
    together: _Window | None = None
    for window in windows:
        if together is None:
            together = window
            continue
        start, end = max(together[0], window[0]), min(together[1], window[1])
        together = (start, end) if start < end else _hull([together, window])
    return together


def _hull(windows: Iterable[_Window]) -> _Window | None:
    found = list(windows)
    return (min(start for start, _ in found), max(end for _, end in found)) if found else None
