"""What the builder remembers."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_06"
down_revision = "20261125_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "site_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rendered", sa.Integer(), nullable=False),
        sa.Column("reused", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_site_releases_dealer_id")),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_site_releases_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_site_releases_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_releases")),
        sa.UniqueConstraint("store_id", "name", name=op.f("uq_site_releases_store_id_name")),
    )
    with op.batch_alter_table("site_releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_releases_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_releases_store_id"), ["store_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_releases_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "site_states",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("look_digest", sa.String(length=64), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=True),
        sa.Column("fence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leased_by", sa.String(length=120), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_site_states_dealer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_site_states_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_site_states_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_states")),
        sa.UniqueConstraint("store_id", name=op.f("uq_site_states_store_id")),
    )
    with op.batch_alter_table("site_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_states_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_states_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "page_reads",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("site", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("page", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thing", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site_states.id"], name=op.f("fk_page_reads_site"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_page_reads_tenant_id")),
        sa.PrimaryKeyConstraint("site", "page", "thing", name=op.f("pk_page_reads")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("page_reads", schema=None) as batch_op:
        batch_op.create_index("ix_page_reads_thing", ["thing", "site", "page"], unique=False)
    security.guard("site_releases", dealer="dealer_id")
    security.guard("site_states", dealer="dealer_id")
    security.guard("page_reads")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("page_reads", schema=None) as batch_op:
        batch_op.drop_index("ix_page_reads_thing")

    op.drop_table("page_reads")
    with op.batch_alter_table("site_states", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_states_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_site_states_dealer_id"))

    op.drop_table("site_states")
    with op.batch_alter_table("site_releases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_releases_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_site_releases_store_id"))
        batch_op.drop_index(batch_op.f("ix_site_releases_dealer_id"))

    op.drop_table("site_releases")
