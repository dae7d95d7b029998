"""Tasks that somebody waits for."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_19"
down_revision = "20261126_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.add_column("tasks", sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_column("urgent")
