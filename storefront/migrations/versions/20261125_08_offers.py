"""What plug-in hybrids use and emit with the battery discharged, and torque."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_08"
down_revision = "20261125_07"
branch_labels = None
depends_on = None

COLUMNS = ("consumption_discharged", "co2_discharged_g_km", "torque_nm")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("vehicles", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("vehicles", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
