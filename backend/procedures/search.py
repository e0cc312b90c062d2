"""Finding procedures in the catalogue by code, by its words, or by people's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Select, Text, cast, func, literal, or_, select, text, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from backend.procedures.tables import Procedure
from backend.procedures.words import Wanted, fit, understand, unmatched

# So many of the catalogue are looked at closely, by full text and by likeness each.
_CLOSELY = 40
_MOST_WORDS = 6
_LEAST_SCORE = 0.55
_SHORT = 3
_LONG = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A procedure and how well it fits what was asked, 0 to 1."""

    procedure: Procedure
    score: float


async def find(session: AsyncSession, words: str, *, limit: int = 5) -> Sequence[Found]:
    """Procedures that are valid today, best first: by a TUSS code in the words, or by accents and typos forgiven.

    People's words ('chapa do pulmão', 'tirar o siso') are put into the catalogue's by `data/lookups/procedures.yml`.
    """
    wanted = understand(words)
    if wanted.code:
        exact = await session.scalars(_valid(select(Procedure).where(Procedure.code == wanted.code)))
        return [Found(procedure, 1.0) for procedure in exact]
    if not wanted.content and not wanted.likely:
        return []
    found = [Found(procedure, _score(wanted, procedure)) for procedure in await _candidates(session, wanted)]
    best = sorted(found, key=lambda one: (-one.score, one.procedure.code))
    return [one for one in best if one.score >= _LEAST_SCORE][:limit]


async def _candidates(session: AsyncSession, wanted: Wanted) -> Sequence[Procedure]:
    """What full text finds and what people usually mean; by likeness only where a word is in none of it."""
    content = wanted.content[:_MOST_WORDS]
    found = await _of_codes(session, list(wanted.likely), _by_text(content) if content else None)
    misspelled = [word for word in unmatched(content, (one.term for one in found)) if len(word) >= _LONG]
    if not misspelled or wanted.likely:
        return found
    known = {one.code for one in found}
    near = await _of_codes(session, [], _by_likeness(misspelled[0]))
    return [*found, *(one for one in near if one.code not in known)]


async def _of_codes(session: AsyncSession, codes: Sequence[str], more: Select[str] | None) -> Sequence[Procedure]:
    """The procedures of some codes and of those that a query finds. A union: with OR, the whole table is read."""
    wanted = select(func.unnest(cast(list(codes), ARRAY(Text))).label("code"))
    all_codes = union(wanted, select(more.subquery().c.code)) if more is not None else wanted
    query = select(Procedure).where(Procedure.code.in_(all_codes)).options(defer(Procedure.search))
    return (await session.scalars(_valid(query))).all()


def _by_text(content: Sequence[str]) -> Select[str]:
    """Any of the words, by its stem; those terms first that have more of them."""
    query = func.to_tsquery(
        text("'zelo_portuguese'"), " | ".join(word if len(word) <= _SHORT else f"{word}:*" for word in content)
    )
    rank = func.ts_rank(Procedure.search, query, 1)
    by_rank = select(Procedure.code).where(Procedure.search.op("@@")(query)).order_by(rank.desc(), Procedure.code)
    return by_rank.limit(_CLOSELY)


def _by_likeness(word: str) -> Select[str]:
    """A word as somebody may have misspelled it."""
    near = func.word_similarity(word, Procedure.folded_term)
    like = select(Procedure.code).where(literal(word).op("<%")(Procedure.folded_term))
    return like.order_by(near.desc(), Procedure.code).limit(_CLOSELY)


def _valid(query: Select[Procedure]) -> Select[Procedure]:
    today = select(text("business_now()::date")).scalar_subquery()
    return query.where(
        Procedure.valid_from <= today, or_(Procedure.valid_until.is_(None), Procedure.valid_until >= today)
    )


def _score(wanted: Wanted, procedure: Procedure) -> float:
    return max(fit(wanted.words, procedure.term), wanted.likely.get(procedure.code, 0.0))
