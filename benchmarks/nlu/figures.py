"""What a set of parsed messages says of the understanding. Pure, and without packages: CI asks it too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.nlu.messages import Message

OUT_OF_SCOPE, UNSURE = "out_of_scope", "nlu_fallback"
NOT_ACTED = frozenset({OUT_OF_SCOPE, UNSURE, "", None})


@dataclass(frozen=True, slots=True)
class Parse:
    """What the model said: the intent that the assistant goes by, the real intents by likelihood, other needs."""

    intent: str
    ranking: tuple[str, ...]
    confidence: float
    also: tuple[str, ...]
    seconds: float = 0.0

    @classmethod
    def of(cls, answer: dict, seconds: float = 0.0) -> Parse:  # type: ignore[type-arg]
        """From an answer of `/model/parse`."""
        ranking = [r for r in answer.get("intent_ranking") or () if r["name"] != UNSURE]
        return cls(
            intent=answer["intent"]["name"] or "", ranking=tuple(r["name"] for r in ranking),
            confidence=ranking[0]["confidence"] if ranking else 0.0,
            also=tuple(other["name"] for other in answer.get("also") or ()), seconds=seconds,
        )  # fmt: skip

    @property
    def first(self) -> str:
        """The likeliest intent, sure or not."""
        return self.ranking[0] if self.ranking else self.intent

    @property
    def acted(self) -> bool:
        """Whether the assistant acts on it instead of asking or saying that it cannot help."""
        return self.intent not in NOT_ACTED


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1."""

    accuracy: float
    macro_f1: float
    first_three: float
    acted_precision: float
    acted_coverage: float
    out_of_scope_accepted: float
    near_accepted: float
    far_accepted: float
    worst_recall: float


def figures(messages: Sequence[Message], parses: Sequence[Parse]) -> Figures:
    """All of them for one set."""
    pairs = list(zip(messages, parses, strict=True))
    rows = by_intent(messages, parses)
    acted = [(m, p) for m, p in pairs if p.acted]
    in_scope = [p for m, p in pairs if m.intent != OUT_OF_SCOPE]
    accepted = {style: [p.acted for m, p in pairs if m.style == style] for style in ("near", "far")}
    return Figures(
        accuracy=mean([p.first == m.intent for m, p in pairs]),
        macro_f1=mean([row.f1 for row in rows.values()]),
        first_three=mean([m.intent in p.ranking[:3] for m, p in pairs]),
        acted_precision=mean([p.intent == m.intent for m, p in acted]),
        acted_coverage=mean([p.acted for p in in_scope]),
        out_of_scope_accepted=mean([p.acted for m, p in pairs if m.intent == OUT_OF_SCOPE]),
        near_accepted=mean(accepted["near"]), far_accepted=mean(accepted["far"]),
        worst_recall=min(row.recall for row in rows.values()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One intent's figures; `count` messages were written for it."""

    precision: float
    recall: float
    f1: float
    count: int


def by_intent(messages: Sequence[Message], parses: Sequence[Parse]) -> dict[str, Row]:
    """A row for each intent that messages were written for."""
    right: Counter[str] = Counter()
    wanted, said = Counter(m.intent for m in messages), Counter(p.first for p in parses)
    for message, parse in zip(messages, parses, strict=True):
        right[message.intent] += parse.first == message.intent
    rows = {}
    for intent, count in sorted(wanted.items()):
        precision = right[intent] / said[intent] if said[intent] else 0.0
        recall = right[intent] / count
        f1 = 2 * precision * recall / (precision + recall) if right[intent] else 0.0
        rows[intent] = Row(precision, recall, f1, count)
    return rows


def shares(messages: Sequence[Message], parses: Sequence[Parse], key: str) -> dict[str, tuple[float, int]]:
    """Accuracy and number of messages for each value of a message's field (`style`, `hand`)."""
    found: dict[str, list[bool]] = defaultdict(list)
    for message, parse in zip(messages, parses, strict=True):
        found[str(getattr(message, key))].append(parse.first == message.intent)
    return {name: (mean(right), len(right)) for name, right in sorted(found.items())}


def confusions(messages: Sequence[Message], parses: Sequence[Parse]) -> Counter[tuple[str, str]]:
    """How often one intent was taken for another."""
    pairs = zip(messages, parses, strict=True)
    return Counter((m.intent, p.first) for m, p in pairs if p.first != m.intent)


def lowest_threshold(messages: Sequence[Message], parses: Sequence[Parse], precision: float) -> float:
    """The lowest threshold, in hundredths, from which acting is right as often as `precision`; 1.0 where none is."""
    likely = [(m, p) for m, p in zip(messages, parses, strict=True) if p.first not in NOT_ACTED]
    for hundredths in range(100):
        acted = [(m, p) for m, p in likely if p.confidence >= hundredths / 100]
        if acted and mean([p.first == m.intent for m, p in acted]) >= precision:
            return hundredths / 100
    return 1.0


def reliability(
    messages: Sequence[Message], parses: Sequence[Parse], bins: int = 10
) -> tuple[list[tuple[float, float, int]], float]:
    """(mean confidence, share right, number) for each bin, and the expected calibration error."""
    found: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for message, parse in zip(messages, parses, strict=True):
        found[min(bins - 1, int(parse.confidence * bins))].append((parse.confidence, parse.first == message.intent))
    rows = [(mean([c for c, _ in rows]), mean([r for _, r in rows]), len(rows)) for _, rows in sorted(found.items())]
    return rows, sum(abs(said - right) * count for said, right, count in rows) / max(1, len(messages))


@dataclass(frozen=True, slots=True)
class TwoNeeds:
    """Shares: of messages with two needs, and in `invented` of those with one."""

    both: float  # one is acted on, the other noted
    one: float  # at least one is acted on
    in_order: float  # the one that was asked for first is acted on
    invented: float  # a second need was noted where there is none


def two_needs(messages: Sequence[Message], parses: Sequence[Parse]) -> TwoNeeds:
    """What becomes of the second need."""
    pairs = [(m, {p.intent, *p.also} if p.acted else set(), p) for m, p in zip(messages, parses, strict=True)]
    double = [(m, said, p) for m, said, p in pairs if m.also]
    return TwoNeeds(
        both=mean([{m.intent, m.also} <= said for m, said, _ in double]),
        one=mean([p.acted and p.intent in {m.intent, m.also} for m, _, p in double]),
        in_order=mean([p.intent == m.intent for m, _, p in double]),
        invented=mean([bool(p.also) for m, _, p in pairs if not m.also]),
    )


def mean(values: Sequence[float]) -> float:
    """0 where there is nothing."""
    return sum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
