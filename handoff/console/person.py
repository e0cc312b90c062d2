"""What stands beside a conversation: who the person is, what is open, who had the conversation. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from handoff.console import words
from handoff.conversations.tables import Conversation, OutboxRow, Ownership
from handoff.review.queries import Transcript


@dataclass(frozen=True, slots=True)
class OpenProtocol:
    """A protocol as the panel shows it; `due_at` None once it is closed."""

    number: str
    title: str
    state: str
    due_at: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Who had the conversation from when to when, and why it came to him."""

    owner: str
    kind: str
    since: datetime
    until: datetime | None
    reason: str
    summary: str


async def open_protocols(
    session: AsyncSession, transcript: Transcript, beneficiary: Beneficiary | None
) -> list[OpenProtocol]:
    """The conversation's protocols, then the verified person's latest others."""
    shown = [_protocol(protocol, here=True) for protocol in transcript.protocols]
    if beneficiary is not None:
        known = {protocol.number for protocol in shown}
        others = await protocols.of_beneficiary(session, beneficiary.id)
        shown += [_protocol(other, here=False) for other in others if other.number not in known]
    return shown


async def outbox_states(session: AsyncSession, conversation: Conversation) -> Mapping[int, str]:
    """Which of a conversation's messages are held or unsure, by message id."""
    rows = await session.execute(
        select(OutboxRow.message_id, OutboxRow.state).where(
            OutboxRow.conversation_id == conversation.id, OutboxRow.state.in_(("held", "unsure"))
        )
    )
    return {row.message_id: row.state for row in rows}


def periods(transcript: Transcript, titles: Mapping[str, str]) -> list[Period]:
    """Everybody who had the conversation, oldest first; before the first hand-over it was the assistant. Pure."""
    owners = list(transcript.owners)
    found = [_period(row, transcript.names, titles) for row in owners]
    if owners and owners[0].owner != "assistant":
        opened = transcript.conversation.opened_at
        found.insert(0, Period("Assistente", "assistant", opened, owners[0].since, "", ""))
    return found


def owner_name(kind: str, team: str | None, attendant: str, titles: Mapping[str, str]) -> str:
    """`Assistente`, `Fila Agendamento`, or the attendant's name. Pure."""
    if kind == "team":
        return f"Fila {titles.get(team or '', team or '')}"
    return attendant or "Atendimento" if kind == "attendant" else "Assistente"


def handed_over(found: Sequence[Period]) -> Period | None:
    """The latest period that came with words for whoever takes over. Pure."""
    return next((period for period in reversed(found) if period.summary or period.kind == "team"), None)


def _period(row: Ownership, names: Mapping[str, str], titles: Mapping[str, str]) -> Period:
    name = names.get(str(row.attendant_id), "")
    return Period(
        owner=owner_name(row.owner, row.team, name, titles),
        kind=row.owner,
        since=row.since,
        until=row.until,
        reason=words.reason(row.reason),
        summary=row.summary,
    )


def _protocol(row: Protocol, *, here: bool) -> OpenProtocol:
    kind = KINDS.get(row.kind)
    return OpenProtocol(
        number=row.number,
        title=kind.title if kind else row.kind,
        state=words.PROTOCOL_STATES.get(row.state, row.state),
        due_at=row.due_at if row.state != "closed" else None,
        here=here,
    )
