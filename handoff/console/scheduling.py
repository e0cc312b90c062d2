"""Appointments in the panel: what is booked, and the agenda from search to the last message. [processes.md 1]"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend import beneficiaries
from backend.beneficiaries import is_covered, may_act_for
from backend.errors import InvalidInput, NotFound, Taken, ZeloError
from backend.scheduling import booking, search, waiting
from backend.scheduling.rules import Vacancy, last_day
from backend.store.clock import local
from backend.vocabulary import every_specialty, specialty
from handoff.console import looking
from handoff.console.looking import Looking, read_looking
from handoff.console.panel import Fields, Panel, Section, hand_of, identifier, key_of, optional, show, typed
from handoff.console.session import Signed
from handoff.desk import scheduling as desk
from handoff.desk.scheduling import Held

router = APIRouter(prefix="/conversations/{conversation_id}")


async def _appointments(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:  # noqa: ARG001
    """What is to come, what the person waits for, what was."""
    if panel.person is None:
        return {"upcoming": [], "waiting": [], "past": []}
    person = panel.person
    return {
        "upcoming": await booking.upcoming(session, [person.id], now=panel.now, limit=20),
        "waiting": await waiting.of_person(session, person.id),
        "past": await desk.past(session, person.id, now=panel.now),
    }


async def _agenda(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:
    """The form, what was found, and what this conversation holds."""
    asked = await read_looking(session, panel, fields)
    held = await desk.held_here(session, panel.conversation.id, now=panel.now)
    found: dict[str, Any] = {
        "asked": asked, "specialties": every_specialty(), "cities": await looking.cities(session),
        "held": [await _held(session, panel, one, asked) for one in held],
        "family": await _family(session, panel), "days": [], "kind": "", "last_day": None,
    }  # fmt: skip
    if asked.wish is not None:
        offer = await search.find(session, asked.wish, now=panel.now, count=desk.SHOWN)
        kind = "other_days" if offer.other_days else "other_doctors" if offer.other_doctors else "other_cities"
        found |= {
            "days": [(day, list(found)) for day, found in groupby(offer.exact or offer.nearest, key=_day)],
            "kind": "exact" if offer.exact else kind if offer.nearest else "none",
            "last_day": _term(panel, asked) if offer.too_late else None,
        }
    return found


async def _held(session: AsyncSession, panel: Panel, held: Held, asked: Looking) -> dict[str, Any]:
    """A hold with what booking it needs: for whom, and which appointment it is to replace."""
    person = await beneficiaries.get(session, held.visit.appointment.beneficiary_id)
    until = held.visit.appointment.held_until
    return {
        "visit": held.visit, "person": person, "over": until is not None and until <= panel.now,
        "replaces": await booking.upcoming(session, [person.id], now=panel.now) if held.moves else [],
        "moving": asked.form["moving"],
    }  # fmt: skip


async def _family(session: AsyncSession, panel: Panel) -> list[tuple[Any, bool]]:
    """Who of the contract may be booked for, and whether the attendant has to decide. [rule 10]"""
    if panel.speaker is None:
        return []
    family = await beneficiaries.family_of(session, panel.speaker)
    covered = [one for one in family if is_covered(one, panel.today)]
    return [(one, not may_act_for(panel.speaker, one, panel.today)) for one in covered]


def _day(vacancy: Vacancy) -> date:
    return local(vacancy.starts_at).date()


def _term(panel: Panel, asked: Looking) -> date:
    """The last day of RN 566's term, which the agenda cannot keep."""
    assert asked.wish is not None
    care = specialty(asked.wish.specialty).care_class
    return last_day(care, panel.today, state=asked.wish.state)


APPOINTMENTS = Section("appointments", _appointments)
AGENDA = Section("agenda", _agenda)


