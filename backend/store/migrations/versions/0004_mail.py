"""e-mails to people of the register, sent by the worker"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    stamp = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "mail",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("beneficiary_id", sa.UUID(), nullable=False),
        sa.Column("protocol_id", sa.UUID(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("files", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", stamp, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", stamp, nullable=False),
        sa.Column("sent_at", stamp, nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('ready', 'sent', 'failed')", name=op.f("ck_mail_state")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_mail_beneficiary_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocol.id"], name=op.f("fk_mail_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("request_key", name=op.f("uq_mail_request_key")),
    )
    op.create_index(op.f("ix_mail_beneficiary_id"), "mail", ["beneficiary_id"])
    op.create_index(op.f("ix_mail_protocol_id"), "mail", ["protocol_id"])
    op.create_index("ix_mail_ready", "mail", ["next_try_at"], postgresql_where=sa.text("state = 'ready'"))
