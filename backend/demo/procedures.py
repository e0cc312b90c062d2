"""The demo's authorizations: one in each state, spread over Ana, Carlos, Elza and Fábio, each with its protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.calendar import add_business_days
from backend.demo.protocols import open_past
from backend.procedures import catalogue
from backend.procedures.rules import term_of, valid_until
from backend.procedures.tables import Authorization, AuthorizationStep, Procedure
from backend.protocols.tables import Protocol
from backend.protocols.verbs import close_protocol
from backend.settings import settings
from backend.store.clock import local
from backend.store.ids import new_id

AUDITOR = "Dra. Salete Queirós, médica auditora, CRM-MA 4207"
KEY = "demo:authorization:"
ANA, CARLOS, ELZA, FABIO = "52998224725", "39053344705", "71459364295", "86288366757"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an authorization's history: so many days before D, what it became, what the person may read."""

    days_ago: int
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """One authorization of the demo. Its steps are in order; the last one is its state."""

    key: str
    cpf: str
    procedure_code: str
    doctor: str
    steps: tuple[Step, ...]
    reason: str = ""
    missing: str = ""


REQUESTS = (
    Request("fabio-spine", FABIO, "30715016", "Dr. Danilo Baptistella", (
        Step(4, "requested", "Pedido recebido com laudo e exames."),
        Step(3, "in_audit", "Em análise na auditoria: envolve material especial (OPME)."),
    )),
    Request("elza-heart", ELZA, "40901076", "Dra. Helena Prado", (
        Step(1, "requested", "Pedido recebido."),
    )),
    Request("elza-cataract", ELZA, "30306027", "Dr. Lindolfo Serra", (
        Step(95, "requested", "Pedido recebido com laudo."),
        Step(94, "in_audit", "Em análise na auditoria."),
        Step(90, "approved", "Cirurgia autorizada, com a lente."),
        Step(71, "performed", "Cirurgia realizada."),
    )),
    Request("carlos-gallbladder", CARLOS, "31005101", "Dr. Péricles Amorim", (
        Step(6, "requested", "Pedido recebido."),
        Step(5, "in_audit", "Em análise na auditoria."),
        Step(3, "waiting_document", "Falta um documento para concluir a análise."),
    ), missing="Laudo da ultrassonografia do abdome"),
    Request("carlos-lipodystrophy", CARLOS, "30101190", "Dr. Rui Castelhano", (
        Step(20, "requested", "Pedido recebido."),
        Step(19, "in_audit", "Em análise na auditoria."),
        Step(15, "denied", "Pedido negado."),
    ), reason="O laudo descreve uma finalidade estética, e o seu contrato não cobre procedimentos estéticos."),
    Request("ana-knee", ANA, "41101227", "Dr. Otacílio Menezes", (
        Step(9, "requested", "Pedido recebido."),
        Step(8, "in_audit", "Em análise na auditoria."),
        Step(6, "approved", "Exame autorizado."),
    )),
    Request("ana-bones", ANA, "40808130", "Dra. Noêmia Bandeira", (
        Step(60, "requested", "Pedido recebido."),
        Step(60, "approved", "Exame autorizado."),
        Step(41, "performed", "Exame realizado."),
    )),
)  # fmt: skip
DECIDED = ("approved", "denied")
FINISHED = ("approved", "denied", "performed")


async def load_procedures(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Loads the catalogue and the authorizations that are not there yet; gives how many authorizations were added.

    Needs the people.
    """
    await catalogue.load(session)
    cpfs = {request.cpf for request in REQUESTS}
    rows = await session.scalars(select(Beneficiary).where(Beneficiary.cpf.in_(cpfs)))
    people = {person.cpf: person for person in rows}
    there = set(await session.scalars(select(Protocol.request_key).where(Protocol.request_key.startswith(KEY))))
    added = 0
    for order, request in enumerate(REQUESTS, 1):
        if KEY + request.key not in there and request.cpf in people:
            await _add(session, request, order, people[request.cpf], actor=actor, now=now)
            added += 1
    return added


async def _add(
    session: AsyncSession, request: Request, order: int, person: Beneficiary, *, actor: Actor, now: datetime
) -> None:
    procedure = await session.get_one(Procedure, request.procedure_code)
    times = [_moment(step, order, now) for order, step in enumerate(request.steps)]
    protocol = await open_past(
        session, kind="procedure_request", beneficiary_id=person.id, request_key=KEY + request.key,
        actor=actor, at=times[0],
    )  # fmt: skip
    authorization = Authorization(
        id=new_id(), number=f"{local(times[0]):%y%j}{order:07d}", beneficiary_id=person.id,
        procedure_code=procedure.code, protocol_id=protocol.id,
        requesting_doctor=request.doctor, state=request.steps[-1].state, requested_at=times[0],
        due_at=_due_at(procedure, times[0]), missing=request.missing,
    )  # fmt: skip
    for step, at in zip(request.steps, times, strict=True):
        _decide(authorization, request, step, procedure, at)
    session.add(authorization)
    await session.flush()
    for step, at in zip(request.steps, times, strict=True):
        session.add(
            AuthorizationStep(
                authorization_id=authorization.id, at=at, state=step.state, text=step.text, actor_kind=actor.kind,
                actor_id=actor.id,
            )
        )  # fmt: skip
    if authorization.state in FINISHED:
        decided = authorization.decided_at or times[-1]
        await close_protocol(session, protocol=protocol, actor=actor, now=decided)
    audit.record(session, "demo.add_authorization", ("authorization", authorization.id), actor=actor, now=now)


def _decide(authorization: Authorization, request: Request, step: Step, procedure: Procedure, at: datetime) -> None:
    if step.state not in DECIDED:
        return
    authorization.decided_at = at
    authorization.decided_by = AUDITOR
    if step.state == "approved":
        authorization.valid_until = valid_until(local(at).date(), coverage_ends_on=None)
    else:
        authorization.reason, authorization.clause = request.reason, procedure.clause


def _moment(step: Step, order: int, now: datetime) -> datetime:
    """Business hours of the step's day, in the order of the steps."""
    day = local(now).date() - timedelta(days=step.days_ago)
    return datetime.combine(day, time(9 + order, 10), tzinfo=ZoneInfo(settings().timezone)).astimezone(UTC)


def _due_at(procedure: Procedure, requested_at: datetime) -> datetime:
    """The last second of the term's last business day."""
    days = term_of(procedure, urgent=False)
    day = add_business_days(local(requested_at).date(), days, state=settings().holiday_state)
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(settings().timezone)).astimezone(UTC)
