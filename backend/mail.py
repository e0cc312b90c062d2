"""E-mails to people of the register and to the plan's teams: rows that the worker sends (handoff/dispatch/mail.py).

A row names what is sent and holds its values; subject and text are composed from data/responses/mail.yml when it
leaves. Its files are kept by their content, as all files are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, NotFound
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.files import File
from backend.store.ids import new_id
from backend.store.tables import Base, JsonObject

_SHOWN = 2


class Mail(Base):
    """One e-mail. ready → sent | failed; its id makes the Message-ID, so that one sent twice is shown once.

    `beneficiary_id` is whose registered address it goes to; none where it goes to a team. `files` holds digests.
    `next_try_at` is real time: from then on a worker may take it. `problem` is a code, never an address.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("state in ('ready', 'sent', 'failed')", name="state"),
        Index("ix_mail_ready", "next_try_at", postgresql_where="state = 'ready'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"), index=True)
    recipient: Mapped[str]
    kind: Mapped[str]
    values: Mapped[JsonObject] = mapped_column(server_default="{}")
    files: Mapped[list[JsonObject]] = mapped_column(server_default="[]")
    state: Mapped[str] = mapped_column(server_default="ready")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    problem: Mapped[str] = mapped_column(server_default="")
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    request_key: Mapped[str] = mapped_column(unique=True)


async def write(
    session: AsyncSession,
    *,
    to: Beneficiary,
    kind: str,
    values: Mapping[str, object],
    attached: Sequence[tuple[bytes, str, str]] = (),
    protocol_id: UUID | None = None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> Mail:
    """Puts an e-mail to a person's registered address on its way, once for a request key; there is no other address.

    `attached` holds (bytes, name, type); `values` fill the text's places, to which the protocol's number is added as
    `number`. InvalidInput where the register has no address.
    """
    if not to.email:
        raise InvalidInput("Não há e-mail no cadastro.", detail="no registered e-mail")
    row = {"beneficiary_id": to.id, "recipient": to.email, "kind": kind, "protocol_id": protocol_id}
    return await _put(session, row, values, attached, request_key=request_key, actor=actor, now=now)


async def write_to_team(
    session: AsyncSession,
    *,
    address: str,
    kind: str,
    values: Mapping[str, object],
    attached: Sequence[tuple[bytes, str, str]] = (),
    protocol_id: UUID | None = None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> Mail:
    """Puts an e-mail to a team of the plan on its way, once for a request key; the address is a setting, never typed.

    `attached` holds (bytes, name, type); `values` fill the text's places. InvalidInput where the team has no address.
    """
    if not address.strip():
        raise InvalidInput("A equipe não tem e-mail configurado.", detail="no address of the team")
    row = {"recipient": address.strip(), "kind": kind, "protocol_id": protocol_id}
    return await _put(session, row, values, attached, request_key=request_key, actor=actor, now=now)


async def _put(
    session: AsyncSession,
    row: Mapping[str, object],
    values: Mapping[str, object],
    attached: Sequence[tuple[bytes, str, str]],
    *,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> Mail:
    kept = [asdict(File(files.keep(content), name, kind_of, len(content))) for content, name, kind_of in attached]
    number = await session.scalar(select(Protocol.number).where(Protocol.id == row["protocol_id"]))
    statement = insert(Mail).values(
        id=new_id(), **row, values=({"number": number} if number else {}) | dict(values), files=kept, made_at=now,
        request_key=request_key,
    )  # fmt: skip
    created = await session.scalar(statement.on_conflict_do_nothing(index_elements=["request_key"]).returning(Mail.id))
    mail = await session.scalar(select(Mail).where(Mail.request_key == request_key))
    if mail is None:
        raise NotFound(detail="mail vanished between insert and read")
    if created is not None:
        audit.record(session, "mail.write", ("mail", mail.id), actor=actor, now=now, kind=str(row["kind"]))
    return mail


async def standing(session: AsyncSession) -> tuple[int, int]:
    """How many e-mails wait to leave and how many failed for good, for whoever watches."""
    waiting, failed = (func.count().filter(Mail.state == state) for state in ("ready", "failed"))
    row = (await session.execute(select(waiting, failed).where(Mail.state != "sent"))).one()
    return row[0], row[1]


def masked(address: str) -> str:
    """An address as it is asked about: 'an***@exemplo.com', which its owner knows and nobody learns. Pure."""
    name, _, host = address.rpartition("@")
    return f"{name[: min(_SHOWN, len(name) - 1)]}***@{host}"
