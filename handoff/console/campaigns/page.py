"""A campaign's page: its columns, its reading, its plan, and how it goes; and how every form of it comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.delinquency import calling
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import OUTCOMES, verbs
from backend.delinquency.campaigns.preview import preview
from backend.delinquency.campaigns.verbs import STATEMENT
from backend.delinquency.lists.columns import NEEDED, TITLES
from backend.delinquency.tables import Campaign
from backend.errors import InvalidInput, NotAllowed, NotFound, Taken, ZeloError
from backend.greeting import greeting
from backend.settings import settings
from backend.store.clock import local
from handoff.console.campaigns import access, plan_form, words
from handoff.console.errors import status_of
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import key_of, typed
from handoff.console.session import Supervisor, Visitor, bell_of, store_of
from handoff.desk.collections import campaigns, once
from handoff.desk.collections.campaigns import Filters, Line
from handoff.desk.collections.funnel import funnel_of
from handoff.desk.collections.names import names_of
from handoff.whatsapp.templates import Template, Templates

Fields = Mapping[str, str]
Verb = Callable[[AsyncSession, Campaign, Fields], Awaitable[str]]
MOST_BAD = 10  # lines with a problem on the page itself; all of them are among the lines

router = APIRouter(prefix="/campaigns/{campaign_id}")


@dataclass(frozen=True, slots=True)
class Hours:
    """Until when messages leave now, None outside the plan's hours; when the next one may leave."""

    open_until: datetime | None = None
    opens_at: datetime | None = None


@router.get("")
async def show_campaign(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """A campaign: what is to be done next, or how it goes. A plan in the address is previewed."""
    return await show(request, visitor, campaign_id, dict(request.query_params))


@router.get("/progress")
async def show_progress(request: Request, campaign_id: UUID, visitor: Supervisor, state: str = "") -> Response:
    """The part that refreshes itself; where the campaign has moved on since `state`, the whole page is asked for."""
    async with store_of(request).unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        context = await _figures(session, visitor, campaign)
    address = f"/campaigns/{campaign_id}"
    if campaign.state != state:
        return Response(status_code=204, headers={"HX-Redirect": address})
    return page(request, "campaigns/campaign.html", context | _said(visitor), visitor=visitor, block="progress")


async def show(
    request: Request,
    visitor: Visitor,
    campaign_id: UUID,
    fields: Fields,
    *,
    done: str = "",
    problem: ZeloError | None = None,
) -> Response:
    """The page, or the part of it that htmx swaps, after a look, a deed or a refusal; what was typed stays."""
    fragment = wants_fragment(request)
    if done and not fragment:
        return RedirectResponse(f"/campaigns/{campaign_id}?done=1", status_code=303)
    async with store_of(request).unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        context = await _figures(session, visitor, campaign)
        context |= await _step(session, request, visitor, campaign, fields, refused=problem is not None)
        await access.note_look(session, visitor, ("campaign", campaign_id), again=fragment)
    problem = context.pop("unplanned") or problem
    context |= _said(visitor) | {
        "done": done or ("Feito." if fields.get("done") else ""), "problem": problem.message if problem else "",
        "fragment": fragment, "typed": fields, "key": str(uuid4()),
    }  # fmt: skip
    return page(
        request, "campaigns/campaign.html", context, visitor=visitor, block="campaign" if fragment else None,
        status=status_of(problem) if problem else 200,
    )  # fmt: skip


async def write(
    request: Request, visitor: Visitor, campaign_id: UUID, action: str, verb: Verb, *, gone: bool = False
) -> Response:
    """Carries a form out once and shows the page again; where it is refused, with what was typed.

    `gone`: afterwards there is no such campaign any more, and the list of campaigns is shown.
    """
    fields = await typed(request)
    try:
        key = key_of(fields, f"campaign_{action}", campaign_id)
        async with store_of(request).unit_of_work() as session:
            done = await once.made_before(session, key) or ""
            if not done:
                done = await verb(session, await verbs.get(session, campaign_id), fields)
                once.note_made(session, key, made=done, actor=visitor.actor, now=visitor.now)
    except (InvalidInput, Taken, NotAllowed) as problem:
        return await show(request, visitor, campaign_id, fields, problem=problem)
    await bell_of(request).ring("inbox", "outbox")
    if gone:
        return redirect(request, "/campaigns")
    return await show(request, visitor, campaign_id, {}, done=done)


def redirect(request: Request, address: str) -> Response:
    """Sends the browser on, whether htmx asked or the browser itself."""
    if wants_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def template_of(request: Request, plan: Plan) -> Template | None:
    """The template that a plan sends; None where the file has none of this name."""
    templates: Templates = request.app.state.templates
    try:
        return templates.get(plan.template)
    except NotFound:
        return None


async def _figures(session: AsyncSession, visitor: Visitor, campaign: Campaign) -> dict[str, Any]:
    hours = _hours(campaign, visitor.now) if campaign.state == "running" else Hours()
    return {"c": campaign, "reached": await funnel_of(session, campaign.id), "hours": hours}


def _hours(campaign: Campaign, now: datetime) -> Hours:
    plan = Plan.from_json(campaign.plan)
    try:
        return Hours(calling.closes_at(plan, now), calling.next_opening(plan, now))
    except InvalidInput:  # no moment in a year: its holidays and weekdays leave none
        return Hours()


async def _step(
    session: AsyncSession, request: Request, visitor: Visitor, campaign: Campaign, fields: Fields, *, refused: bool
) -> dict[str, Any]:
    """What the next step needs: the plan's form with its preview, the lines that are wrong."""
    plan, unplanned, looked = Plan.from_json(campaign.plan) if campaign.plan else _first_plan(), None, None
    written = plan_form.as_fields(plan)
    if campaign.state == "read" and plan_form.MARK in fields:
        written = {name: value for name, value in fields.items() if isinstance(value, str)}
        try:
            plan = plan_form.read_plan(fields, today=local(visitor.now).date())
            looked = await preview(session, campaign=campaign, plan=plan, now=visitor.now)
        except InvalidInput as problem:
            unplanned = None if refused else problem
    bad, count = await _bad_lines(session, campaign)
    return {
        "plan": plan, "written": written, "unplanned": unplanned, "preview": looked,
        "frozen": plan_form.as_fields(plan) if looked else {}, "template": template_of(request, plan),
        "first_message": _first_message(request, plan, visitor.now),
        "bad": bad[:MOST_BAD], "count_bad": count,
        "names": await names_of(session, [campaign.created_by, campaign.approved_by]),
    }  # fmt: skip


def _first_message(request: Request, plan: Plan, now: datetime) -> str:
    """What a person would read now, with a place for his name; empty where there is no such template."""
    template = template_of(request, plan)
    return template.fill(greeting(now).lower(), settings().operator_name, "[nome completo]") if template else ""


async def _bad_lines(session: AsyncSession, campaign: Campaign) -> tuple[Sequence[Line], int]:
    if campaign.state != "read":
        return [], 0
    return await campaigns.lines(session, campaign.id, Filters(bad=True))


def _first_plan() -> Plan:
    """What the form says before anybody typed: the settings' days of arrears."""
    return Plan(min_days=settings().campaign_from_day)


def _said(visitor: Visitor) -> dict[str, Any]:
    return {
        "states": words.CAMPAIGN_STATES, "row_states": words.ROW_STATES, "outcomes": OUTCOMES,
        "field_titles": TITLES, "needed": NEEDED, "weekdays": words.WEEKDAYS,
        "statement": STATEMENT, "i_declare": words.I_DECLARE, "now": visitor.now,
    }  # fmt: skip
