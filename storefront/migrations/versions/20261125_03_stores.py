"""Stores and their settings."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_03"
down_revision = "20261125_02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "stores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("custom_domain", sa.String(length=253), nullable=True),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("theme_settings", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_stores_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_stores_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
        sa.UniqueConstraint("custom_domain", name=op.f("uq_stores_custom_domain")),
        sa.UniqueConstraint("host", name=op.f("uq_stores_host")),
    )
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stores_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stores_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "store_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_store_settings_dealer_id")),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_store_settings_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_store_settings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_settings")),
        sa.UniqueConstraint("store_id", "key", name=op.f("uq_store_settings_store_id_key")),
    )
    with op.batch_alter_table("store_settings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_store_settings_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_settings_store_id"), ["store_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_settings_tenant_id"), ["tenant_id"], unique=False)
    security.guard("stores", dealer="dealer_id")
    security.guard("store_settings", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("store_settings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_store_settings_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_store_settings_store_id"))
        batch_op.drop_index(batch_op.f("ix_store_settings_dealer_id"))

    op.drop_table("store_settings")
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stores_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_stores_dealer_id"))

    op.drop_table("stores")
