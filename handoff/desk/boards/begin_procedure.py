"""A procedure that is asked for at the counter or by telephone, put on record by the desk. [processes.md 4; rule 8]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, events
from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, Taken
from backend.procedures import search, verbs
from backend.procedures.states import TITLES
from backend.procedures.tables import Authorization, Procedure
from backend.protocols import verbs as protocols
from backend.store.clock import local
from handoff.desk.boards.work import Work, short

MOST_FOUND = 8
_LONGEST_NAME = 120


async def people(session: AsyncSession, asker: Beneficiary, *, now: datetime) -> Sequence[Beneficiary]:
    """For whom he may ask: himself, and minors of a contract that he answers for, where the plan covers them."""
    today = local(now).date()
    family = await beneficiaries.family_of(session, asker)
    return [one for one in family if one.card_number and beneficiaries.may_act_for(asker, one, today)]


async def found(session: AsyncSession, words: str) -> Sequence[Procedure]:
    """What the catalogue has for a TUSS code or a name, best first; nothing for no words."""
    return [one.procedure for one in await search.find(session, words, limit=MOST_FOUND)] if words.strip() else []


async def request(work: Work, asker: Beneficiary, fields: Mapping[str, str]) -> str:
    """Puts the request on record, answered at once where nothing speaks against it; gives the sentence that says so.

    InvalidInput for a form that is not whole, Taken where the same is asked for already and nobody said that it is
    another one (`again`).
    """
    chosen = fields.get("person") or str(asker.id)
    person = next((one for one in await people(work.session, asker, now=work.now) if str(one.id) == chosen), None)
    if person is None:
        raise InvalidInput("Escolha para quem é o procedimento.", detail="person")
    procedure = await _procedure(work.session, fields.get("procedure", ""))
    doctor = short(fields.get("doctor", ""), _LONGEST_NAME)
    if fields.get("again") != "1":
        await _check_first(work.session, person.id, procedure)
    authorization = await verbs.request_authorization(
        work.session, person=person, procedure=procedure, protocol=work.protocol, urgent=fields.get("urgent") == "1",
        requesting_doctor=doctor, text="Pedido registrado pelo atendimento.", actor=work.actor, now=work.now,
    )  # fmt: skip
    await protocols.identify(
        work.session, protocol=work.protocol, beneficiary_id=person.id, actor=work.actor, now=work.now
    )
    return await _settle(work, authorization)


async def _settle(work: Work, authorization: Authorization) -> str:
    """Approved at once, or with the auditor: the person hears of either."""
    if authorization.state == "in_audit":
        await events.tell(
            work.session, kind="authorization_changed", beneficiary_id=authorization.beneficiary_id,
            subject_id=authorization.id, protocol_id=work.protocol.id, now=work.now,
            event_key=f"authorization:{authorization.id}:requested", state=authorization.state,
        )  # fmt: skip
    await verbs.settle_at_once(work.session, authorization=authorization, actor=work.actor, now=work.now)
    return f"Guia {authorization.number}: {TITLES[authorization.state]}. A pessoa vai saber."


async def _procedure(session: AsyncSession, code: str) -> Procedure:
    """The procedure of a code that is valid today."""
    known = next((one for one in await found(session, code) if one.code == code), None) if code.isdecimal() else None
    if known is None:
        raise InvalidInput("Procure e escolha o procedimento.", detail="procedure")
    return known


async def _check_first(session: AsyncSession, beneficiary_id: UUID, procedure: Procedure) -> None:
    other = await verbs.open_request_for(session, beneficiary_id=beneficiary_id, procedure_code=procedure.code)
    if other is not None:
        raise Taken(
            f"Já há um pedido em aberto deste procedimento, guia {other.number}. Se este é outro, marque abaixo.",
            detail="second request of a procedure",
        )
