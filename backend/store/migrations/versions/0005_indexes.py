"""indexes for what is looked up by reminders, offers, changes of protocols and terms of authorizations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.drop_index("ix_appointment_reminder", table_name="appointment")
    op.create_index(
        "ix_appointment_reminder", "appointment", [sa.text("lower(during)")],
        postgresql_where=sa.text("state = 'booked' AND reminded_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_waiting_entry_offered_id", "waiting_entry", ["offered_id"],
        postgresql_where=sa.text("offered_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_protocol_entry_at", "protocol_entry", ["at", "id"])
    op.create_index("ix_procedure_authorization_state", "procedure_authorization", ["state", "due_at", "id"])
    op.create_index(op.f("ix_identity_check_beneficiary_id"), "identity_check", ["beneficiary_id"])
