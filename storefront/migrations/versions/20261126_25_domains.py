"""Domains of a site's own: claimed, proven, led here, served, given up."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_25"
down_revision = "20261126_24"
branch_labels = None
depends_on = None

TABLE = "domain_claims"
MOMENTS = ("proven_at", "proof_lost_at", "twin_at", "secured_at", "certificate_until", "served_at", "well_at")
MORE_MOMENTS = ("broken_since", "released_at", "asked_at", "checked_at", "next_check_at")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("www", sa.Boolean(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("held", sa.String(length=253), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("token_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in MOMENTS + MORE_MOMENTS),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_domain_claims_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_domain_claims_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_domain_claims_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_claims")),
        sa.UniqueConstraint("store_id", "name", name=op.f("uq_domain_claims_store_id_name")),
        sa.UniqueConstraint("held", name=op.f("uq_domain_claims_held")),
        sa.UniqueConstraint("target", name=op.f("uq_domain_claims_target")),
    )
    for column in ("name", "next_check_at", "dealer_id", "tenant_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column], unique=False)
    security.guard(TABLE, dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table(TABLE)
