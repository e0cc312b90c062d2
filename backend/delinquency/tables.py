"""What is kept of arrears: cases with their evidence, contacts and notices; finance's lists and the calls made of them.

Conversations and messages are named by their ids alone: they are another room's.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.invoices.tables import REAIS
from backend.store.ids import new_id
from backend.store.tables import Base, JsonObject

_MEANS = "means in ('whatsapp', 'email', 'call', 'letter')"


class DelinquencyCase(Base):
    """One episode of arrears of a contract: opened at the first contact about it, closed when it is over.

    `beneficiary_id` answers for the contract. `evidence_head` is the digest of the chain's last link, of which there
    are `evidence_length`; both are in the audit as well, so that a chain cut short is noticed.
    """

    __tablename__ = "delinquency_case"
    __table_args__ = (
        Index("uq_delinquency_case_open", "contract_id", unique=True, postgresql_where="closed_at IS NULL"),
        CheckConstraint("closed_as in ('', 'settled', 'ended')", name="closed_as"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[str] = mapped_column(server_default="")
    negotiated_at: Mapped[datetime | None]
    evidence_head: Mapped[str] = mapped_column(server_default="")
    evidence_length: Mapped[int] = mapped_column(server_default="0")


class EvidenceLink(Base):
    """One link of a case's chain: `digest` is SHA-256 over ordinal, kind, time, content and the digest before it.

    Never changed, never deleted while its case is kept. `link_key` makes adding it again a no-op.
    """

    __tablename__ = "delinquency_evidence"
    __table_args__ = (Index("uq_delinquency_evidence_case_id_ordinal", "case_id", "ordinal", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("delinquency_case.id"))
    ordinal: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    content: Mapped[JsonObject]
    previous: Mapped[str]
    digest: Mapped[str]
    link_key: Mapped[str] = mapped_column(unique=True)


class ContactAttempt(Base):
    """One attempt to reach the person of a case. `number` is the campaign's attempt, 1 to 5, 0 for other contacts.

    `outcome`: planned, sent, delivered, read, answered, failed, expired (its hours were over first), withdrawn (paid,
    or stopped), no_answer, wrong_person, refused, confirmed, returned. `settled`: nothing more is expected of it.
    """

    __tablename__ = "contact_attempt"
    __table_args__ = (
        CheckConstraint(_MEANS, name="means"),
        Index("ix_contact_attempt_open", "made_at", postgresql_where="NOT settled"),
        Index("ix_contact_attempt_unsent", "made_at", postgresql_where="outcome in ('expired', 'withdrawn')"),
        Index("ix_contact_attempt_case_id", "case_id", "made_at"),
        Index("ix_contact_attempt_made_at", "made_at"),
        Index("ix_contact_attempt_campaign_row_id", "campaign_row_id"),
        Index("ix_contact_attempt_message_id", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("delinquency_case.id"))
    campaign_row_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_row.id"))
    means: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    made_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(server_default="")
    registered: Mapped[bool] = mapped_column(server_default="false")
    conversation_id: Mapped[UUID | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(server_default="planned")
    outcome_at: Mapped[datetime | None]
    error_code: Mapped[int | None]
    settled: Mapped[bool] = mapped_column(server_default="false")
    remarks: Mapped[str] = mapped_column(server_default="")
    made_by: Mapped[str] = mapped_column(server_default="")
    request_key: Mapped[str] = mapped_column(unique=True)


class Notice(Base):
    """The content of a notice as it was told once, the answer to it, and whether it counts (`rules.judge_contact`).

    `fees` are the unpaid ones that it named ({billing_month, due_on, amount, total, days}), `total` reais up to date
    on the day. `turn_id` is the turn in whose answer it was told, `answer_turn_id` the one that answered. `answered_by`
    says who that was (`rules.By`), `answer_registered` whether over a number of the register. `counts` is None until
    all of it is known; `notice_on` and `deadline` are there only where it counts.
    """

    __tablename__ = "delinquency_notice"
    __table_args__ = (
        CheckConstraint(_MEANS, name="means"),
        CheckConstraint("counts IS NOT TRUE OR (notice_on IS NOT NULL AND deadline IS NOT NULL)", name="dated"),
        Index("ix_delinquency_notice_case_id", "case_id", "told_at"),
        Index("ix_delinquency_notice_unsettled", "told_at", postgresql_where="settled_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("delinquency_case.id"))
    campaign_row_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_row.id"))
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"), index=True)
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"))
    means: Mapped[str]
    conversation_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(server_default="")
    registered: Mapped[bool] = mapped_column(server_default="false")
    fees: Mapped[list[JsonObject]]
    total: Mapped[Decimal] = mapped_column(REAIS)
    text: Mapped[str] = mapped_column(server_default="")
    document_sha256: Mapped[str] = mapped_column(server_default="")
    document_name: Mapped[str] = mapped_column(server_default="")
    turn_id: Mapped[UUID | None]
    told_at: Mapped[datetime]
    delivered: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(server_default="none")
    answer_text: Mapped[str] = mapped_column(server_default="")
    answer_turn_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(server_default="")
    answer_registered: Mapped[bool] = mapped_column(server_default="false")
    confirms: Mapped[bool] = mapped_column(server_default="false")
    proof: Mapped[str] = mapped_column(server_default="")
    counts: Mapped[bool | None]
    why: Mapped[list[str]] = mapped_column(server_default="[]")
    notice_on: Mapped[date | None]
    deadline: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    request_key: Mapped[str] = mapped_column(unique=True)


class CaseDecision(Base):
    """What a person decided about a case, and what he saw then. The program ends no plan, whatever stands here."""

    __tablename__ = "delinquency_decision"
    __table_args__ = (
        CheckConstraint("decision in ('keep', 'cancel', 'wait')", name="decision"),
        Index("ix_delinquency_decision_case_id", "case_id", "decided_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("delinquency_case.id"))
    decision: Mapped[str]
    reason: Mapped[str]
    seen: Mapped[JsonObject] = mapped_column(server_default="{}")
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    request_key: Mapped[str] = mapped_column(unique=True)


class NumberMark(Base):
    """A number that is never called again for this person: not his, or whoever has it asked for no more calls.

    `mark`: not_his, deceased, stopped.
    """

    __tablename__ = "number_mark"
    __table_args__ = (CheckConstraint("mark in ('not_his', 'deceased', 'stopped')", name="mark"),)

    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]
    marked_at: Mapped[datetime]
    marked_by: Mapped[str]
    said: Mapped[str] = mapped_column(server_default="")


class Campaign(Base):
    """A list of finance and what is done with it.

    uploaded → columns (guessed, to be confirmed) → reading → read → approved → running ⇄ stopped → ended; `refused`
    where the file is no list. `columns` says which column of the sheet holds what; `plan` is `calling.Plan` as JSON.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(
            "state in ('uploaded', 'columns', 'reading', 'read', 'running', 'stopped', 'ended', 'refused')",
            name="state",
        ),
        CheckConstraint("state not in ('running', 'stopped', 'ended') OR approved_by <> ''", name="approved"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="uploaded")
    file_sha256: Mapped[str]
    file_name: Mapped[str]
    sheet: Mapped[str] = mapped_column(server_default="")
    header_line: Mapped[int] = mapped_column(server_default="0")
    headers: Mapped[list[str]] = mapped_column(server_default="[]")
    sample: Mapped[list[JsonObject]] = mapped_column(server_default="[]")
    columns: Mapped[JsonObject] = mapped_column(server_default="{}")
    lines_total: Mapped[int] = mapped_column(server_default="0")
    lines_done: Mapped[int] = mapped_column(server_default="0")
    problem: Mapped[str] = mapped_column(server_default="")
    plan: Mapped[JsonObject] = mapped_column(server_default="{}")
    statement: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    approved_by: Mapped[str] = mapped_column(server_default="")
    approved_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CampaignRow(Base):
    """One line of finance's list, as it was given, and what came of it. `line` is the sheet's, from 1.

    `state`: waiting (to be called from `next_at` on), calling (an attempt is out), answered, done, left_out. `outcome`
    is the code of why it is done or left out (`campaigns.OUTCOMES`); `problem` what is wrong with the line itself.
    The moments are the funnel's.
    """

    __tablename__ = "campaign_row"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'calling', 'answered', 'done', 'left_out')", name="state"),
        Index("uq_campaign_row_campaign_id_line", "campaign_id", "line", unique=True),
        Index("ix_campaign_row_due", "campaign_id", "next_at", postgresql_where="state in ('waiting', 'calling')"),
        Index("ix_campaign_row_contract_id", "contract_id", postgresql_where="contract_id IS NOT NULL"),
        Index("ix_campaign_row_conversation_id", "conversation_id", postgresql_where="conversation_id IS NOT NULL"),
        Index("ix_campaign_row_number", "number", postgresql_where="number <> ''"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    line: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(server_default="[]")
    full_name: Mapped[str] = mapped_column(server_default="")
    cpf: Mapped[str] = mapped_column(server_default="")
    listed_amount: Mapped[Decimal | None] = mapped_column(REAIS)
    listed_days: Mapped[int | None]
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("delinquency_case.id"), index=True)
    problem: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    outcome: Mapped[str] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    next_at: Mapped[datetime | None]
    number: Mapped[str] = mapped_column(server_default="")
    conversation_id: Mapped[UUID | None]
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"))
    already_cancelled: Mapped[bool] = mapped_column(server_default="false")
    inbound: Mapped[bool] = mapped_column(server_default="false")
    attendant: Mapped[str] = mapped_column(server_default="")
    remarks: Mapped[str] = mapped_column(server_default="")
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    identified_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    negotiated_at: Mapped[datetime | None]
