"""Who the person is: the register on one page, searching it, and vouching for an identity. [rules 2 and 10]"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend import audit, beneficiaries, plans
from backend.beneficiaries import Beneficiary
from backend.contracts import contract_of
from handoff.console.panel import Fields, Panel, Section, hand_of, identifier, key_of, show, typed
from handoff.console.session import Signed
from handoff.conversations.tables import Contact
from handoff.desk import vouching

router = APIRouter(prefix="/conversations/{conversation_id}/person")


async def _registration(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:
    """The register of the shown person; and, for who has the conversation, ways to find the right one."""
    words = fields.get("q", "").strip()
    found: dict[str, Any] = {"q": words, "found": [], "candidates": [], "record": None, "facts": vouching.FACTS}
    if panel.acts:
        found |= await _search(session, panel, words)
    if panel.person is not None:
        found["record"] = await _record(session, panel, panel.person)
    return found


async def _search(session: AsyncSession, panel: Panel, words: str) -> dict[str, Any]:
    """Whom the words find, and who has the telephone while nobody is known; whose names were shown is on record."""
    contact = await session.get_one(Contact, panel.conversation.contact_id)
    unknown = panel.person is None and contact.phone
    candidates = await beneficiaries.by_phone(session, contact.phone) if unknown else []
    found = await beneficiaries.search(session, words) if words else []
    shown = {one.id for one in (*candidates, *found)}
    if shown:
        audit.record(
            session, "console.search", ("conversation", panel.conversation.id), actor=panel.visitor.actor,
            now=panel.now, found=sorted(map(str, shown)),
        )  # fmt: skip
    return {"found": found, "candidates": candidates}


async def _record(session: AsyncSession, panel: Panel, person: Beneficiary) -> dict[str, Any]:
    family = await beneficiaries.family_of(session, person)
    contract = await contract_of(session, person)
    return {
        "age": beneficiaries.age(person, panel.today),
        "covered": beneficiaries.is_covered(person, panel.today),
        "phones": await beneficiaries.phones_of(session, person.id),
        "contract": contract,
        "plan": await plans.information(session, person, today=panel.today),
        "family": [
            (other, beneficiaries.age(other, panel.today)) for other in family if other.id != person.id
        ],
    }  # fmt: skip


SECTION = Section("registration", _registration)


@router.post("/vouch")
async def vouch(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """The attendant asked the facts himself, and says who it is."""
    fields, form = await typed(request), await request.form()
    who = identifier(fields.get("who", ""))
    facts = [str(fact) for fact in form.getlist("fact")]
    async with hand_of(request, visitor, conversation_id, key_of(fields, "vouch", who)) as hand:
        await vouching.vouch(hand, beneficiary_id=who, facts=facts, seen=fields.get("seen", ""))
    done = "Identidade confirmada. Fica registrado que foi você quem perguntou."
    return await show(request, visitor, conversation_id, SECTION, {}, done=done)
