"""The day's sheet: once a day the protocols of coming of age and change of holder go to registration. [seed 000]

Each protocol is in one sheet, once: that of the day on which it was opened, or, where that sheet had left already, the
next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from backend import audit, mail
from backend.actor import SYSTEM, Actor
from backend.beneficiaries import Beneficiary
from backend.coming_of_age.tables import ComingOfAge
from backend.documents import checklist
from backend.documents.tables import Document
from backend.holder_change.tables import HolderChange
from backend.papers.daily_sheet import SheetRow, daily_sheet
from backend.papers.layout import printed_cpf, printed_date
from backend.protocols import steps
from backend.protocols.kinds import KINDS
from backend.protocols.machines import stage_title
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store import files
from backend.store.clock import local
from backend.store.tables import Base

KINDS_OF_SHEET: Final = ("coming_of_age", "holder_change")
DAYS_BACK: Final = 30
CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCUMENT_STATES: Mapping[str, str] = {"accepted": " (aceito)", "refused": " (recusado)"}


class DailySheet(Base):
    """A sheet that was made: its day (local), its file, how many protocols it has, the e-mail that took it along."""

    __tablename__ = "daily_sheet"
    __table_args__ = (CheckConstraint("protocols > 0", name="protocols"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    protocols: Mapped[int]
    made_at: Mapped[datetime]
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey("mail.id"))


class DailySheetLine(Base):
    """Which sheet a protocol is in. A protocol is in one alone, whoever makes sheets at the same time."""

    __tablename__ = "daily_sheet_line"

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"), primary_key=True)
    day: Mapped[date] = mapped_column(ForeignKey("daily_sheet.day"), index=True)


async def make_daily_sheet(session: AsyncSession, *, day: date, actor: Actor, now: datetime) -> DailySheet | None:
    """The sheet of a local day, made and sent to registration where it was not yet; None without a protocol for it.

    In it, in the order of their numbers: the protocols of `KINDS_OF_SHEET` that were opened on that day, and those of
    up to `DAYS_BACK` days before that are in no sheet. A sheet that is made is never changed: what comes later that day
    goes into the next one. Its e-mail leaves where `registration_email` is set; its file is kept either way.
    """
    await _alone(session)
    made = await session.get(DailySheet, day)
    if made is not None:
        return made
    protocols = await _unlisted(session, until=day)
    if not protocols:
        return None
    rows = await _rows(session, protocols, day)
    content = daily_sheet(day, rows, operator_name=settings().operator_name)
    sheet = DailySheet(
        day=day, sha256=files.keep(content), protocols=len(rows), made_at=now,
        mail_id=await _send(session, day, content, rows=len(rows), actor=actor, now=now),
    )  # fmt: skip
    session.add(sheet)
    await session.flush()
    session.add_all(DailySheetLine(protocol_id=protocol.id, day=day) for protocol in protocols)
    audit.record(
        session, "sheets.make", ("daily_sheet", day.isoformat()), actor=actor, now=now, protocols=len(rows),
        sha256=sheet.sha256,
    )  # fmt: skip
    await session.flush()
    return sheet


async def due(session: AsyncSession, *, now: datetime) -> int:
    """Makes the sheets that are missing, oldest first; gives how many it made.

    Those of up to `DAYS_BACK` days past, and the present day's from `daily_sheet_hour` (local) on.
    """
    await _alone(session)
    here = local(now)
    last = here.date() if here.hour >= settings().daily_sheet_hour else here.date() - timedelta(days=1)
    opened = {local(protocol.opened_at).date() for protocol in await _unlisted(session, until=last)}
    if not opened:
        return 0
    made = set(await session.scalars(select(DailySheet.day).where(DailySheet.day >= min(opened))))
    missing = days_to_make(opened, made, last=last)
    for day in missing:
        await make_daily_sheet(session, day=day, actor=SYSTEM, now=now)
    return len(missing)


def days_to_make(opened: set[date], made: set[date], *, last: date) -> list[date]:
    """The days whose sheets are to be made, in order, from the days on which protocols without a sheet were opened.

    A day's own sheet where it is not made; otherwise the next day's that is not, and nothing after `last`. Pure.
    """
    wanted: set[date] = set()
    for day in sorted(opened):
        sheet = day
        while sheet in made:
            sheet += timedelta(days=1)
        if sheet <= last:
            wanted.add(sheet)
    return sorted(wanted)


async def _alone(session: AsyncSession) -> None:
    """One hand at a time makes sheets, to its commit: two days made at once would both take what was left before."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('zelo.daily_sheet'))"))


