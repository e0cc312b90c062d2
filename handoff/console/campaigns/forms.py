"""What an operator does with a campaign: columns, approval, stop, resume, end, discard. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend.delinquency.campaigns import verbs
from backend.delinquency.lists import verbs as lists
from backend.delinquency.lists.columns import TITLES
from backend.delinquency.tables import Campaign
from backend.errors import InvalidInput
from backend.identifiers import plain
from backend.store.clock import local
from handoff.console.campaigns import page, plan_form, words
from handoff.console.campaigns.page import Fields
from handoff.console.session import Supervisor, Visitor
from handoff.whatsapp.templates import Template

NO_COLUMN = "-"

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.post("/columns")
async def confirm_columns(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Says which column holds what; the worker reads the list then."""

    async def verb(session: AsyncSession, campaign: Campaign, fields: Fields) -> str:
        chosen = {name: _column(fields.get(f"column-{name}", NO_COLUMN)) for name in TITLES}
        await lists.confirm_columns(session, campaign=campaign, columns=chosen, actor=visitor.actor, now=visitor.now)
        return "Colunas confirmadas. A planilha está sendo lida."

    return await page.write(request, visitor, campaign_id, "columns", verb)


@router.post("/approve")
async def approve(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Starts the campaign with the plan that was previewed, and the operator's statement about Meta's approval."""

    async def verb(session: AsyncSession, campaign: Campaign, fields: Fields) -> str:
        plan = plan_form.read_plan(fields, today=local(visitor.now).date())
        _check_template(page.template_of(request, plan))
        await verbs.approve(
            session, campaign=campaign, plan=plan,
            stated=plain(fields.get("statement", "")).strip(" .") == words.I_DECLARE,
            actor=visitor.actor, now=visitor.now,
        )  # fmt: skip
        return "Campanha aprovada. As mensagens saem nos horários do plano."

    return await page.write(request, visitor, campaign_id, "approve", verb)


@router.post("/stop")
async def stop(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Sends nothing more until it is resumed; who answers is still attended to."""
    said = "Campanha pausada. Nada mais sai até você retomar."
    return await _just(request, visitor, campaign_id, verbs.stop, said=said)


@router.post("/resume")
async def resume(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Goes on where it was stopped."""
    return await _just(request, visitor, campaign_id, verbs.resume, said="Campanha retomada.")


@router.post("/end")
async def end(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Ends it for good; who was not reached goes on to the other means."""
    return await _just(request, visitor, campaign_id, verbs.end, said="Campanha encerrada.")


@router.post("/discard")
async def discard(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Throws a list away that was never approved."""
    return await _just(request, visitor, campaign_id, verbs.discard, said="Lista descartada.", gone=True)


async def _just(
    request: Request,
    visitor: Visitor,
    campaign_id: UUID,
    deed: Callable[..., Awaitable[None]],
    *,
    said: str,
    gone: bool = False,
) -> Response:
    """A verb that asks for nothing but the campaign."""

    async def verb(session: AsyncSession, campaign: Campaign, _: Fields) -> str:
        await deed(session, campaign=campaign, actor=visitor.actor, now=visitor.now)
        return said

    return await page.write(request, visitor, campaign_id, deed.__name__, verb, gone=gone)


def _check_template(template: Template | None) -> None:
    """InvalidInput where the plan's template cannot leave as one. [rule 6]"""
    if template is None or not template.content_sid:
        raise InvalidInput(
            "O modelo de mensagem ainda não tem o código da Twilio (ContentSid). Sem ele, nada pode sair.",
            detail="template without a ContentSid",
        )


def _column(text: str) -> int | None:
    if text in {"", NO_COLUMN}:
        return None
    if not text.isdecimal():
        raise InvalidInput("Escolha as colunas outra vez.", detail="column")
    return int(text)
