"""Vehicles and listings."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_04"
down_revision = "20261125_03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "list_cursors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("list_key", sa.String(length=220), nullable=False),
        sa.Column("next_position", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_list_cursors_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_cursors")),
        sa.UniqueConstraint("tenant_id", "scope", "list_key", name=op.f("uq_list_cursors_tenant_id_scope_list_key")),
    )
    with op.batch_alter_table("list_cursors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_cursors_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "vehicles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vin", sa.String(length=17), nullable=True),
        sa.Column("licence_plate", sa.String(length=20), nullable=True),
        sa.Column("make", sa.String(length=80), nullable=False),
        sa.Column("make_slug", sa.String(length=80), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("model_slug", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=255), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("first_registered", sa.Date(), nullable=True),
        sa.Column("condition", sa.String(length=20), nullable=False),
        sa.Column("body", sa.String(length=20), nullable=True),
        sa.Column("fuel", sa.String(length=20), nullable=True),
        sa.Column("transmission", sa.String(length=20), nullable=True),
        sa.Column("gears", sa.Integer(), nullable=True),
        sa.Column("drive", sa.String(length=20), nullable=True),
        sa.Column("colour", sa.String(length=20), nullable=True),
        sa.Column("colour_text", sa.String(length=80), nullable=True),
        sa.Column("metallic", sa.Boolean(), nullable=False),
        sa.Column("interior_colour", sa.String(length=20), nullable=True),
        sa.Column("interior_material", sa.String(length=20), nullable=True),
        sa.Column("doors", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("power_kw", sa.Integer(), nullable=True),
        sa.Column("displacement_ccm", sa.Integer(), nullable=True),
        sa.Column("cylinders", sa.Integer(), nullable=True),
        sa.Column("mileage_km", sa.Integer(), nullable=True),
        sa.Column("previous_owners", sa.Integer(), nullable=True),
        sa.Column("accident_free", sa.Boolean(), nullable=True),
        sa.Column("damaged", sa.Boolean(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("inspection_until", sa.Date(), nullable=True),
        sa.Column("consumption_combined", sa.Integer(), nullable=True),
        sa.Column("consumption_urban", sa.Integer(), nullable=True),
        sa.Column("consumption_extra_urban", sa.Integer(), nullable=True),
        sa.Column("consumption_electric", sa.Integer(), nullable=True),
        sa.Column("co2_g_km", sa.Integer(), nullable=True),
        sa.Column("emission_class", sa.String(length=20), nullable=True),
        sa.Column("emission_sticker", sa.String(length=20), nullable=True),
        sa.Column("electric_range_km", sa.Integer(), nullable=True),
        sa.Column("battery_kwh_tenths", sa.Integer(), nullable=True),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("features_other", sa.JSON(), nullable=False),
        sa.Column("ownership", sa.String(length=20), nullable=False),
        sa.Column("maintenance", sa.JSON(), nullable=False),
        sa.Column("acquired_on", sa.Date(), nullable=True),
        sa.Column("acquisition_price_cents", sa.Integer(), nullable=True),
        sa.Column("condition_rating", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "condition_rating IS NULL OR condition_rating BETWEEN 1 AND 10", name=op.f("ck_vehicles_rating")
        ),
        sa.CheckConstraint("mileage_km IS NULL OR mileage_km >= 0", name=op.f("ck_vehicles_mileage")),
        sa.CheckConstraint("power_kw IS NULL OR power_kw > 0", name=op.f("ck_vehicles_power")),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_vehicles_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_vehicles_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
    )
    with op.batch_alter_table("vehicles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicles_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vehicles_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index(
            "ix_vehicles_tenant_id_make_model", ["tenant_id", "make_slug", "model_slug"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_vehicles_vin"), ["vin"], unique=False)

    op.create_table(
        "listings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("stock_number", sa.String(length=60), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("listing_type", sa.SmallInteger(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vat", sa.String(length=20), nullable=True),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("negotiable", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("featured", sa.Boolean(), nullable=False),
        sa.Column("seo_title", sa.String(length=255), nullable=True),
        sa.Column("seo_description", sa.Text(), nullable=True),
        sa.Column("seo_keywords", sa.String(length=500), nullable=True),
        sa.Column("postal_code", sa.String(length=12), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.Column("inquiry_count", sa.Integer(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("significant_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("price_cents IS NULL OR price_cents > 0", name=op.f("ck_listings_price")),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_listings_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_listings_tenant_id")),
        sa.ForeignKeyConstraint(["text_id"], ["dealer_texts.id"], name=op.f("fk_listings_text_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name=op.f("fk_listings_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("dealer_id", "source", "source_id", name=op.f("uq_listings_dealer_id_source_source_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listings_public_id")),
    )
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listings_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_listings_dealer_status", ["dealer_id", "status"], unique=False)
        batch_op.create_index("ix_listings_status_price_dealer", ["status", "price_cents", "dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_listings_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index("ix_listings_tenant_status_price", ["tenant_id", "status", "price_cents"], unique=False)
        batch_op.create_index(batch_op.f("ix_listings_vehicle_id"), ["vehicle_id"], unique=False)

    op.create_table(
        "list_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("list_key", sa.String(length=220), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_list_entries_dealer_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_list_entries_listing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_list_entries_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entries")),
        sa.UniqueConstraint("listing_id", "scope", "list_key", name=op.f("uq_list_entries_listing_id_scope_list_key")),
        sa.UniqueConstraint(
            "tenant_id", "scope", "list_key", "position", name=op.f("uq_list_entries_tenant_id_scope_list_key_position")
        ),
    )
    with op.batch_alter_table("list_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_entries_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_list_entries_scope", ["tenant_id", "scope", "list_key", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_list_entries_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "listing_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("meaning", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_listing_sources_dealer_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_listing_sources_listing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_listing_sources_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_sources")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_listing_sources_listing_id")),
    )
    with op.batch_alter_table("listing_sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_sources_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_sources_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.String(length=255), nullable=True),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(length=255), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_photos_dealer_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_photos_listing_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_photos_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
    )
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photos_content_hash"), ["content_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_photos_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_photos_listing_id_position", ["listing_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_photos_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "price_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("old_cents", sa.Integer(), nullable=True),
        sa.Column("new_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_price_changes_dealer_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_price_changes_listing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_price_changes_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changes")),
    )
    with op.batch_alter_table("price_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_changes_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_price_changes_listing_id_at", ["listing_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_changes_tenant_id"), ["tenant_id"], unique=False)
    security.guard("list_cursors")
    security.guard("vehicles", dealer="dealer_id")
    security.guard("listings", dealer="dealer_id")
    security.guard("list_entries", dealer="dealer_id")
    security.guard("listing_sources", dealer="dealer_id")
    security.guard("photos", dealer="dealer_id")
    security.guard("price_changes", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("price_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_changes_tenant_id"))
        batch_op.drop_index("ix_price_changes_listing_id_at")
        batch_op.drop_index(batch_op.f("ix_price_changes_dealer_id"))

    op.drop_table("price_changes")
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photos_tenant_id"))
        batch_op.drop_index("ix_photos_listing_id_position")
        batch_op.drop_index(batch_op.f("ix_photos_dealer_id"))
        batch_op.drop_index(batch_op.f("ix_photos_content_hash"))

    op.drop_table("photos")
    with op.batch_alter_table("listing_sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_sources_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_listing_sources_dealer_id"))

    op.drop_table("listing_sources")
    with op.batch_alter_table("list_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_entries_tenant_id"))
        batch_op.drop_index("ix_list_entries_scope")
        batch_op.drop_index(batch_op.f("ix_list_entries_dealer_id"))

    op.drop_table("list_entries")
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listings_vehicle_id"))
        batch_op.drop_index("ix_listings_tenant_status_price")
        batch_op.drop_index(batch_op.f("ix_listings_tenant_id"))
        batch_op.drop_index("ix_listings_status_price_dealer")
        batch_op.drop_index("ix_listings_dealer_status")
        batch_op.drop_index(batch_op.f("ix_listings_dealer_id"))

    op.drop_table("listings")
    with op.batch_alter_table("vehicles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicles_vin"))
        batch_op.drop_index("ix_vehicles_tenant_id_make_model")
        batch_op.drop_index(batch_op.f("ix_vehicles_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_vehicles_dealer_id"))

    op.drop_table("vehicles")
    with op.batch_alter_table("list_cursors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_cursors_tenant_id"))

    op.drop_table("list_cursors")
