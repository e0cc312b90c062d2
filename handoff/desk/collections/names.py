"""Who did something, by name: rows keep an actor's written form or an account's id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.access.tables import Account

OTHERS = {"assistant": "assistente", "system": "sistema", "person": "a própria pessoa"}


async def names_of(session: AsyncSession, written: Iterable[str]) -> Mapping[str, str]:
    """The name behind each written actor ('attendant:<id>', an account's id, 'assistant'); itself where none is."""
    wanted = {one for one in written if one}
    ids = {one: found for one in wanted if (found := _account_id(one)) is not None}
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids.values())))
    accounts = {row.id: row.name for row in rows}
    return {one: accounts.get(ids[one], "Atendimento") if one in ids else _other(one) for one in wanted}


def _other(written: str) -> str:
    return OTHERS.get(written.partition(":")[0], written)


def _account_id(written: str) -> UUID | None:
    try:
        return UUID(written.removeprefix("attendant:"))
    except ValueError:
        return None
