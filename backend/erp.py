"""What changed in the register and the plan's data: rows that leave as signed webhooks (handoff/dispatch/erp.py).

A row is written in the transaction of the change, so that a change that was undone tells nobody. Where no ERP is
configured the rows wait, and leave once one is. `values` are personal data: they go to the ERP and into no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend import audit
from backend.actor import Actor
from backend.store.tables import Base, JsonObject


class ErpChange(Base):
    """One change that the ERP is told of. ready → sent | failed; its id is the delivery's, however often it is sent.

    `next_try_at` is real time: from then on a worker may take it. `attempts` are those that ended in one kind of
    trouble, and begin anew with another. `problem` is a code, never what was sent.
    """

    __tablename__ = "erp_change"
    __table_args__ = (
        CheckConstraint("state in ('ready', 'sent', 'failed')", name="state"),
        Index("ix_erp_change_ready", "next_try_at", postgresql_where="state = 'ready'"),
        Index("ix_erp_change_subject", "subject_kind", "subject_id", "id", postgresql_where="state = 'ready'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    values: Mapped[JsonObject] = mapped_column(server_default="{}")
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="ready")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(server_default="")
    change_key: Mapped[str] = mapped_column(unique=True)


async def publish(
    session: AsyncSession,
    *,
    kind: str,
    subject: tuple[str, object],
    values: Mapping[str, object],
    change_key: str,
    now: datetime,
) -> None:
    """Notes a change for the ERP, once for a `change_key`, in the transaction of the change.

    `kind` is `<what>.<happened>` ('registration.updated'), `subject` its table's noun and id, `values` what JSON can
    hold. Changes of one subject leave in the order of their commits: whoever publishes a second one meanwhile waits
    for the first's transaction.
    """
    subject_kind, subject_id = subject[0], str(subject[1])
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"erp:{subject_kind}:{subject_id}", 0)))
    )
    statement = insert(ErpChange).values(
        kind=kind, subject_kind=subject_kind, subject_id=subject_id, values=dict(values), made_at=now,
        change_key=change_key,
    )  # fmt: skip
    await session.execute(statement.on_conflict_do_nothing(index_elements=["change_key"]))


@dataclass(frozen=True, slots=True)
class Standing:
    """How many changes wait for the ERP and since when (aware; None where none does), how many it refused for good."""

    waiting: int
    oldest: datetime | None
    failed: int


async def standing(session: AsyncSession) -> Standing:
    """What waits and what failed, for whoever watches."""
    ready, failed = ErpChange.state == "ready", ErpChange.state == "failed"
    counted = select(
        func.count().filter(ready), func.min(ErpChange.made_at).filter(ready), func.count().filter(failed)
    ).where(ErpChange.state != "sent")
    waiting, oldest, refused = (await session.execute(counted)).one()
    return Standing(waiting, oldest, refused)


async def send_again(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Puts every change that failed on its way anew, under its old id; gives how many."""
    again = (
        update(ErpChange)
        .where(ErpChange.state == "failed")
        .values(state="ready", attempts=0, problem="", next_try_at=func.clock_timestamp())
        .returning(ErpChange.id)
    )
    ids = (await session.execute(again)).scalars().all()
    for change_id in ids:
        audit.record(session, "erp.send_again", ("erp_change", change_id), actor=actor, now=now)
    return len(ids)
