"""Market values and price labels, with what they were made of."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_14"
down_revision = "20261126_13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "valuations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("estimated_cents", sa.Integer(), nullable=False),
        sa.Column("market_cents", sa.Integer(), nullable=False),
        sa.Column("trade_in_cents", sa.Integer(), nullable=False),
        sa.Column("retail_cents", sa.Integer(), nullable=False),
        sa.Column("condition_adjustment_cents", sa.Integer(), nullable=False),
        sa.Column("mileage_adjustment_cents", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=12), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("facts", sa.String(length=16), nullable=False),
        sa.Column("valued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("market_cents > 0", name=op.f("ck_valuations_market")),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_valuations_price")),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_valuations_dealer_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_valuations_listing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_valuations_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuations")),
        sa.UniqueConstraint("listing_id", "source", name=op.f("uq_valuations_listing_id_source")),
    )
    for column in ("dealer_id", "tenant_id"):
        op.create_index(op.f(f"ix_valuations_{column}"), "valuations", [column], unique=False)
    security.guard("valuations", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("valuations")
