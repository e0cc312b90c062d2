"""`zelo notices`: the evidence checked, and finance's lists brought in and given back, from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import SYSTEM
from backend.contracts import Contract
from backend.delinquency import cases, dossier
from backend.delinquency.campaigns import verbs as campaigns
from backend.delinquency.evidence import Checked
from backend.delinquency.lists import verbs as lists
from backend.delinquency.tables import DelinquencyCase
from backend.errors import InvalidInput
from handoff.cli.database import in_the_database
from handoff.desk.collections.sheets import filled_sheet

_SHOWN_EVERY = 100

app = typer.Typer(no_args_is_help=True, help="Notificações: conferir as provas, receber e devolver listas.")


@app.command("verify")
def verify(
    case_ids: Annotated[list[UUID] | None, typer.Argument(help="Os casos a conferir.", metavar="[CASO]...")] = None,
    every: Annotated[bool, typer.Option("--all", help="Confere todos os casos.")] = False,
) -> None:
    """Checks the chain of evidence of some cases, or of all; ends with 1 where any is broken."""
    if bool(case_ids) == every:
        raise InvalidInput("Informe os casos a conferir, ou use --all.", detail="cases to verify")

    async def checked(session: AsyncSession, _now: datetime) -> int:
        return await _verified(session, case_ids)

    broken = in_the_database(checked)
    if broken:
        typer.echo(f"Não conferem: {broken}.")
        raise typer.Exit(1)
    typer.echo("Tudo confere.")


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A planilha do financeiro (.xlsx).")],
    name: Annotated[str, typer.Option(help="Como a campanha vai se chamar.")],
) -> None:
    """Brings a list in and guesses its columns; who approves it confirms them on the console. Nothing is sent."""

    async def uploaded(session: AsyncSession, now: datetime) -> str:
        content = await asyncio.to_thread(file.read_bytes)
        campaign = await lists.upload(session, name=name, content=content, file_name=file.name, actor=SYSTEM, now=now)
        return str(campaign.id)

    campaign_id = in_the_database(uploaded)
    typer.echo(f"Lista recebida: {campaign_id}\nConfira as colunas no console, em Campanhas. Nada foi enviado.")


@app.command("export")
def export_list(
    campaign_id: Annotated[UUID, typer.Argument(help="A campanha.", metavar="CAMPANHA")],
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Onde gravar a planilha preenchida.")],
) -> None:
    """Writes finance's own sheet, filled as far as the campaign has come."""

    async def written(session: AsyncSession, now: datetime) -> int:
        campaign = await campaigns.get(session, campaign_id)
        content, _ = await filled_sheet(session, campaign=campaign, now=now)
        return await asyncio.to_thread(file.write_bytes, content)

    in_the_database(written)
    typer.echo(f"Planilha gravada em {file}.")


async def _verified(session: AsyncSession, wanted: Sequence[UUID] | None) -> int:
    """Examines the cases one by one, prints each, and gives how many are broken."""
    ids = wanted or (await session.scalars(select(DelinquencyCase.id).order_by(DelinquencyCase.opened_at))).all()
    broken = 0
    for done, case_id in enumerate(ids, 1):
        case = await cases.get(session, case_id)
        found = await dossier.examined(session, case)
        number = (await session.get_one(Contract, case.contract_id)).number
        broken += not found.intact
        typer.echo(f"{case.id}  contrato {number}  {_said(found)}")
        if done % _SHOWN_EVERY == 0:
            typer.echo(f"{done} de {len(ids)} conferidos…", err=True)
        session.expunge_all()  # a hundred thousand cases are read one after the other
    return broken


def _said(found: Checked) -> str:
    links = "1 registro" if found.length == 1 else f"{found.length} registros"
    return f"íntegro ({links})" if found.intact else f"NÃO CONFERE a partir do registro {found.broken_at} ({links})"
