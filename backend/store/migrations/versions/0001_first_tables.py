"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


PRELUDE = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TEXT SEARCH CONFIGURATION zelo_portuguese (COPY = portuguese);
ALTER TEXT SEARCH CONFIGURATION zelo_portuguese
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, portuguese_stem;
CREATE SCHEMA IF NOT EXISTS rasa;
"""

BUSINESS_NOW = """
CREATE FUNCTION business_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT statement_timestamp()
         + make_interval(secs => coalesce((SELECT seconds FROM clock_offset WHERE only_row), 0))
$$;
"""

# Glossary of processes.md. Hours are each team's setting; these are the operator's at the start.
TEAMS = {
    "call_centre": "Central de atendimento",
    "scheduling": "Agendamento",
    "registration": "Cadastro",
    "medical_accounts": "Contas médicas",
    "finance": "Financeiro",
    "collections": "Cobrança",
    "authorizations": "Autorizações",
    "retention": "Retenção",
    "ombudsman": "Ouvidoria",
    "companies": "Empresas",
    "treasury": "Tesouraria",
    "it": "T.I.",
    "technical_analysis": "Análise técnica",
    "commercial": "Comercial",
}


def upgrade() -> None:
    """Forward."""
    op.execute(PRELUDE)
    op.create_table(
        "account",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('attendant', 'operator', 'admin')", name=op.f("ck_account_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject", "audit", ["subject_kind", "subject_id", "id"], unique=False)
    op.create_table(
        "beneficiary",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("cpf", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("mother_name", sa.Text(), nullable=False),
        sa.Column("card_number", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.UUID(), nullable=True),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("contract_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["beneficiary.id"], name=op.f("fk_beneficiary_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beneficiary")),
        sa.UniqueConstraint("card_number", name=op.f("uq_beneficiary_card_number")),
        sa.UniqueConstraint("cpf", name=op.f("uq_beneficiary_cpf")),
    )
    op.create_index(op.f("ix_beneficiary_holder_id"), "beneficiary", ["holder_id"], unique=False)
    op.create_table(
        "clock_offset",
        sa.Column("only_row", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), server_default="0", nullable=False),
        sa.CheckConstraint("only_row", name=op.f("ck_clock_offset_only_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_clock_offset")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("profile_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_inbound_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("address", name=op.f("uq_contact_address")),
    )
    op.create_index("ix_contact_phone", "contact", ["phone"], unique=False)
    op.create_table(
        "protocol_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_protocol_day")),
    )
    op.create_table(
        "team",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), server_default="0-4 08:00-18:00; 5 08:00-12:00", nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_team")),
    )
    op.create_table(
        "beneficiary_phone",
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_beneficiary_phone_beneficiary_id")
        ),
        sa.PrimaryKeyConstraint("beneficiary_id", "number", name=op.f("pk_beneficiary_phone")),
    )
    op.create_index("ix_beneficiary_phone_number", "beneficiary_phone", ["number"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("our_address", sa.Text(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_inbound_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_activity_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), server_default="assistant", nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("attendant_id", sa.UUID(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("queued_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("work_due_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("work_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(owner = 'attendant') = (attendant_id IS NOT NULL)", name=op.f("ck_conversation_attendant")
        ),
        sa.CheckConstraint("owner in ('assistant', 'team', 'attendant')", name=op.f("ck_conversation_owner")),
        sa.ForeignKeyConstraint(["attendant_id"], ["account.id"], name=op.f("fk_conversation_attendant_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_conversation_contact_id")),
        sa.ForeignKeyConstraint(["team"], ["team.code"], name=op.f("fk_conversation_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("ticket", name=op.f("uq_conversation_ticket")),
    )
    op.create_index("ix_conversation_contact_id", "conversation", ["contact_id", "opened_at"], unique=False)
    op.create_index("ix_conversation_last_activity_at", "conversation", ["last_activity_at"], unique=False)
    op.create_index(
        "ix_conversation_queue",
        "conversation",
        ["team", "priority", "queued_at"],
        unique=False,
        postgresql_where="closed_at IS NULL AND owner <> 'assistant'",
    )
    op.create_index(
        "ix_conversation_silent",
        "conversation",
        ["last_activity_at"],
        unique=False,
        postgresql_where="closed_at IS NULL AND owner = 'assistant'",
    )
    op.create_index(
        "ix_conversation_work_due_at",
        "conversation",
        ["work_due_at"],
        unique=False,
        postgresql_where="work_due_at IS NOT NULL",
    )
    op.create_index(
        "uq_conversation_open",
        "conversation",
        ["contact_id"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )
    op.create_table(
        "identity_check",
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=True),
        sa.Column("verified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_request_key", sa.Text(), nullable=True),
        sa.Column("last_outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_identity_check_beneficiary_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_identity_check")),
    )
    op.create_table(
        "protocol",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("beneficiary_id", sa.UUID(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_protocol_beneficiary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol")),
        sa.UniqueConstraint("number", name=op.f("uq_protocol_number")),
        sa.UniqueConstraint("request_key", name=op.f("uq_protocol_request_key")),
    )
    op.create_index("ix_protocol_beneficiary_id", "protocol", ["beneficiary_id", "opened_at"], unique=False)
    op.create_index("ix_protocol_conversation_id", "protocol", ["conversation_id"], unique=False)
    op.create_index(
        "ix_protocol_open", "protocol", ["team", "due_at"], unique=False, postgresql_where="state <> 'closed'"
    )
    op.create_table(
        "signed_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("since", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signed_in_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signed_in")),
    )
    op.create_index(op.f("ix_signed_in_account_id"), "signed_in", ["account_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_team_member_account_id")),
        sa.ForeignKeyConstraint(["team"], ["team.code"], name=op.f("fk_team_member_team")),
        sa.PrimaryKeyConstraint("team", "account_id", name=op.f("pk_team_member")),
    )
    op.create_index(op.f("ix_team_member_account_id"), "team_member", ["account_id"], unique=False)
    op.create_table(
        "ownership",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("attendant_id", sa.UUID(), nullable=True),
        sa.Column("since", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["attendant_id"], ["account.id"], name=op.f("fk_ownership_attendant_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_ownership_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership")),
    )
    op.create_index("ix_ownership_conversation_id", "ownership", ["conversation_id", "id"], unique=False)
    op.create_index(
        "uq_ownership_current",
        "ownership",
        ["conversation_id"],
        unique=True,
        postgresql_where="until IS NULL",
    )
    op.create_table(
        "protocol_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_protocol_entry_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_entry")),
    )
    op.create_index("ix_protocol_entry_protocol_id", "protocol_entry", ["protocol_id", "id"], unique=False)
    op.create_index(
        "uq_protocol_entry_request_key",
        "protocol_entry",
        ["request_key"],
        unique=True,
        postgresql_where="request_key IS NOT NULL",
    )
    op.create_table(
        "turn",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("first_tried_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("understood", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("state in ('open', 'answered', 'given_up', 'overtaken')", name=op.f("ck_turn_state")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_turn_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
    )
    op.create_index("ix_turn_conversation_id", "turn", ["conversation_id", "asked_at"], unique=False)
    op.create_index("uq_turn_open", "turn", ["conversation_id"], unique=True, postgresql_where="state = 'open'")
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="text", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="done", nullable=False),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("turn_id", sa.UUID(), nullable=True),
        sa.Column("understood", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('zelo_portuguese', left(body, 20000))", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("direction in ('in', 'out', 'note', 'notice')", name=op.f("ck_message_direction")),
        sa.CheckConstraint("state in ('pending', 'taken', 'done', 'unsent')", name=op.f("ck_message_state")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name=op.f("fk_message_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("sid", name=op.f("uq_message_sid")),
    )
    op.create_index("ix_message_conversation_id", "message", ["conversation_id", "id"], unique=False)
    op.create_index(
        "uq_message_request_key", "message", ["request_key"], unique=True,
        postgresql_where="request_key IS NOT NULL",
    )  # fmt: skip
    op.create_index(
        "ix_message_pending",
        "message",
        ["conversation_id", "id"],
        unique=False,
        postgresql_where="state = 'pending'",
    )
    op.create_index("ix_message_search", "message", ["search"], unique=False, postgresql_using="gin")
    op.create_table(
        "media",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("declared_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'stored', 'failed')", name=op.f("ck_media_state")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_media_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index("ix_media_message_id", "media", ["message_id", "ordinal"], unique=False)
    op.create_index(
        "ix_media_waiting", "media", ["next_attempt_at"], unique=False, postgresql_where="state = 'waiting'"
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_sid", sa.Text(), nullable=True),
        sa.Column("content_variables", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("media", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("bulk", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("sending_since", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("refused_sid", sa.Text(), nullable=True),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state in ('ready', 'sending', 'unsure', 'sent', 'failed', 'held')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_outbox_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_outbox_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    op.create_index("ix_outbox_held", "outbox", ["recipient"], unique=False, postgresql_where="state = 'held'")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["sender", "conversation_id", "position"],
        unique=False,
        postgresql_where="state in ('ready', 'sending', 'unsure')",
    )
    op.execute(BUSINESS_NOW)
    op.bulk_insert(
        sa.table("team", sa.column("code", sa.Text), sa.column("title", sa.Text)),
        [{"code": code, "title": title} for code, title in TEAMS.items()],
    )


def downgrade() -> None:
    """The first migration has nothing before it to go back to."""
    raise NotImplementedError("restore a backup instead")
