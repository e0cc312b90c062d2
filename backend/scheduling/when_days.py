"""Days in people's words: which of them, from when, until when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend.scheduling.when_spans import Span, span_of
from backend.scheduling.when_text import GAP
from backend.scheduling.when_tokens import DAY_TOKEN

_WEEK = 7
_ONE_DAY = timedelta(days=1)
_NEAR = 80  # so many letters before a day say how it is meant


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one clause: bounds are inclusive, `weekdays` hold within them, `any` is a stated indifference."""

    earliest: date | None = None
    latest: date | None = None
    weekdays: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    any: bool = False


_ARTICLES = r"(?: (?:o|a|os|as|no|na|nos|nas|ao|aos|dia|em|de|d[aoe]s?|essa|esta|esse))*"
_NOT_WORDS = (
    r"(?: (?:eu|vou|vai|posso|poder|pode|podem|da|dar|consigo|quero|queria|serve|rola|tem como|ser|ir|vir|estar"
    r"|levar|trazer|me|mais"
    r"|pra|pro|para|p|estarei|la|me|seria|gostaria|bom|boa|trabalho|atendo|mim))*"
)
_AWAY = r"(?:viaj\w+|viagem|fora|ferias|ocupad[ao]|atestado|plantao|internad[ao]|trabalh\w+)(?: \w+){0,2}"
_RELATIONS = (
    ("after", re.compile(rf"\b{_AWAY} ate" + _ARTICLES + r"$")),
    ("from", re.compile(r"\b(?:volt(?:o|a|ando)|chego|receb(?:o|e|er))(?: (?:de|da|do|das) \w+| la| ai)?(?: so)?"
    + _ARTICLES + r"$")),
    ("from", re.compile(r"\b(?:a )?(?:partir|comecando|contando)" + _ARTICLES + r"$")),
    ("after", re.compile(r"\b(?:depois|apos|passando|passar)" + _ARTICLES + r"$")),
    ("until", re.compile(r"\b(?:ate|no maximo|no mais tardar|o mais tardar)" + _ARTICLES + r"$")),
    ("before", re.compile(r"\bantes" + _ARTICLES + r"$")),
    ("not", re.compile(r"(?<!pelo )(?<!ao )(?<!ou )\b(?:menos|exceto|tirando|sem ser|salvo|fora)" + _ARTICLES + r"$")),
    ("not", re.compile(r"\b(?:nao|n|nunca|nem)" + _NOT_WORDS + _ARTICLES + r"$")),
    ("not", re.compile(r"\b(?:viajo|viajar|viajando|(?<!meu )trabalho|trabalhando|compromisso"
    r"|ocupad[ao])" + _ARTICLES + r"$")),
)  # fmt: skip
_SUGGESTION = re.compile(r"\b(?:nao|n) (?:pode ser|da pra|teria|seria|rola|tem como)[^?]*$")
_REFUSED_AFTER = re.compile(
    r"^ ?,?(?: eu)? (?:nao|n)(?: (?:posso|da|pode|consigo|vai dar|quero|serve|rola|trabalho|dou|vou poder|tem como))?"
    r"(?: (?:mais|ir|pra mim|de jeito nenhum))*"
    r"(?=\s*(?:$|[,.;!|]|(?:e|so|pq|porque|que|tenho|to|estou|trabalho|viajo)\b))"
    r"|^ ?,?(?: voces| vcs)? (?:nao|n) (?:atendem?|abrem?|funciona|tem)(?: vaga)?(?: ne)?[ ?,.;!]*entao\b"
    r"|^ ?,?(?: eu)? (?:trabalho|viajo|estudo"
    r"|(?:estou|to|tou|vou estar) (?:trabalhando|viajando|ocupad[ao]|fora|de plantao|de servico)"
    r"|tenho (?:plantao|compromisso|prova|aula|reuniao|viagem))\b"
)
_ONWARDS = re.compile(r"^ (?:em diante|pra frente|para frente|adiante|pra la)\b")
_JOINED = re.compile(r"^\s*(?:,|/|e|ou|nem|ou entao|,? ?e ?tambem)*(?: (?:a|o|na|no|as|aos|nas|de|dia))*\s*$")
_ANY_DAY = re.compile(
    r"\b(?:qualquer|todo|todos os|tds os) (?:dias?|data)\b(?: da semana(?! (?:que|depois|d[oe])))?(?! (?:e isso"
    r"|eu ligo|ligo|me ligam|a mesma|isso))|\btanto faz\b|\b(?:o )?dia que (?:tiver"
    r"|der|for|puder)\b"
    r"|\bquando (?:tiver|der|puder\w*|for melhor)\b|\btenho disponibilidade (?:total|sempre)\b|\bsempre posso\b"
    r"|\bindiferente\b|\bqualquer (?:um|uma) (?:serve|ta bom)\b|\bpra mim qualquer\b|\bpode ser qualquer\b(?! (?:hor"
    r"|medic|dout|uni|cl))"
)


