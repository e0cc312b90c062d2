"""The way of a request through the house: its stages, who may move it on, and what each move tells the person. Pure.

A kind of request that is worked on a board has a `Machine` (`machines.py`); `moving.py` carries a move out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.actor import ActorKind
from backend.errors import InvalidInput, NotAllowed

PERSON: frozenset[ActorKind] = frozenset({"person", "assistant"})  # the assistant carries out what the person says
DESK: frozenset[ActorKind] = frozenset({"attendant"})
PROGRAM: frozenset[ActorKind] = frozenset({"system"})
BOTH = PERSON | DESK


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a request stands. `title` is what people read; `team` whose board it is on, empty for the kind's own.

    `waits_for_person`: the next step is the beneficiary's. `ended`: the protocol is closed with it.
    """

    title: str
    team: str = ""
    waits_for_person: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One way on. `label` is its button on the board; `tells` the text of data/responses/news.yml that the person gets,
    empty where nothing is told; `needs_reason` says that words for the person are asked for."""

    name: str
    sources: frozenset[str]
    target: str
    by: frozenset[ActorKind]
    label: str = ""
    tells: str = ""
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """All stages and moves of one kind of request."""

    kind: str
    start: str
    stages: Mapping[str, Stage]
    moves: tuple[Move, ...]
    by_name: Mapping[str, Move] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {move.name: move for move in self.moves})

    def check(self, present: str, name: str, by: ActorKind, *, reason: str = "") -> Move:
        """The move, where it may be made now by such a hand.

        InvalidInput for one that does not lead on from here or lacks its reason, NotAllowed where it is somebody
        else's: a program refuses nothing by itself. [rule 9]
        """
        move = self.by_name.get(name)
        if move is None or present not in move.sources:
            title = self.stages[present].title if present in self.stages else present
            raise InvalidInput(f"Este pedido está “{title}”, e daí não se faz isso.", detail=f"{name} from {present}")
        if by not in move.by:
            raise NotAllowed(detail=f"{name} by {by}")
        if move.needs_reason and not reason.strip():
            raise InvalidInput("Escreva o motivo, em palavras que a pessoa entenda.", detail="reason is empty")
        return move

    def can(self, present: str, name: str, by: ActorKind) -> bool:
        """Whether such a hand may make a move from a stage."""
        return any(move.name == name for move in self.possible(present, by))

    def possible(self, present: str, by: ActorKind) -> tuple[Move, ...]:
        """The moves that such a hand may make from a stage, in the table's order."""
        return tuple(move for move in self.moves if present in move.sources and by in move.by)
