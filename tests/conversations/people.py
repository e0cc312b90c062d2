"""Writing to the assistant as the demo's people do, and asking the database what came of it."""

from __future__ import annotations

from typing import Any

from tests.stack import Stack, eventually

ANA = "cpf 529.982.247-25, nasci em 12/03/1985, mãe Lúcia Rocha"
BRUNO_CPF = "111.444.777-35"
CARLOS = "390.533.447-05 02/11/1978 teresa nunes"
DEBORA = "15350946056, 15/08/1980, minha mãe é Marta Alves"
ELZA = "71459364295 nascida 30 de janeiro de 1949 mãe Joana Ferreira"
FABIO = "862.883.667-57, 7/7/90, Rita Teixeira"


def say(stack: Stack, phone: str, text: str, *, replies: int = 1, **more: object) -> list[str]:
    """Writes and waits for so many replies to it; gives them."""
    before = len(stack.received(phone))
    stack.write(phone, text, **more)
    return stack.answers(phone, before + replies)[before:]


def tell(stack: Stack, phone: str, text: str, **more: object) -> str:
    """Writes, waits until the turn is answered and its messages have left; gives all of them as one text."""
    before = len(stack.received(phone))
    stack.write(phone, text, **more)
    settled(stack, phone)
    return "\n".join(stack.received(phone)[before:])


def settled(stack: Stack, phone: str) -> None:
    """Waits until nothing that the phone wrote is pending and everything for it has been sent."""
    query = (
        "SELECT bool_and(m.state IN ('done', 'unsent'))"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.recipient = p.address AND o.state IN ('ready','sending','unsure'))"
        " AND NOT EXISTS (SELECT 1 FROM turn t JOIN conversation d ON d.id = t.conversation_id"
        "                  WHERE d.contact_id = p.id AND t.state = 'open')"
        " FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s GROUP BY p.id, p.address"
    )
    eventually(lambda: stack.rows(query, f"whatsapp:{phone}") == [(True,)], seconds=40, what="an answered turn")


def owner(stack: Stack, phone: str) -> tuple[str, str | None]:
    """Who has the phone's newest conversation: (owner, team)."""
    query = (
        "SELECT c.owner, c.team FROM conversation c JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s ORDER BY c.opened_at DESC LIMIT 1"
    )
    rows = stack.rows(query, f"whatsapp:{phone}")
    return rows[0] if rows else ("", None)


def protocols(stack: Stack, phone: str) -> list[tuple[str, str, str]]:
    """The phone's protocols, oldest first: (kind, state, number)."""
    query = (
        "SELECT r.kind, r.state, r.number FROM protocol r JOIN conversation c ON c.id = r.conversation_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s ORDER BY r.number"
    )
    return stack.rows(query, f"whatsapp:{phone}")


def of_protocols(stack: Stack, phone: str, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Rows of a table that belong to the phone's protocols, oldest first."""
    query = (
        f"SELECT {columns} FROM {table} x JOIN protocol r ON r.id = x.protocol_id"  # noqa: S608 (names of our own)
        " JOIN conversation c ON c.id = r.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s ORDER BY x.id"
    )
    return stack.rows(query, f"whatsapp:{phone}")


def summary(stack: Stack, phone: str) -> str:
    """What was handed over to the desk with the phone's conversation."""
    query = (
        "SELECT o.summary FROM ownership o JOIN conversation c ON c.id = o.conversation_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND o.owner = 'team' ORDER BY o.id DESC LIMIT 1"
    )
    rows = stack.rows(query, f"whatsapp:{phone}")
    return str(rows[0][0]) if rows else ""
