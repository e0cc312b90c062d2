"""Changes of the register under an attendant's hand: each accepted or refused, or all at once. [processes.md 2]"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, NotFound
from backend.registration import verbs as registration
from backend.registration.fields import FIELDS, shown
from backend.registration.tables import RegistrationChange
from backend.registration.writing import present
from handoff.desk.boards.work import Work, unchanged, written


@dataclass(frozen=True, slots=True)
class Row:
    """A change as the desk sees it. `present` is what the register says now where that is no longer the old value;
    `seen_old` carries it in the form, so that whoever accepts has seen it."""

    change: RegistrationChange
    title: str
    old: str
    new: str
    present: str
    seen_old: str

    @property
    def is_open(self) -> bool:
        """Whether it still has to be decided."""
        return self.change.state == "proposed"


async def rows(session: AsyncSession, protocol_id: object) -> list[Row]:
    """All changes of a protocol, beside what the register says now."""
    found = []
    for change in await registration.changes_of(session, protocol_id):  # type: ignore[arg-type]  # an id
        old, new = _parts(change.old), _parts(change.new)
        there = old
        if change.state == "proposed":
            person = await session.get_one(Beneficiary, change.beneficiary_id)
            there = await present(session, person, change.field, replaces=old.get("value", ""))
        title = FIELDS[change.field].title if change.field in FIELDS else change.field
        moved = there != old
        found.append(
            Row(change, title, shown(change.field, old), shown(change.field, new),
                shown(change.field, there) if moved else "", json.dumps(there) if moved else "")
        )  # fmt: skip
    return found


async def accept(work: Work, *, change_id: int, known: str, seen_old: str) -> str:
    """Accepts one change; Taken where somebody decided it, or the register moved, since the form was made."""
    change = await _change(work, change_id)
    if not work.repeated:
        unchanged(change.state, known)
        work.note("console.accept_change", change=change_id)
        await registration.accept(
            work.session, change=change, request_key=work.key, actor=work.actor, now=work.now, seen_old=_seen(seen_old)
        )
    return f"{_title(change)}: aceito."


async def refuse(work: Work, *, change_id: int, known: str, reason: str) -> str:
    """Refuses one change with its reason; Taken where somebody decided it since."""
    change = await _change(work, change_id)
    if not work.repeated:
        unchanged(change.state, known)
        why = written(reason, "Escreva o motivo, em palavras que a pessoa entenda.")
        work.note("console.refuse_change", change=change_id)
        await registration.refuse(
            work.session, change=change, reason=why, request_key=work.key, actor=work.actor, now=work.now
        )
    return f"{_title(change)}: recusado."


async def accept_all(work: Work, fields: Mapping[str, str]) -> str:
    """Accepts whatever is open still, all of it or, where one of them cannot be, nothing.

    `seen_old-<id>` is what the form showed where the register had moved.
    """
    if not work.repeated:
        work.note("console.accept_changes")
        for change in await registration.changes_of(work.session, work.protocol.id):
            if change.state == "proposed":
                seen_old = _seen(fields.get(f"seen_old-{change.id}", ""))
                await registration.accept(
                    work.session, change=change, request_key=f"{work.key}:{change.id}", actor=work.actor,
                    now=work.now, seen_old=seen_old,
                )  # fmt: skip
    return "Tudo aceito e gravado no cadastro."


async def _change(work: Work, change_id: int) -> RegistrationChange:
    change = await work.session.get(RegistrationChange, change_id, with_for_update=True, populate_existing=True)
    if change is None or change.protocol_id != work.protocol.id:
        raise NotFound("Esta mudança não é deste protocolo.", detail="change of another protocol")
    return change


def _title(change: RegistrationChange) -> str:
    return FIELDS[change.field].title.capitalize()


def _seen(typed: str) -> Mapping[str, str] | None:
    if not typed:
        return None
    try:
        found = json.loads(typed)
    except ValueError as error:
        raise InvalidInput("Recarregue a página e tente de novo.", detail="seen value") from error
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else None


def _parts(stored: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in stored.items()}
