"""The `zelo` command: what an operator's engineer types."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from backend import erp
from backend.actor import SYSTEM
from backend.errors import ZeloError
from backend.settings import settings
from backend.store import migrate as migrations
from handoff.access import verbs as access
from handoff.cli import api, demo_data, model, notices, run
from handoff.cli import doctor as doctor_page
from handoff.cli.database import in_the_database
from handoff.schema import METADATA

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Zelo: atendimento por WhatsApp de um plano de saúde."
)
user = typer.Typer(no_args_is_help=True, help="Contas do console.")
app.add_typer(user, name="user")
app.add_typer(api.app, name="api")
app.add_typer(notices.app, name="notices")


@app.command()
def up() -> None:
    """Starts everything from the Procfile; Ctrl-C stops all of it."""
    sys.exit(run.up())


@app.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    with run.servers() as urls:
        migrations.upgrade(urls.database, METADATA)
    typer.echo("Banco de dados atualizado.")


@app.command()
def train(force: Annotated[bool, typer.Option(help="Treina mesmo que já haja um modelo.")] = False) -> None:
    """Trains the assistant where there is no model for the present data."""
    typer.echo(f"Modelo: {model.ensure(settings().data_dir, force=force)}")


@app.command()
def doctor() -> None:
    """What is configured, reachable and missing, in one page."""
    sys.exit(doctor_page.show())


@app.command("renew-files")
def renew_files() -> None:
    """Encrypts every kept file under the first key of ZELO_FILES_KEY; then the former keys may go."""
    done = run.renew_files()
    typer.echo(f"Arquivos cifrados de novo: {done.written}. Sem a chave que os abre: {done.locked}.")
    sys.exit(1 if done.locked else 0)


@app.command("resend-erp")
def resend_erp() -> None:
    """Sends the ERP again what it refused for good, under the same ids."""

    async def resend(session: AsyncSession, now: datetime) -> int:
        return await erp.send_again(session, actor=SYSTEM, now=now)

    typer.echo(f"Mudanças a caminho do ERP de novo: {in_the_database(resend)}.")


@app.command("demo-data")
def load_demo_data(
    people: Annotated[int, typer.Option(min=0, help="Pessoas a mais, inventadas, para medir.")] = 0,
    messages: Annotated[int, typer.Option(min=0, help="Mensagens a mais, em conversas de dois anos.")] = 0,
    slots: Annotated[int | None, typer.Option(min=0, help="Horários da agenda; sem isso, dez por pessoa.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Soma mesmo que já haja pessoas a mais.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Mostra o andamento.")] = False,
) -> None:
    """Loads the demo's data, and more on request; only where nothing can leave this machine (ZELO_SIMULATOR=1)."""
    run.fill_ans_registration(settings())
    wanted = demo_data.Wanted(people, messages, slots, again)
    with run.servers() as urls:
        migrations.upgrade(urls.database, METADATA)
        typer.echo(asyncio.run(demo_data.load(urls.database, wanted, shown=progress)))


@user.command("add")
def user_add(
    username: str,
    role: Annotated[str, typer.Option(help="attendant, operator ou admin")] = "attendant",
    name: Annotated[str, typer.Option(help="Nome que aparece no console.")] = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Adds an account of the console."""

    async def add(session: AsyncSession, now: datetime) -> None:
        await access.add_account(
            session, username=username, name=name, role=role, password=password, actor=SYSTEM, now=now
        )

    in_the_database(add)
    typer.echo(f"Conta {username} criada.")


def main() -> None:
    """Entry point: what went wrong is told in one Portuguese sentence, without a traceback."""
    try:
        app()
    except ZeloError as error:
        typer.echo(f"Erro: {error.message}", err=True)
        sys.exit(1)
