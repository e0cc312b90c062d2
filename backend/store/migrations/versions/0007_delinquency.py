"""Delinquency: cases with their evidence, contacts and notices; finance's lists and the calls made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

stamp = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Forward."""
    _campaign()
    _delinquency_case()
    _number_mark()
    _campaign_row()
    _delinquency_decision()
    _delinquency_evidence()
    _contact_attempt()
    _delinquency_notice()
    _columns()


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="uploaded", nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), server_default="", nullable=False),
        sa.Column("header_line", sa.Integer(), server_default="0", nullable=False),
        sa.Column("headers", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("sample", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("columns", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("lines_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lines_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("plan", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", stamp, nullable=False),
        sa.Column("approved_by", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_at", stamp, nullable=True),
        sa.Column("stopped_at", stamp, nullable=True),
        sa.Column("ended_at", stamp, nullable=True),
        sa.CheckConstraint(
            "state in ('uploaded', 'columns', 'reading', 'read', 'running', 'stopped', 'ended', 'refused')",
            name=op.f("ck_campaign_state"),
        ),
        sa.CheckConstraint(
            "state not in ('running', 'stopped', 'ended') OR approved_by <> ''", name=op.f("ck_campaign_approved")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )


def _delinquency_case() -> None:
    op.create_table(
        "delinquency_case",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contract_id", sa.UUID(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("opened_at", stamp, nullable=False),
        sa.Column("closed_at", stamp, nullable=True),
        sa.Column("closed_as", sa.Text(), server_default="", nullable=False),
        sa.Column("negotiated_at", stamp, nullable=True),
        sa.Column("evidence_head", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence_length", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("closed_as in ('', 'settled', 'ended')", name=op.f("ck_delinquency_case_closed_as")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_delinquency_case_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_delinquency_case_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delinquency_case")),
    )
    op.create_index("ix_delinquency_case_beneficiary_id", "delinquency_case", ["beneficiary_id"], unique=False)
    op.create_index("ix_delinquency_case_contract_id", "delinquency_case", ["contract_id"], unique=False)
    op.create_index(
        "uq_delinquency_case_open",
        "delinquency_case",
        ["contract_id"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )


def _number_mark() -> None:
    op.create_table(
        "number_mark",
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("marked_at", stamp, nullable=False),
        sa.Column("marked_by", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("mark in ('not_his', 'deceased', 'stopped')", name=op.f("ck_number_mark_mark")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_number_mark_beneficiary_id")),
        sa.PrimaryKeyConstraint("beneficiary_id", "number", name=op.f("pk_number_mark")),
    )


def _campaign_row() -> None:
    op.create_table(
        "campaign_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("full_name", sa.Text(), server_default="", nullable=False),
        sa.Column("cpf", sa.Text(), server_default="", nullable=False),
        sa.Column("listed_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("listed_days", sa.Integer(), nullable=True),
        sa.Column("beneficiary_id", sa.UUID(), nullable=True),
        sa.Column("contract_id", sa.UUID(), nullable=True),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_at", stamp, nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("already_cancelled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("inbound", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("attendant", sa.Text(), server_default="", nullable=False),
        sa.Column("remarks", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", stamp, nullable=True),
        sa.Column("delivered_at", stamp, nullable=True),
        sa.Column("read_at", stamp, nullable=True),
        sa.Column("answered_at", stamp, nullable=True),
        sa.Column("identified_at", stamp, nullable=True),
        sa.Column("notified_at", stamp, nullable=True),
        sa.Column("paid_at", stamp, nullable=True),
        sa.Column("negotiated_at", stamp, nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'calling', 'answered', 'done', 'left_out')", name=op.f("ck_campaign_row_state")
        ),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_campaign_row_beneficiary_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_row_campaign_id")),
        sa.ForeignKeyConstraint(["case_id"], ["delinquency_case.id"], name=op.f("fk_campaign_row_case_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_campaign_row_contract_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_campaign_row_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_row")),
    )
    op.create_index("ix_campaign_row_beneficiary_id", "campaign_row", ["beneficiary_id"], unique=False)
    op.create_index("ix_campaign_row_case_id", "campaign_row", ["case_id"], unique=False)
    op.create_index(
        "ix_campaign_row_contract_id",
        "campaign_row",
        ["contract_id"],
        unique=False,
        postgresql_where="contract_id IS NOT NULL",
    )
    op.create_index(
        "ix_campaign_row_conversation_id",
        "campaign_row",
        ["conversation_id"],
        unique=False,
        postgresql_where="conversation_id IS NOT NULL",
    )
    op.create_index(
        "ix_campaign_row_due",
        "campaign_row",
        ["campaign_id", "next_at"],
        unique=False,
        postgresql_where="state in ('waiting', 'calling')",
    )
    op.create_index("ix_campaign_row_number", "campaign_row", ["number"], unique=False, postgresql_where="number <> ''")
    op.create_index("uq_campaign_row_campaign_id_line", "campaign_row", ["campaign_id", "line"], unique=True)


def _delinquency_decision() -> None:
    op.create_table(
        "delinquency_decision",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", stamp, nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint("decision in ('keep', 'cancel', 'wait')", name=op.f("ck_delinquency_decision_decision")),
        sa.ForeignKeyConstraint(["case_id"], ["delinquency_case.id"], name=op.f("fk_delinquency_decision_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delinquency_decision")),
        sa.UniqueConstraint("request_key", name=op.f("uq_delinquency_decision_request_key")),
    )
    op.create_index("ix_delinquency_decision_case_id", "delinquency_decision", ["case_id", "decided_at"], unique=False)


def _delinquency_evidence() -> None:
    op.create_table(
        "delinquency_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", stamp, nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("link_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["delinquency_case.id"], name=op.f("fk_delinquency_evidence_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delinquency_evidence")),
        sa.UniqueConstraint("link_key", name=op.f("uq_delinquency_evidence_link_key")),
    )
    op.create_index(
        "uq_delinquency_evidence_case_id_ordinal", "delinquency_evidence", ["case_id", "ordinal"], unique=True
    )


def _contact_attempt() -> None:
    op.create_table(
        "contact_attempt",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("campaign_row_id", sa.BigInteger(), nullable=True),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("made_at", stamp, nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("registered", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="planned", nullable=False),
        sa.Column("outcome_at", stamp, nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("settled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("remarks", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Text(), server_default="", nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint("means in ('whatsapp', 'email', 'call', 'letter')", name=op.f("ck_contact_attempt_means")),
        sa.ForeignKeyConstraint(
            ["campaign_row_id"], ["campaign_row.id"], name=op.f("fk_contact_attempt_campaign_row_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["delinquency_case.id"], name=op.f("fk_contact_attempt_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempt")),
        sa.UniqueConstraint("request_key", name=op.f("uq_contact_attempt_request_key")),
    )
    op.create_index("ix_contact_attempt_campaign_row_id", "contact_attempt", ["campaign_row_id"], unique=False)
    op.create_index("ix_contact_attempt_case_id", "contact_attempt", ["case_id", "made_at"], unique=False)
    op.create_index("ix_contact_attempt_made_at", "contact_attempt", ["made_at"], unique=False)
    op.create_index("ix_contact_attempt_message_id", "contact_attempt", ["message_id"], unique=False)
    op.create_index(
        "ix_contact_attempt_open", "contact_attempt", ["made_at"], unique=False, postgresql_where="NOT settled"
    )
    op.create_index(
        "ix_contact_attempt_unsent", "contact_attempt", ["made_at"], unique=False,
        postgresql_where="outcome in ('expired', 'withdrawn')",
    )  # fmt: skip


def _delinquency_notice() -> None:
    op.create_table(
        "delinquency_notice",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("campaign_row_id", sa.BigInteger(), nullable=True),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("registered", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("fees", postgresql.JSONB(), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("document_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("document_name", sa.Text(), server_default="", nullable=False),
        sa.Column("turn_id", sa.UUID(), nullable=True),
        sa.Column("told_at", stamp, nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="none", nullable=False),
        sa.Column("answer_text", sa.Text(), server_default="", nullable=False),
        sa.Column("answer_turn_id", sa.UUID(), nullable=True),
        sa.Column("answered_at", stamp, nullable=True),
        sa.Column("answered_by", sa.Text(), server_default="", nullable=False),
        sa.Column("answer_registered", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("confirms", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("proof", sa.Text(), server_default="", nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=True),
        sa.Column("why", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("settled_at", stamp, nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "means in ('whatsapp', 'email', 'call', 'letter')", name=op.f("ck_delinquency_notice_means")
        ),
        sa.CheckConstraint(
            "counts IS NOT TRUE OR (notice_on IS NOT NULL AND deadline IS NOT NULL)",
            name=op.f("ck_delinquency_notice_dated"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_delinquency_notice_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_row_id"], ["campaign_row.id"], name=op.f("fk_delinquency_notice_campaign_row_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["delinquency_case.id"], name=op.f("fk_delinquency_notice_case_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_delinquency_notice_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delinquency_notice")),
        sa.UniqueConstraint("request_key", name=op.f("uq_delinquency_notice_request_key")),
    )
    op.create_index("ix_delinquency_notice_case_id", "delinquency_notice", ["case_id", "told_at"], unique=False)
    op.create_index("ix_delinquency_notice_protocol_id", "delinquency_notice", ["protocol_id"], unique=False)
    op.create_index(
        "ix_delinquency_notice_unsettled",
        "delinquency_notice",
        ["told_at"],
        unique=False,
        postgresql_where="settled_at IS NULL",
    )


def _columns() -> None:
    op.add_column("contract", sa.Column("adapted_on", sa.Date(), nullable=True))
    op.add_column("contract", sa.Column("arrears_clause", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("invoice", sa.Column("excused", sa.Text(), server_default="", nullable=False))
    op.add_column("message", sa.Column("delivered_at", stamp, nullable=True))
    op.add_column("message", sa.Column("read_at", stamp, nullable=True))
    op.add_column("outbox", sa.Column("not_after", stamp, nullable=True))
    op.add_column("identity_check", sa.Column("named", sa.Text(), server_default="", nullable=False))
