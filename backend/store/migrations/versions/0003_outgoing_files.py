"""files that leave: a name, and the outbox names the file instead of an address that expires"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("media", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.alter_column("media", "url", server_default="")
    op.alter_column("media", "declared_type", server_default="")
    op.add_column("outbox", sa.Column("media_id", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_outbox_media_id"), "outbox", "media", ["media_id"], ["id"])
    # Nothing was ever written there. It goes at once and not one version later, since an older sender that still
    # runs would send a file's message without the file: without the column it takes nothing, and the rows wait.
    op.drop_column("outbox", "media")
