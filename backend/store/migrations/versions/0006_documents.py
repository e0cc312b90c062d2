"""Documents under protocols, stages of requests, and the tables of the processes that ask for documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

stamp = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "erp_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("made_at", stamp, nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", stamp, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("sent_at", stamp, nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("change_key", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('ready', 'sent', 'failed')", name=op.f("ck_erp_change_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_change")),
        sa.UniqueConstraint("change_key", name=op.f("uq_erp_change_change_key")),
    )
    op.create_index(
        "ix_erp_change_ready", "erp_change", ["next_try_at"], unique=False, postgresql_where="state = 'ready'"
    )
    op.create_index(
        "ix_erp_change_subject",
        "erp_change",
        ["subject_kind", "subject_id", "id"],
        unique=False,
        postgresql_where="state = 'ready'",
    )
    op.create_table(
        "charge_dispute",
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("claimant_id", sa.UUID(), nullable=False),
        sa.Column("about_id", sa.UUID(), nullable=True),
        sa.Column("invoice_id", sa.UUID(), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("billing_month", sa.Date(), nullable=True),
        sa.Column("charged_for", sa.Text(), server_default="", nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Text(), server_default="chat", nullable=False),
        sa.Column("ruling", sa.Text(), server_default="", nullable=False),
        sa.Column("finding", sa.Text(), server_default="", nullable=False),
        sa.Column("proof_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("proof_name", sa.Text(), server_default="", nullable=False),
        sa.Column("proof_type", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", stamp, nullable=True),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("discount", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_at", stamp, nullable=True),
        sa.CheckConstraint("answer_by in ('chat', 'mail')", name=op.f("ck_charge_dispute_answer_by")),
        sa.CheckConstraint("discount in ('', 'current', 'future')", name=op.f("ck_charge_dispute_discount")),
        sa.CheckConstraint("ruling = '' OR decided_by <> ''", name=op.f("ck_charge_dispute_decision")),
        sa.CheckConstraint("ruling in ('', 'valid', 'improper')", name=op.f("ck_charge_dispute_ruling")),
        sa.ForeignKeyConstraint(["about_id"], ["beneficiary.id"], name=op.f("fk_charge_dispute_about_id")),
        sa.ForeignKeyConstraint(["claimant_id"], ["beneficiary.id"], name=op.f("fk_charge_dispute_claimant_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_charge_dispute_invoice_id")),
        sa.ForeignKeyConstraint(["item_id"], ["invoice_item.id"], name=op.f("fk_charge_dispute_item_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_charge_dispute_protocol_id")),
        sa.PrimaryKeyConstraint("protocol_id", name=op.f("pk_charge_dispute")),
    )
    op.create_index(op.f("ix_charge_dispute_claimant_id"), "charge_dispute", ["claimant_id"], unique=False)
    op.create_index(op.f("ix_charge_dispute_invoice_id"), "charge_dispute", ["invoice_id"], unique=False)
    op.create_table(
        "coming_of_age",
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("dependent_id", sa.UUID(), nullable=False),
        sa.Column("ready", sa.Text(), server_default="", nullable=False),
        sa.Column("ready_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["dependent_id"], ["beneficiary.id"], name=op.f("fk_coming_of_age_dependent_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_coming_of_age_protocol_id")),
        sa.PrimaryKeyConstraint("protocol_id", name=op.f("pk_coming_of_age")),
    )
    op.create_index(op.f("ix_coming_of_age_dependent_id"), "coming_of_age", ["dependent_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), server_default="1", nullable=False),
        sa.Column("previews", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("thumbnail", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", stamp, nullable=False),
        sa.Column("given_by_kind", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("decided_at", stamp, nullable=True),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' OR (reason <> '' AND decided_by <> '')", name=op.f("ck_document_refusal")
        ),
        sa.CheckConstraint("state in ('received', 'accepted', 'refused')", name=op.f("ck_document_state")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_document_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("protocol_id", "source", name=op.f("uq_document_protocol_id_source")),
    )
    op.create_index("ix_document_protocol_id", "document", ["protocol_id", "received_at"], unique=False)
    op.create_index("ix_document_sha256", "document", ["sha256"], unique=False)
    op.create_table(
        "holder_change",
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("contract_id", sa.UUID(), nullable=False),
        sa.Column("old_holder_id", sa.UUID(), nullable=False),
        sa.Column("new_holder_id", sa.UUID(), nullable=False),
        sa.Column("deceased", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("form_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("done_at", stamp, nullable=True),
        sa.CheckConstraint("old_holder_id <> new_holder_id", name=op.f("ck_holder_change_other")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_holder_change_contract_id")),
        sa.ForeignKeyConstraint(["new_holder_id"], ["beneficiary.id"], name=op.f("fk_holder_change_new_holder_id")),
        sa.ForeignKeyConstraint(["old_holder_id"], ["beneficiary.id"], name=op.f("fk_holder_change_old_holder_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_holder_change_protocol_id")),
        sa.PrimaryKeyConstraint("protocol_id", name=op.f("pk_holder_change")),
    )
    op.create_index(op.f("ix_holder_change_contract_id"), "holder_change", ["contract_id"], unique=False)
    op.create_table(
        "registration_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", postgresql.JSONB(), nullable=False),
        sa.Column("new", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", stamp, nullable=True),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' OR (reason <> '' AND decided_by <> '')", name=op.f("ck_registration_change_refusal")
        ),
        sa.CheckConstraint("state in ('proposed', 'accepted', 'refused')", name=op.f("ck_registration_change_state")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_registration_change_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_registration_change_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_change")),
        sa.UniqueConstraint("protocol_id", "field", name=op.f("uq_registration_change_protocol_id_field")),
    )
    op.create_index(
        op.f("ix_registration_change_beneficiary_id"), "registration_change", ["beneficiary_id"], unique=False
    )
    op.create_table(
        "unfinished_request",
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("request_state", postgresql.JSONB(), nullable=False),
        sa.Column("kept_at", stamp, nullable=False),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_unfinished_request_protocol_id")),
        sa.PrimaryKeyConstraint("protocol_id", name=op.f("pk_unfinished_request")),
    )
    op.create_index("ix_unfinished_request_conversation_id", "unfinished_request", ["conversation_id"], unique=False)
    op.create_table(
        "daily_sheet",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("protocols", sa.Integer(), nullable=False),
        sa.Column("made_at", stamp, nullable=False),
        sa.Column("mail_id", sa.UUID(), nullable=True),
        sa.CheckConstraint("protocols > 0", name=op.f("ck_daily_sheet_protocols")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_daily_sheet_mail_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daily_sheet")),
    )
    op.create_table(
        "daily_sheet_line",
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["day"], ["daily_sheet.day"], name=op.f("fk_daily_sheet_line_day")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_daily_sheet_line_protocol_id")),
        sa.PrimaryKeyConstraint("protocol_id", name=op.f("pk_daily_sheet_line")),
    )
    op.create_index(op.f("ix_daily_sheet_line_day"), "daily_sheet_line", ["day"], unique=False)
    op.add_column("beneficiary", sa.Column("marital_status", sa.Text(), server_default="", nullable=False))
    op.alter_column("mail", "beneficiary_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("media", sa.Column("problem", sa.Text(), server_default="", nullable=False))
    op.add_column("media", sa.Column("pages", sa.Integer(), server_default="0", nullable=False))
    op.add_column("media", sa.Column("previews", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("media", sa.Column("thumbnail", sa.Text(), server_default="", nullable=False))
    op.add_column("media", sa.Column("guess", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("media", sa.Column("scanned", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("protocol", sa.Column("stage", sa.Text(), server_default="", nullable=False))
    op.add_column("protocol", sa.Column("stage_since", stamp, nullable=True))
    op.add_column("authorization_step", sa.Column("request_key", sa.Text(), nullable=True))
    op.create_index(
        "uq_authorization_step_request_key",
        "authorization_step",
        ["request_key"],
        unique=True,
        postgresql_where="request_key IS NOT NULL",
    )
    op.execute(
        "UPDATE protocol SET stage = 'gathering', stage_since = opened_at WHERE state <> 'closed'"
        " AND kind IN ('registration_update', 'charge_dispute', 'coming_of_age', 'holder_change')"
    )
    op.create_index(
        "ix_protocol_board",
        "protocol",
        ["team", "stage", "due_at"],
        unique=False,
        postgresql_where="stage <> '' AND state <> 'closed'",
    )