async def _unlisted(session: AsyncSession, *, until: date) -> Sequence[Protocol]:
    """The protocols in no sheet, opened up to the end of a local day, in the order of their numbers."""
    listed = select(DailySheetLine).where(DailySheetLine.protocol_id == Protocol.id).exists()
    query = select(Protocol).where(
        Protocol.kind.in_(KINDS_OF_SHEET),
        Protocol.opened_at >= _beginning(until - timedelta(days=DAYS_BACK)),
        Protocol.opened_at < _beginning(until + timedelta(days=1)),
        ~listed,
    )
    return (await session.scalars(query.order_by(Protocol.number))).all()


def _beginning(day: date) -> datetime:
    """A local day's first moment."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings().timezone)).astimezone(UTC)


async def _rows(session: AsyncSession, protocols: Sequence[Protocol], day: date) -> list[SheetRow]:
    people = await _people(session, protocols)
    documents = await _documents(session, protocols)
    return [
        _row(sequence, protocol, people.get(protocol.id), documents.get(protocol.id, ""), day)
        for sequence, protocol in enumerate(protocols, 1)
    ]


def _row(
    sequence: int, protocol: Protocol, people: tuple[Beneficiary, Beneficiary] | None, documents: str, day: date
) -> SheetRow:
    opened_on = local(protocol.opened_at).date()
    person, holder = people or (None, None)
    return SheetRow(
        sequence=sequence,
        protocol_number=protocol.number,
        opened_at=protocol.opened_at,
        kind=KINDS[protocol.kind].title,
        holder_name=holder.shown_name if holder else "",
        person_name=person.shown_name if person else "",
        cpf=printed_cpf(person.cpf) if person else "",
        documents=documents,
        state=stage_title(protocol.kind, protocol.stage) or steps.title_of(protocol.state),
        remarks="" if opened_on == day else f"Aberto depois da planilha de {printed_date(opened_on)}",
    )


async def _people(session: AsyncSession, protocols: Sequence[Protocol]) -> dict[UUID, tuple[Beneficiary, Beneficiary]]:
    """Whom each protocol is about and who is, or was, his holder: who comes of age; who is to follow whom."""
    person, holder = aliased(Beneficiary), aliased(Beneficiary)
    about = func.coalesce(ComingOfAge.dependent_id, HolderChange.new_holder_id, Protocol.beneficiary_id)
    query = (
        select(Protocol.id, person, holder)
        .outerjoin(ComingOfAge, ComingOfAge.protocol_id == Protocol.id)
        .outerjoin(HolderChange, HolderChange.protocol_id == Protocol.id)
        .join(person, person.id == about)
        .join(holder, holder.id == func.coalesce(HolderChange.old_holder_id, person.holder_id, person.id))
        .where(Protocol.id.in_([protocol.id for protocol in protocols]))
    )
    return {protocol_id: (whose, answering) for protocol_id, whose, answering in await session.execute(query)}


async def _documents(session: AsyncSession, protocols: Sequence[Protocol]) -> dict[UUID, str]:
    """What was received under each protocol, in words: 'RG (aceito), CPF'."""
    query = (
        select(Document.protocol_id, Document.kind, Document.state)
        .where(Document.protocol_id.in_([protocol.id for protocol in protocols]))
        .order_by(Document.received_at, Document.id)
    )
    named: dict[UUID, list[str]] = {}
    for protocol_id, kind, state in await session.execute(query):
        named.setdefault(protocol_id, []).append(checklist.title_of(kind) + _DOCUMENT_STATES.get(state, ""))
    return {protocol_id: ", ".join(dict.fromkeys(titles)) for protocol_id, titles in named.items()}


async def _send(
    session: AsyncSession, day: date, content: bytes, *, rows: int, actor: Actor, now: datetime
) -> UUID | None:
    """Puts the sheet on its way to the registration team; None where no address is set."""
    address = settings().registration_email
    if not address:
        return None
    values = {
        "day": printed_date(day),
        "protocols": "1 protocolo" if rows == 1 else f"{rows} protocolos",
        "operator": settings().operator_name,
    }
    written = await mail.write_to_team(
        session, address=address, kind="daily_sheet", values=values,
        attached=[(content, f"protocolos-{day.isoformat()}.xlsx", CONTENT_TYPE)], request_key=f"daily_sheet:{day}",
        actor=actor, now=now,
    )  # fmt: skip
    return written.id
