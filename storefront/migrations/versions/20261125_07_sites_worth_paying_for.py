"""Pages of a dealer, feeds out, tours, focus of photos, details of inquiries."""

import secrets

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_07"
down_revision = "20261125_06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("dealers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("team", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("faq", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("focus_x", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("focus_y", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_photos_focus_x"), "focus_x IS NULL OR focus_x BETWEEN 0 AND 100")
        batch_op.create_check_constraint(op.f("ck_photos_focus_y"), "focus_y IS NULL OR focus_y BETWEEN 0 AND 100")
    _feed_tokens()
    op.create_table(
        "store_pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("bodies", sa.JSON(), nullable=False),
        sa.Column("in_menu", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_store_pages_dealer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_pages_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_store_pages_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_pages")),
        sa.UniqueConstraint("store_id", "slug", name=op.f("uq_store_pages_store_id_slug")),
    )
    with op.batch_alter_table("store_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_store_pages_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_pages_store_id"), ["store_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_pages_tenant_id"), ["tenant_id"], unique=False)
    op.create_table(
        "virtual_tours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_virtual_tours_dealer_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_virtual_tours_listing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_virtual_tours_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_virtual_tours")),
    )
    with op.batch_alter_table("virtual_tours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_virtual_tours_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_virtual_tours_listing_id_position", ["listing_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_virtual_tours_tenant_id"), ["tenant_id"], unique=False)
    security.guard("store_pages", dealer="dealer_id")
    security.guard("virtual_tours", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("virtual_tours")
    op.drop_table("store_pages")
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.drop_column("feed_token")
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_photos_focus_y"), type_="check")
        batch_op.drop_constraint(op.f("ck_photos_focus_x"), type_="check")
        batch_op.drop_column("focus_y")
        batch_op.drop_column("focus_x")
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.drop_column("details")
    with op.batch_alter_table("dealers", schema=None) as batch_op:
        batch_op.drop_column("faq")
        batch_op.drop_column("team")


def _feed_tokens() -> None:
    """Give every store a token of its own."""
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feed_token", sa.String(length=43), nullable=True))
    security.see_everything()
    stores = sa.table("stores", sa.column("id", sa.Uuid()), sa.column("feed_token", sa.String()))
    connection = op.get_bind()
    for (store_id,) in connection.execute(sa.select(stores.c.id)).all():
        while (token := secrets.token_urlsafe(32)).startswith("-"):  # no address of a site begins with a hyphen
            continue
        connection.execute(stores.update().where(stores.c.id == store_id).values(feed_token=token))
