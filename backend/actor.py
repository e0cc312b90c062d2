"""Who does something: every verb takes one, every audit row keeps one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["person", "assistant", "attendant", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` says what sort of hand it was; `id` which one, never a name or a telephone."""

    kind: ActorKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


ASSISTANT = Actor("assistant")
SYSTEM = Actor("system")


def attendant(account_id: object) -> Actor:
    """The actor of somebody who is signed in to the console."""
    return Actor("attendant", str(account_id))


def person(conversation_id: object) -> Actor:
    """The actor of whoever writes in a conversation."""
    return Actor("person", str(conversation_id))


def system(system_id: object) -> Actor:
    """The actor of one of the plan's other systems, which calls with a token of its own (`/api/v1`)."""
    return Actor("system", str(system_id))
