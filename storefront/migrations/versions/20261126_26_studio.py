"""The theme studio: a draft beside what a site publishes, and every change of it."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_26"
down_revision = "20261126_25"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "store_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("differs", sa.JSON(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_by", sa.String(length=255), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *_owners("store_drafts"),
        sa.UniqueConstraint("store_id", name=op.f("uq_store_drafts_store_id")),
    )
    op.create_table(
        "store_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("look", sa.JSON(), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_owners("store_revisions"),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_store_revisions_store_id_number")),
    )
    op.create_index(op.f("ix_store_drafts_publish_at"), "store_drafts", ["publish_at"], unique=False)
    for table in ("store_drafts", "store_revisions"):
        for column in ("dealer_id", "tenant_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
        security.guard(table, dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("store_revisions")
    op.drop_table("store_drafts")


def _owners(table: str) -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f(f"fk_{table}_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f(f"fk_{table}_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
