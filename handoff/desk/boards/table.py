"""Which boards there are, who works them, and what a card and a column hold. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.errors import NotFound
from backend.protocols.machines import GATHERING, MACHINES
from backend.settings import settings
from backend.store.clock import local

SOON = timedelta(days=2)
Due = Literal["late", "today", "soon", "later"]


@dataclass(frozen=True, slots=True)
class Board:
    """A team's board. `teams` are those whose stages stand on it; `kinds` of request in the order of the filter."""

    code: str
    title: str
    teams: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def stages(self) -> dict[str, tuple[str, bool]]:
        """The columns: stage → title and whether it waits for the person, in the machines' order, ends left out."""
        found: dict[str, tuple[str, bool]] = {}
        for kind in self.kinds:
            machine = MACHINES[kind]
            for code, stage in machine.stages.items():
                if not stage.ended and (stage.team in self.teams or (not stage.team and self.code in self.teams[:1])):
                    found.setdefault(code, (stage.title, stage.waits_for_person))
        return found


AUTHORIZATIONS = "authorizations"
_TABLE = (
    Board("registration", "Cadastro", ("registration",), ("registration_update", "coming_of_age", "holder_change")),
    Board("medical_accounts", "Contas médicas", ("medical_accounts",), ("charge_dispute",)),
    Board("finance", "Financeiro", ("finance", "treasury"), ("payment_report", "charge_dispute")),
    Board("treasury", "Tesouraria", ("treasury",), ("charge_dispute",)),
    # its columns are an authorization's states (backend.procedures.states), not a machine's stages
    Board(AUTHORIZATIONS, "Guias", (AUTHORIZATIONS,), ()),
)
BOARDS = {board.code: board for board in _TABLE}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a board is narrowed to; empty means everything.

    `text` is a name, a protocol's number or a CPF; `due` `late` or `today`; `whose` `mine` (the conversation is the
    visitor's) or `free` (nobody has it). `stage` shows one column alone, from its `page` on (1 is the first).
    """

    text: str = ""
    kind: str = ""
    due: str = ""
    whose: str = ""
    stage: str = ""
    page: int = 1

    @property
    def narrow(self) -> bool:
        """Whether something is left out."""
        return bool(self.text or self.kind or self.due or self.whose)


@dataclass(frozen=True, slots=True)
class Card:
    """One request on a board. `asked` says it in one line; `new` and `refused` count its documents by state.

    `conversation_id` is the person's open conversation, if there is one; `attendant` who has it. `marks` are words
    that the desk should see at a glance. An authorization's card has its id, and perhaps no protocol.
    """

    protocol_id: UUID | None
    number: str
    kind: str
    stage: str
    person: str
    asked: str
    due_at: datetime
    due: Due
    since: datetime
    urgent: bool = False
    documents: int = 0
    new: int = 0
    refused: int = 0
    conversation_id: UUID | None = None
    attendant: str = ""
    authorization_id: UUID | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with how many stand there and the first of them: the urgent, then by deadline."""

    stage: str
    title: str
    waits_for_person: bool
    total: int
    cards: Sequence[Card] = field(default_factory=tuple)

    @property
    def gathers(self) -> bool:
        """Whether the assistant is still asking: of interest as a count alone."""
        return self.stage == GATHERING


@dataclass(frozen=True, slots=True)
class Load:
    """How much stands on a board: what waits for the desk, what for the person, and how much of both is overdue."""

    desk: int
    person: int
    late: int


def board_of(code: str) -> Board:
    """The board of this code; NotFound where there is none."""
    if code not in BOARDS:
        raise NotFound("Este quadro não existe.", detail="board")
    return BOARDS[code]


def boards_for(teams: frozenset[str], *, everything: bool) -> list[Board]:
    """The boards that somebody of these teams sees; of no team, or supervising, all of them."""
    return [board for board in _TABLE if everything or not teams or teams & set(board.teams)]


def end_of_day(now: datetime) -> datetime:
    """The first moment of the next local day."""
    tomorrow = local(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, tzinfo=ZoneInfo(settings().timezone))


def due_of(due_at: datetime, now: datetime) -> Due:
    """How near a deadline is: over, today, within two days, later."""
    if due_at < now:
        return "late"
    if due_at < end_of_day(now):
        return "today"
    return "soon" if due_at < end_of_day(now) + SOON else "later"
