"""What the builder remembers of each site: files with what they read, postings; how full the buckets of lists are."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_10"
down_revision = "20261125_09"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BUCKET = 24


def upgrade() -> None:
    """Go one step forward; every site is drawn once more by its next publish."""
    with op.batch_alter_table("site_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recipe", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held_by", sa.String(length=200), nullable=True))
    with op.batch_alter_table("page_reads", schema=None) as batch_op:
        batch_op.drop_index("ix_page_reads_thing")
    op.drop_table("page_reads")
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.create_index("ix_listings_tenant_id_public_id", ["tenant_id", "public_id"], unique=False)
    _files()
    _reads()
    _fill_buckets()


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_index("ix_listings_tenant_id_public_id")
    with op.batch_alter_table("list_cursors", schema=None) as batch_op:
        batch_op.drop_column("filled")
    op.drop_table("site_reads")
    op.drop_table("site_files")
    op.create_table(
        "page_reads",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("site", _BIG, autoincrement=False, nullable=False),
        sa.Column("page", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thing", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site_states.id"], name=op.f("fk_page_reads_site"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_page_reads_tenant_id")),
        sa.PrimaryKeyConstraint("site", "page", "thing", name=op.f("pk_page_reads")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("page_reads", schema=None) as batch_op:
        batch_op.create_index("ix_page_reads_thing", ["thing", "site", "page"], unique=False)
    security.guard("page_reads")
    for name in ("held_by", "held_at", "owed", "recipe"):
        op.drop_column("site_states", name)
    security.see_everything()
    states = sa.table("site_states", sa.column("release", sa.String()))
    op.get_bind().execute(states.update().values(release=None))


def _files() -> None:
    op.create_table(
        "site_files",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("site", _BIG, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("about", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(length=600), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("encodings", sa.String(length=20), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("key", sa.String(length=220), nullable=True),
        sa.Column("bucket", sa.Integer(), nullable=True),
        sa.Column("gone", sa.Date(), nullable=True),
        sa.Column("photos", sa.Text(), nullable=True),
        sa.Column("members", sa.LargeBinary(), nullable=True),
        sa.Column("ingredients", sa.BigInteger(), nullable=True),
        sa.Column("things", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["site_states.id"], name=op.f("fk_site_files_site"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_site_files_tenant_id")),
        sa.PrimaryKeyConstraint("site", "number", name=op.f("pk_site_files")),
        sqlite_with_rowid=False,
    )
    where = sa.text("gone IS NOT NULL")
    with op.batch_alter_table("site_files", schema=None) as batch_op:
        batch_op.create_index("ix_site_files_about", ["site", "about"], unique=False)
        batch_op.create_index(
            "ix_site_files_gone", ["site", "gone"], unique=False, sqlite_where=where, postgresql_where=where
        )
    security.guard("site_files")


def _reads() -> None:
    op.create_table(
        "site_reads",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("site", _BIG, autoincrement=False, nullable=False),
        sa.Column("thing", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chunk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pages", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site_states.id"], name=op.f("fk_site_reads_site"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_site_reads_tenant_id")),
        sa.PrimaryKeyConstraint("site", "thing", "chunk", name=op.f("pk_site_reads")),
        sqlite_with_rowid=False,
    )
    security.guard("site_reads")


def _fill_buckets() -> None:
    """Count the cars in the buckets of each list: a byte a bucket, the oldest first."""
    with op.batch_alter_table("list_cursors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filled", sa.LargeBinary(), nullable=True))
    security.see_everything()
    entries = sa.table("list_entries", *(sa.column(name) for name in ("tenant_id", "scope", "list_key", "position")))
    cursors = sa.table("list_cursors", *(sa.column(name) for name in ("tenant_id", "scope", "list_key", "filled")))
    lists: dict[tuple[Any, str, str], bytearray] = {}
    connection = op.get_bind()
    names = (entries.c.tenant_id, entries.c.scope, entries.c.list_key)
    for tenant, scope, key, position in connection.execute(sa.select(*names, entries.c.position)):
        filled = lists.setdefault((tenant, scope, key), bytearray())
        filled.extend(bytes(max(0, position // _BUCKET + 1 - len(filled))))
        filled[position // _BUCKET] += 1
    for (tenant, scope, key), filled in lists.items():
        this = (cursors.c.tenant_id == tenant) & (cursors.c.scope == scope) & (cursors.c.list_key == key)
        connection.execute(cursors.update().where(this).values(filled=bytes(filled)))
