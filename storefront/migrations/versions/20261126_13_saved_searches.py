"""Saved searches and watched prices, what they were told, and where a letter's reader ends them."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_13"
down_revision = "20261125_12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsubscribe_url", sa.String(length=500), nullable=True))
    _wishes()
    _tokens()
    _keys()
    _alerts()


def downgrade() -> None:
    """Go one step back."""
    for table in ("alerts", "search_words", "search_keys", "wish_tokens", "wishes"):
        op.drop_table(table)
    op.drop_column("letters", "unsubscribe_url")


def _wishes() -> None:
    _owned(
        "wishes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("fold_key", sa.String(length=64), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("criteria", sa.JSON(), nullable=True),
        sa.Column("address", sa.String(length=2000), nullable=True),
        sa.Column("keyed_by", sa.String(length=16), nullable=True),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("watched_cents", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_wishes_listing_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_wishes_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("tenant_id", "fold_key", name=op.f("uq_wishes_tenant_id_fold_key")),
        indexed=("store_id", "listing_id", "unsubscribed_at", "keyed_by"),
    )
    op.create_index("ix_wishes_confirmed_at_created_at", "wishes", ["confirmed_at", "created_at"], unique=False)


def _tokens() -> None:
    _owned(
        "wish_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _of_wish("wish_tokens"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_wish_tokens")),
        indexed=("wish_id",),
    )


def _keys() -> None:
    bounds = [f"{name}_{end}" for name in ("price", "year", "mileage", "power") for end in ("low", "high")]
    _owned(
        "search_keys",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in bounds),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("south", "north", "west", "east")),
        sa.Column("rest", sa.Text(), nullable=False),
        _of_wish("search_keys"),
        sa.PrimaryKeyConstraint("tenant_id", "key", "wish_id", name=op.f("pk_search_keys")),
        indexed=("wish_id",),
        sqlite_with_rowid=False,
    )
    _owned(
        "search_words",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )


def _alerts() -> None:
    _owned(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("at_cents", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_alerts_listing_id"), ondelete="CASCADE"),
        _of_wish("alerts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "wish_id", "listing_id", "reason", "at_cents", name=op.f("uq_alerts_wish_id_listing_id_reason_at_cents")
        ),
        indexed=("listing_id",),
    )
    op.create_index("ix_alerts_told_at_due_at", "alerts", ["told_at", "due_at"], unique=False)


def _of_wish(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_wish_id")
    return sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=name, ondelete="CASCADE")


def _owned(
    table: str, *parts: sa.schema.SchemaItem, indexed: tuple[str, ...] = (), sqlite_with_rowid: bool = True
) -> None:
    """Create a table of a tenant's, perhaps of one of its dealers, behind the wall."""
    op.create_table(
        table,
        *parts,
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f(f"fk_{table}_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
        sqlite_with_rowid=sqlite_with_rowid,
    )
    for column in (*indexed, "dealer_id", *(("tenant_id",) if sqlite_with_rowid else ())):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    security.guard(table, dealer="dealer_id")