@dataclass(slots=True)
class _Found:
    """What a clause's spans add up to while they are read from left to right."""

    bounds: Span | None = None
    dates: list[date] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    first: date | None = None
    last: date | None = None
    recurring: bool = False
    away: date | None = None

    def add(self, span: Span, relation: str) -> None:
        """Takes in one span as its relation says."""
        match relation:
            case "from":
                self.first = span.first
                if span.named and self.away and self.first < self.away:  # 'viajo segunda e volto quinta'
                    self.first += timedelta(days=_WEEK)
            case "after":
                self.first = span.last + _ONE_DAY
            case "until":
                self.last = span.last
            case "before":
                self.last = span.first - _ONE_DAY
            case "not":
                self.excluded |= span.weekdays
                self.away = span.first if span.named else None
            case _:
                self._take(span)

    def _take(self, span: Span) -> None:
        if not span.named:
            self.bounds = _joined(self.bounds, span)
            return
        self.weekdays |= span.weekdays
        self.recurring |= span.recurring
        self.dates.append(span.first)

    def days(self, today: date) -> Days:
        """The sum, in order and never past."""
        earliest, latest, weekdays = self.first, self.last, frozenset(self.weekdays)
        if self.bounds:
            earliest = max(filter(None, (earliest, self.bounds.first)))
            latest = min(filter(None, (latest, self.bounds.last)))
            weekdays = weekdays if self.bounds.first < self.bounds.last and weekdays else self.bounds.weekdays
        elif len(weekdays) == 1 and not self.recurring and not (earliest or latest):
            earliest = latest = min(self.dates)
        if latest and latest < today:
            earliest = latest = None
            weekdays = frozenset()
        if earliest and latest and earliest > latest:
            latest = None
        days = Days(earliest, latest, weekdays, frozenset(self.excluded - self.weekdays))
        return _settled(days) if weekdays and earliest and latest and earliest < latest else days


def read_days(clause: str, today: date) -> tuple[Days, str]:
    """The days that a clause of normal text names, and the clause without them."""
    rest, indifferent = _ANY_DAY.subn(GAP, clause)
    found, end, relation, kept = _Found(), 0, "", []
    for start, stop, span in _spans(rest, today):
        before = rest[end:start]
        inherited = relation == "not" and end and _JOINED.match(before)
        relation = relation if inherited else _relation(before.rstrip()[-_NEAR:], rest[stop:])
        found.add(span, relation)
        kept.append(_without_relation(before, relation))
        end = stop
    days = found.days(today)
    if indifferent and not (days.earliest or days.latest or days.weekdays):
        days = Days(excluded=days.excluded, any=True)
    return days, GAP.join([*kept, rest[end:]])


def _spans(text: str, today: date) -> Iterator[tuple[int, int, Span]]:
    for token in DAY_TOKEN.finditer(text):
        span = span_of(token, today)
        if span is not None:
            yield token.start(), token.end(), span


def _relation(before: str, after: str) -> str:
    if _ONWARDS.match(after):
        return "from"
    if _REFUSED_AFTER.match(after):
        return "not"
    for name, pattern in _RELATIONS:
        if pattern.search(before):
            asked = name == "not" and _SUGGESTION.search(before) and after.lstrip().startswith("?")
            return "" if asked else name
    return ""


def _without_relation(before: str, relation: str) -> str:
    for name, pattern in _RELATIONS:
        if name == relation:
            far, near = before[:-_NEAR], before[-_NEAR:]
            before = far + pattern.sub("", near.rstrip())
    return before


def _joined(older: Span | None, newer: Span) -> Span:
    """Both spans: where they overlap, or each of the single days."""
    if older is None:
        return newer
    first, last = max(older.first, newer.first), min(older.last, newer.last)
    if first <= last:
        return Span(first, last)
    first, last = min(older.first, newer.first), max(older.last, newer.last)
    listed = (older.weekdays or {older.first.weekday()}) | {newer.first.weekday()}
    single = newer.first == newer.last and (older.listed or older.first == older.last)
    between = len(listed) <= (last - first).days < _WEEK
    return Span(first, last, frozenset(listed) if single and between else frozenset(), listed=single)


def _settled(days: Days) -> Days:
    """Where only one day of the span is of the weekdays, it is that day."""
    if days.earliest is None or days.latest is None:
        return days
    if (days.latest - days.earliest).days >= 2 * _WEEK:
        return days
    fitting = list(_fitting(days.earliest, days.latest, days.weekdays))
    if len(fitting) != 1:
        return days
    return Days(fitting[0], fitting[0], excluded=days.excluded)


def _fitting(first: date, last: date, weekdays: Iterable[int]) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day.weekday() in weekdays:
            yield day
