"""`zelo api`: the plan's other systems and their tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import SYSTEM
from backend.store.clock import local
from handoff.api import systems
from handoff.api.tables import ApiSystem
from handoff.cli.database import in_the_database

app = typer.Typer(no_args_is_help=True, help="Outros sistemas do plano, que usam /api/v1.")


@app.command("add")
def add(
    name: str,
    scope: Annotated[list[str], typer.Option(help=f"Uma ou mais vezes: {', '.join(systems.SCOPES)}")],
) -> None:
    """Adds a system and shows its token, this once."""

    async def made(session: AsyncSession, now: datetime) -> str:
        return (await systems.add_system(session, name=name, scopes=scope, actor=SYSTEM, now=now))[1]

    token = in_the_database(made)
    typer.echo(f"Sistema {name} criado. Guarde o token agora; ele não será mostrado de novo:\n{token}")


@app.command("list")
def show() -> None:
    """Lists the systems, the revoked ones too."""

    async def every(session: AsyncSession, _now: datetime) -> list[str]:
        return [_line(one) for one in await systems.every_system(session)]

    typer.echo("\n".join(in_the_database(every)) or "Nenhum sistema cadastrado.")


@app.command("revoke")
def revoke(name: str) -> None:
    """Takes a system's token back, at once."""

    async def taken_back(session: AsyncSession, now: datetime) -> None:
        await systems.revoke(session, name=name, actor=SYSTEM, now=now)

    in_the_database(taken_back)
    typer.echo(f"O token de {name} não vale mais.")


def _line(one: ApiSystem) -> str:
    used = f"usado em {local(one.last_used_at):%d/%m/%Y %H:%M}" if one.last_used_at else "nunca usado"
    ended = f"revogado em {local(one.revoked_at):%d/%m/%Y}" if one.revoked_at else used
    return f"{one.name:<20} {ended:<28} {' '.join(one.scopes)}"
