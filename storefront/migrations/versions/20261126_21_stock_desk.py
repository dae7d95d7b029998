"""What the yard knows of a car, and the ways people like to see their stock."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_21"
down_revision = "20261126_20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    _inventory_records()
    _stock_filters()


def _inventory_records() -> None:
    op.create_table(
        "inventory_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("location", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reserved_until", sa.Date(), nullable=True),
        sa.Column("reserved_note", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_inventory_records_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_inventory_records_tenant_id")),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], name=op.f("fk_inventory_records_vehicle_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_records")),
        sa.UniqueConstraint("vehicle_id", name=op.f("uq_inventory_records_vehicle_id")),
    )
    for column in ("dealer_id", "tenant_id"):
        op.create_index(op.f(f"ix_inventory_records_{column}"), "inventory_records", [column], unique=False)
    security.guard("inventory_records", dealer="dealer_id")


def _stock_filters() -> None:
    op.create_table(
        "stock_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_stock_filters_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_stock_filters_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_stock_filters_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_filters")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_stock_filters_user_id_name")),
    )
    for column in ("dealer_id", "tenant_id", "user_id"):
        op.create_index(op.f(f"ix_stock_filters_{column}"), "stock_filters", [column], unique=False)
    security.guard("stock_filters", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("stock_filters")
    op.drop_table("inventory_records")
