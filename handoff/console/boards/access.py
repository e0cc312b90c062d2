"""Who sees a board and a protocol, who works them, and the trace that every look leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend import audit
from backend.audit import AuditRow
from backend.errors import NotAllowed, NotFound
from backend.protocols.kinds import KINDS
from backend.protocols.machines import MACHINES
from backend.protocols.tables import Protocol
from handoff.access.verbs import SIGNED_IN_FOR
from handoff.console.session import Visitor
from handoff.conversations.tables import Conversation
from handoff.desk.boards.table import BOARDS, Board, board_of

LOOK, DOCUMENT_LOOK = "console.protocol", "console.document"
ONE_LOOK = timedelta(minutes=10)
# The treasury's desk settles under finance's eyes: whose stages stand on a board, its team works. [processes.md 3]
_HELPERS = {team: frozenset(board.code for board in BOARDS.values() if team in board.teams) for team in
            {team for board in BOARDS.values() for team in board.teams}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A protocol that the visitor may read, with what he may do with it.

    `conversation` is the one that its contact has open now, or else the one in which it was opened, if any.
    """

    protocol: Protocol
    conversation: Conversation | None
    works: bool
    writes: bool

    @property
    def is_open(self) -> bool:
        """Whether the person's conversation is open now."""
        return self.conversation is not None and self.conversation.closed_at is None


def teams_of(protocol: Protocol) -> frozenset[str]:
    """The teams whose work a protocol is: where it stands now, and who helps there. Pure."""
    return frozenset({protocol.team}) | _HELPERS.get(protocol.team, frozenset())


def works_on(visitor: Visitor, teams: frozenset[str]) -> bool:
    """Whether the visitor decides there: he answers, and is of one of the teams, or of none. Pure."""
    return visitor.answers and (not visitor.teams or bool(visitor.teams & teams) or visitor.supervises)


def seen_board(visitor: Visitor, code: str) -> Board:
    """The board where the visitor may see it; NotFound or NotAllowed otherwise."""
    board = board_of(code)
    if visitor.supervises or not visitor.teams or visitor.teams & set(board.teams):
        return board
    raise NotAllowed("Este quadro é de outro setor.", detail="board of another team")


async def opened(session: AsyncSession, visitor: Visitor, protocol_id: UUID) -> Opened:
    """The protocol where the visitor may read it: his team's, his conversation's, or he supervises.

    NotFound or NotAllowed otherwise.
    """
    protocol = await session.get(Protocol, protocol_id, populate_existing=True)
    if protocol is None:
        raise NotFound("Este protocolo não existe.", detail="protocol")
    conversation = await _conversation(session, protocol)
    holds = conversation is not None and conversation.attendant_id == visitor.account.id
    reads = teams_of(protocol) | _teams_on_the_way(protocol)
    if not (visitor.supervises or not visitor.teams or visitor.teams & reads or holds):
        raise NotAllowed("Este protocolo está com outro setor.", detail="protocol of another team")
    works = works_on(visitor, teams_of(protocol))
    return Opened(protocol, conversation, works, works or (holds and visitor.answers))


def check_works(visitor: Visitor, found: Opened, *, writing: bool = False) -> None:
    """Lets pass who decides here (or, `writing`, adds to it); NotAllowed for who only reads. Pure."""
    if not visitor.answers:
        raise NotAllowed("O seu perfil só lê protocolos.", detail="role")
    if not (found.writes if writing else found.works):
        raise NotAllowed("Este protocolo é decidido por outro setor.", detail="protocol of another team")


def _teams_on_the_way(protocol: Protocol) -> frozenset[str]:
    """Who works such a request at one stage or another, and so reads it when it is past him. Pure."""
    own = {KINDS[protocol.kind].team} if protocol.kind in KINDS else set()
    machine = MACHINES.get(protocol.kind)
    return frozenset(own | {stage.team for stage in machine.stages.values() if stage.team} if machine else own)


async def _conversation(session: AsyncSession, protocol: Protocol) -> Conversation | None:
    if protocol.conversation_id is None:
        return None
    first, present = aliased(Conversation), aliased(Conversation)
    query = (
        select(present)
        .join(first, first.contact_id == present.contact_id)
        .where(first.id == protocol.conversation_id, present.closed_at.is_(None))
    )
    return await session.scalar(query) or await session.get(Conversation, protocol.conversation_id)


async def note_look(session: AsyncSession, visitor: Visitor, protocol_id: UUID, *, again: bool = False) -> None:
    """Writes that somebody looked at a protocol; a page that only refreshes itself (`again`) is one look."""
    if again and await _looked(session, visitor, LOOK, ("protocol", protocol_id), SIGNED_IN_FOR):
        return
    audit.record(session, LOOK, ("protocol", protocol_id), actor=visitor.actor, now=visitor.now)


async def note_document(session: AsyncSession, visitor: Visitor, document_id: UUID, **details: object) -> None:
    """Writes that somebody looked at a document; its pages within minutes are one look."""
    if not await _looked(session, visitor, DOCUMENT_LOOK, ("document", document_id), ONE_LOOK):
        subject = ("document", document_id)
        audit.record(session, DOCUMENT_LOOK, subject, actor=visitor.actor, now=visitor.now, **details)


async def _looked(
    session: AsyncSession, visitor: Visitor, action: str, subject: tuple[str, UUID], within: timedelta
) -> bool:
    row = exists().where(
        AuditRow.subject_kind == subject[0], AuditRow.subject_id == str(subject[1]), AuditRow.action == action,
        AuditRow.actor_id == visitor.actor.id, AuditRow.at > visitor.now - within,
    )  # fmt: skip
    return bool(await session.scalar(select(row)))


def ringing(found: Opened) -> list[str]:
    """Which ids open pages listen to: the conversation's, and the protocol's own. Pure."""
    return [*([str(found.conversation.id)] if found.conversation else []), str(found.protocol.id)]
