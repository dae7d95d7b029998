"""Previews, what is to be published at a time, and who is at work on a task."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_12"
down_revision = "20261125_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_listings_publish_at", ["publish_at"], unique=False)
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("leased_by", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_tasks_turns", ["queue", "tenant_id", "started_at"], unique=False)
        batch_op.create_index("ix_tasks_leased_by", ["leased_by"], unique=False)
    _owned(
        "previews",
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=True),
        sa.Column("theme_settings", sa.JSON(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("with_pending", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.UniqueConstraint("host", name=op.f("uq_previews_host")),
    )
    _owned(
        "schedules",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_schedules_at", "schedules", ["at"], unique=False)


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("schedules")
    op.drop_table("previews")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_leased_by")
        batch_op.drop_index("ix_tasks_turns")
        for column in ("leased_until", "leased_by", "not_before", "lane"):
            batch_op.drop_column(column)
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_index("ix_listings_publish_at")
    # Not in batch mode: on SQLite that makes the table anew, and dropping the old one takes photos and entries along.
    op.drop_column("listings", "publish_at")


def _owned(table: str, *more: sa.schema.SchemaItem) -> None:
    """Create a table of things that belong to a site, behind the wall."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        *more,
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f(f"fk_{table}_dealer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f(f"fk_{table}_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("store_id", "dealer_id", "tenant_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    security.guard(table, dealer="dealer_id")
