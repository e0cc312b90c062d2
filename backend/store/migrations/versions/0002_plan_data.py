"""what the plan knows: contracts, network, agenda, invoices, procedures, events, systems"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# This version needs a stop: it drops `contract_date`, which the processes of the version before still read.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# Rows from before contracts were known: each holder's own one, of a plan that names itself.
CARRY_OVER = """
INSERT INTO plan (code, name, ans_code, coverage, accommodation, area)
SELECT 'unknown', 'Plano não informado', '', '', '', '' WHERE EXISTS (SELECT 1 FROM beneficiary);
INSERT INTO contract (id, number, kind, plan_code, signed_on)
SELECT id, card_number, 'individual', 'unknown', contract_date FROM beneficiary WHERE holder_id IS NULL;
UPDATE beneficiary SET contract_id = coalesce(holder_id, id), joined_on = contract_date,
    folded_name = lower(unaccent(full_name));
"""
NEW_RULES = """
ALTER TABLE beneficiary ADD CONSTRAINT ck_beneficiary_standing
    CHECK (standing in ('holder', 'dependent', 'member', 'detached_member', 'payer'));
ALTER TABLE beneficiary ADD CONSTRAINT ck_beneficiary_card CHECK ((standing = 'payer') = (card_number IS NULL));
"""


def upgrade() -> None:
    """Forward."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "api_system",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_system")),
        sa.UniqueConstraint("name", name=op.f("uq_api_system_name")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_system_token_sha256")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cnpj", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("cnpj", name=op.f("uq_company_cnpj")),
        sa.UniqueConstraint("code", name=op.f("uq_company_code")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_index("ix_place_city", "place", ["state", "city"], unique=False)
    op.create_table(
        "plan",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ans_code", sa.Text(), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=False),
        sa.Column("accommodation", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("copayment", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_plan")),
    )
    op.create_table(
        "procedure",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("folded_term", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("needs_audit", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("involves_opme", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("covered", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("care_class", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('zelo_portuguese', term)", persisted=True),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_procedure")),
    )
    op.create_index("ix_procedure_search", "procedure", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_procedure_term",
        "procedure",
        ["folded_term"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded_term": "gin_trgm_ops"},
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("council", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "kind in ('doctor', 'dentist', 'therapist', 'clinic', 'hospital', 'laboratory')",
            name=op.f("ck_provider_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_index(
        "ix_provider_name",
        "provider",
        ["folded_name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded_name": "gin_trgm_ops"},
    )
    op.create_table(
        "api_call",
        sa.Column("system_id", sa.UUID(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["api_system.id"], name=op.f("fk_api_call_system_id")),
        sa.PrimaryKeyConstraint("system_id", "idempotency_key", name=op.f("pk_api_call")),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("company_id", sa.UUID(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("due_day", sa.SmallInteger(), server_default="10", nullable=False),
        sa.Column("pays_directly", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind in ('individual', 'family', 'collective', 'sole_entrepreneur')", name=op.f("ck_contract_kind")
        ),
        sa.CheckConstraint("due_day between 1 and 28", name=op.f("ck_contract_due_day")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_contract_company_id")),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_contract_plan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    op.create_index(op.f("ix_contract_company_id"), "contract", ["company_id"], unique=False)
    op.create_index(op.f("ix_contract_plan_code"), "contract", ["plan_code"], unique=False)
    op.create_table(
        "practice",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("provider_id", sa.UUID(), nullable=False),
        sa.Column("place_id", sa.UUID(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_practice_place_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_practice_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint(
            "provider_id", "place_id", "specialty", name=op.f("uq_practice_provider_id_place_id_specialty")
        ),
    )
    op.create_index(op.f("ix_practice_place_id"), "practice", ["place_id"], unique=False)
    op.create_index("ix_practice_specialty", "practice", ["specialty", "place_id"], unique=False)
    op.create_table(
        "waiting_period",
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("care", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_waiting_period_days")),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_waiting_period_plan_code")),
        sa.PrimaryKeyConstraint("plan_code", "care", name=op.f("pk_waiting_period")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=10000001), nullable=False),
        sa.Column("contract_id", sa.UUID(), nullable=False),
        sa.Column("billing_month", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("paid_by", sa.Text(), server_default="", nullable=False),
        sa.Column("slip_withheld", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_invoice_paid")),
        sa.CheckConstraint("state in ('open', 'paid', 'cancelled')", name=op.f("ck_invoice_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_amount")),
        sa.CheckConstraint("extract(day from billing_month) = 1", name=op.f("ck_invoice_billing_month")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_invoice_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    op.create_index("ix_invoice_overdue", "invoice", ["due_on"], unique=False, postgresql_where="state = 'open'")
    op.create_index(
        "uq_invoice_contract_id_billing_month",
        "invoice",
        ["contract_id", "billing_month"],
        unique=True,
        postgresql_where="state <> 'cancelled'",
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("practice_id", sa.UUID(), nullable=False),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_length")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_slot_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
    )
    op.create_index("uq_slot_practice_id_starts_at", "slot", ["practice_id", "starts_at"], unique=True)
    op.create_table(
        "invoice_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=True),
        sa.Column("procedure_code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_invoice_item_beneficiary_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_item_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_item")),
    )
    op.create_index(op.f("ix_invoice_item_invoice_id"), "invoice_item", ["invoice_id"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slot_id", sa.UUID(), nullable=False),
        sa.Column("provider_id", sa.UUID(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("moved_from_id", sa.UUID(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("booked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reminded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("confirmed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("beneficiary_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("state = 'booked'"),
            using="gist",
            name="ex_appointment_beneficiary",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("provider_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("state in ('held', 'booked')"),
            using="gist",
            name="ex_appointment_provider",
        ),
        sa.CheckConstraint("(state = 'held') <= (held_until IS NOT NULL)", name=op.f("ck_appointment_hold")),
        sa.CheckConstraint(
            "state in ('held', 'booked', 'released', 'lapsed', 'cancelled', 'moved')", name=op.f("ck_appointment_state")
        ),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_appointment_beneficiary_id")),
        sa.ForeignKeyConstraint(["moved_from_id"], ["appointment.id"], name=op.f("fk_appointment_moved_from_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_appointment_protocol_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_appointment_provider_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_appointment_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("request_key", name=op.f("uq_appointment_request_key")),
    )
    op.create_index("ix_appointment_beneficiary_id", "appointment", ["beneficiary_id", "state"], unique=False)
    op.create_index(op.f("ix_appointment_protocol_id"), "appointment", ["protocol_id"], unique=False)
    op.create_index(
        "ix_appointment_reminder",
        "appointment",
        ["reminded_at"],
        unique=False,
        postgresql_where="state = 'booked' AND reminded_at IS NULL",
    )
    op.create_index(
        "ix_appointment_slot_id",
        "appointment",
        ["slot_id"],
        unique=False,
        postgresql_where="state in ('held', 'booked')",
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("not_after", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("told_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_event_beneficiary_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_event_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("event_key", name=op.f("uq_event_event_key")),
    )
    op.create_index(op.f("ix_event_beneficiary_id"), "event", ["beneficiary_id"], unique=False)
    op.create_index("ix_event_waiting", "event", ["due_at"], unique=False, postgresql_where="told_at IS NULL")
    op.create_table(
        "issued_slip",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("issued_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("fine", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("digitable_line", sa.Text(), nullable=False),
        sa.Column("pix", sa.Text(), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_issued_slip_invoice_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_issued_slip_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_slip")),
        sa.UniqueConstraint("request_key", name=op.f("uq_issued_slip_request_key")),
    )
    op.create_index("ix_issued_slip_invoice_id", "issued_slip", ["invoice_id", "issued_at"], unique=False)
    op.create_table(
        "procedure_authorization",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("requesting_doctor", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("clause", sa.Text(), server_default="", nullable=False),
        sa.Column("missing", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state <> 'denied' OR (reason <> '' AND clause <> '' AND decided_by <> '')",
            name=op.f("ck_procedure_authorization_denial"),
        ),
        sa.CheckConstraint(
            "state in ('requested', 'in_audit', 'waiting_document', 'approved', 'denied', 'performed', 'cancelled')",
            name=op.f("ck_procedure_authorization_state"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_procedure_authorization_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("fk_procedure_authorization_procedure_code")
        ),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_procedure_authorization_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_authorization")),
        sa.UniqueConstraint("number", name=op.f("uq_procedure_authorization_number")),
    )
    op.create_index(
        "ix_procedure_authorization_beneficiary_id",
        "procedure_authorization",
        ["beneficiary_id", "requested_at"],
        unique=False,
    )
    op.create_index(
        "ix_procedure_authorization_due",
        "procedure_authorization",
        ["due_at"],
        unique=False,
        postgresql_where="state in ('requested', 'in_audit', 'waiting_document')",
    )
    op.create_index(
        op.f("ix_procedure_authorization_protocol_id"), "procedure_authorization", ["protocol_id"], unique=False
    )
    op.create_table(
        "authorization_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("authorization_id", sa.UUID(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authorization_id"], ["procedure_authorization.id"], name=op.f("fk_authorization_step_authorization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_step")),
    )
    op.create_index(
        "ix_authorization_step_authorization_id", "authorization_step", ["authorization_id", "id"], unique=False
    )
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state_code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.UUID(), nullable=True),
        sa.Column("wish", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("offered_id", sa.UUID(), nullable=True),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('waiting', 'offered', 'taken', 'left')", name=op.f("ck_waiting_entry_state")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_waiting_entry_beneficiary_id")),
        sa.ForeignKeyConstraint(["offered_id"], ["appointment.id"], name=op.f("fk_waiting_entry_offered_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_waiting_entry_protocol_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_waiting_entry_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint("request_key", name=op.f("uq_waiting_entry_request_key")),
    )
    op.create_index("ix_waiting_entry_beneficiary_id", "waiting_entry", ["beneficiary_id"], unique=False)
    op.create_index(
        "ix_waiting_entry_specialty",
        "waiting_entry",
        ["specialty", "city", "since"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.add_column("beneficiary", sa.Column("folded_name", sa.Text(), nullable=True))
    op.add_column("beneficiary", sa.Column("social_name", sa.Text(), server_default="", nullable=False))
    op.add_column("beneficiary", sa.Column("contract_id", sa.UUID(), nullable=True))
    op.add_column("beneficiary", sa.Column("email", sa.Text(), server_default="", nullable=False))
    op.add_column("beneficiary", sa.Column("street", sa.Text(), server_default="", nullable=False))
    op.add_column("beneficiary", sa.Column("district", sa.Text(), server_default="", nullable=False))
    op.add_column("beneficiary", sa.Column("postal_code", sa.Text(), server_default="", nullable=False))
    op.add_column("beneficiary", sa.Column("joined_on", sa.Date(), nullable=True))
    op.add_column("beneficiary", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("beneficiary", sa.Column("in_hospital_since", sa.Date(), nullable=True))
    op.alter_column("beneficiary", "card_number", existing_type=sa.TEXT(), nullable=True)
    op.create_index(op.f("ix_beneficiary_contract_id"), "beneficiary", ["contract_id"], unique=False)
    op.create_index(
        "ix_beneficiary_name",
        "beneficiary",
        ["folded_name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded_name": "gin_trgm_ops"},
    )
    op.create_foreign_key(op.f("fk_beneficiary_contract_id"), "beneficiary", "contract", ["contract_id"], ["id"])
    op.execute(CARRY_OVER)
    for column in ("folded_name", "contract_id", "joined_on"):
        op.alter_column("beneficiary", column, nullable=False)
    op.drop_column("beneficiary", "contract_date")
    op.execute(NEW_RULES)
