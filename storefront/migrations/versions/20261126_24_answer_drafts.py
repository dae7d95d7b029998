"""Answers a dealer writes once and uses often."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_24"
down_revision = "20261126_23"
branch_labels = None
depends_on = None

ONCE = ("tenant_id", "dealer_id", "language", "name")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "answer_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_answer_drafts_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_answer_drafts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_drafts")),
        sa.UniqueConstraint(
            "tenant_id",
            "dealer_id",
            "language",
            "name",
            name=op.f("uq_answer_drafts_tenant_id_dealer_id_language_name"),
        ),
    )
    for column in ("dealer_id", "tenant_id"):
        op.create_index(op.f(f"ix_answer_drafts_{column}"), "answer_drafts", [column], unique=False)
    security.guard("answer_drafts", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("answer_drafts")