@router.post("/agenda/propose")
async def propose(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """Up to three vacancies as a message with numbered options; nothing is held."""
    fields, form = await typed(request), await request.form()
    slots = {identifier(str(slot)) for slot in form.getlist("slot")}
    try:
        async with hand_of(request, visitor, conversation_id, key_of(fields, "propose")) as hand:
            panel = Panel(visitor, hand.conversation, hand.identity, hand.identity.speaker, acts=True)
            asked = await read_looking(hand.session, panel, fields)
            if asked.wish is None:
                raise InvalidInput("Procure horários antes de propor.", detail="no wish")
            await desk.propose(hand, wish=asked.wish, slot_ids=slots)
    except (Taken, NotFound) as problem:
        return await _again(request, visitor, conversation_id, fields, problem)
    done = "Horários enviados. Nada fica reservado até a pessoa escolher."
    return await show(request, visitor, conversation_id, AGENDA, fields, done=done)


@router.post("/agenda/hold")
async def hold(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """One vacancy for ten minutes; a slot that is taken meanwhile is said, and the list looked up again."""
    fields = await typed(request)
    slot_id = identifier(fields.get("hold", ""))
    try:
        async with hand_of(request, visitor, conversation_id, key_of(fields, "hold", slot_id)) as hand:
            whom = optional(fields.get("whom", "")) or hand.speaker.id
            await desk.hold(
                hand, slot_id=slot_id, beneficiary_id=whom, moving=optional(fields.get("moving", "")),
                reason=fields.get("reason", ""),
            )  # fmt: skip
    except (Taken, NotFound) as problem:
        return await _again(request, visitor, conversation_id, fields, problem)
    return await show(
        request, visitor, conversation_id, AGENDA, fields, done="Horário reservado. Pergunte à pessoa e marque."
    )


@router.post("/agenda/wait")
async def wait(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """Onto the waiting list for what was looked for."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "wait")) as hand:
        panel = Panel(visitor, hand.conversation, hand.identity, hand.identity.speaker, acts=True)
        asked = await read_looking(hand.session, panel, fields)
        if asked.wish is None:
            raise InvalidInput("Escolha a especialidade antes da lista de espera.", detail="no wish")
        whom = optional(fields.get("whom", "")) or hand.speaker.id
        await desk.wait(hand, wish=asked.wish, beneficiary_id=whom, reason=fields.get("reason", ""))
    return await show(
        request, visitor, conversation_id, APPOINTMENTS, fields, done="Na lista de espera. Avisei a pessoa."
    )


@router.post("/holds/{appointment_id}/ask")
async def ask(request: Request, conversation_id: UUID, appointment_id: UUID, visitor: Signed) -> Response:
    """Asks the person whether the held time suits."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "ask", appointment_id)) as hand:
        await desk.ask(hand, appointment_id=appointment_id)
    return await show(request, visitor, conversation_id, AGENDA, fields, done="Pergunta enviada na conversa.")


@router.post("/holds/{appointment_id}/book")
async def book(request: Request, conversation_id: UUID, appointment_id: UUID, visitor: Signed) -> Response:
    """The person agreed: booked, or moved to it, and told."""
    fields = await typed(request)
    moving = optional(fields.get("moving", ""))
    try:
        async with hand_of(request, visitor, conversation_id, key_of(fields, "book", appointment_id)) as hand:
            await desk.book(hand, appointment_id=appointment_id, moving=moving)
    except (Taken, NotFound) as problem:
        return await _again(request, visitor, conversation_id, fields, problem)
    done = "Consulta remarcada e avisada." if moving else "Consulta marcada e avisada."
    return await show(request, visitor, conversation_id, APPOINTMENTS, fields, done=done)


@router.post("/holds/{appointment_id}/release")
async def release(request: Request, conversation_id: UUID, appointment_id: UUID, visitor: Signed) -> Response:
    """Lets go of what is held."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "release", appointment_id)) as hand:
        await desk.release(hand, appointment_id=appointment_id)
    return await show(request, visitor, conversation_id, AGENDA, fields, done="Horário liberado.")


@router.post("/appointments/{appointment_id}/cancel")
async def cancel(request: Request, conversation_id: UUID, appointment_id: UUID, visitor: Signed) -> Response:
    """Cancels what is booked and tells the person."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "cancel", appointment_id)) as hand:
        await desk.cancel(hand, appointment_id=appointment_id, reason=fields.get("reason", ""))
    return await show(request, visitor, conversation_id, APPOINTMENTS, fields, done="Consulta cancelada e avisada.")


@router.post("/waiting/{entry_id}/leave")
async def leave(request: Request, conversation_id: UUID, entry_id: UUID, visitor: Signed) -> Response:
    """Off the waiting list."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "leave", entry_id)) as hand:
        await desk.stop_waiting(hand, entry_id=entry_id, reason=fields.get("reason", ""))
    return await show(request, visitor, conversation_id, APPOINTMENTS, fields, done="Fora da lista de espera.")


async def _again(
    request: Request, visitor: Signed, conversation_id: UUID, fields: Fields, problem: ZeloError
) -> Response:
    """What could not be had, said above the agenda as it is now."""
    return await show(request, visitor, conversation_id, AGENDA, fields, problem=problem, status=409)
