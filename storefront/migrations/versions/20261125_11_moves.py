"""Addresses that moved or are gone, and hosts a site once had."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_11"
down_revision = "20261125_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "site_moves",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=600), nullable=False),
        sa.Column("target", sa.String(length=900), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("build", big, nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_site_moves_dealer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_site_moves_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_site_moves_tenant_id")),
        sa.PrimaryKeyConstraint("store_id", "address", name=op.f("pk_site_moves")),
    )
    with op.batch_alter_table("site_moves", schema=None) as batch_op:
        batch_op.create_index("ix_site_moves_build", ["store_id", "build"], unique=False)
        batch_op.create_index("ix_site_moves_since", ["store_id", "since"], unique=False)
        batch_op.create_index("ix_site_moves_target", ["store_id", "target"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_moves_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_moves_tenant_id"), ["tenant_id"], unique=False)
    op.create_table(
        "store_hosts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_store_hosts_dealer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_hosts_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_store_hosts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_hosts")),
        sa.UniqueConstraint("store_id", "host", name=op.f("uq_store_hosts_store_id_host")),
    )
    with op.batch_alter_table("store_hosts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_store_hosts_host"), ["host"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_hosts_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_hosts_tenant_id"), ["tenant_id"], unique=False)
    security.guard("site_moves", dealer="dealer_id")
    security.guard("store_hosts", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("store_hosts")
    op.drop_table("site_moves")
