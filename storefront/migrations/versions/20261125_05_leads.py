"""Buyers, inquiries, leads and letters."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261125_05"
down_revision = "20261125_04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "buyers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_buyers_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_buyers_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyers")),
    )
    with op.batch_alter_table("buyers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_buyers_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_buyers_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index("ix_buyers_tenant_id_email", ["tenant_id", "email"], unique=False)

    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("to_address", sa.String(length=255), nullable=False),
        sa.Column("reply_to", sa.String(length=255), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_letters_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_letters_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_letters_tenant_id_key")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letters_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_letters_open", ["sent_at", "next_try_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "inquiries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("contact_method", sa.SmallInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("fold_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_minutes", sa.Integer(), nullable=True),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_id"], ["buyers.id"], name=op.f("fk_inquiries_buyer_id")),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_inquiries_dealer_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_inquiries_listing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_inquiries_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("tenant_id", "fold_key", name=op.f("uq_inquiries_tenant_id_fold_key")),
    )
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiries_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_inquiries_listing_id_created_at", ["listing_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("inquiry_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("offered_cents", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_leads_assignee_id")),
        sa.ForeignKeyConstraint(["buyer_id"], ["buyers.id"], name=op.f("fk_leads_buyer_id")),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_leads_dealer_id")),
        sa.ForeignKeyConstraint(["inquiry_id"], ["inquiries.id"], name=op.f("fk_leads_inquiry_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_leads_listing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_leads_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("inquiry_id", name=op.f("uq_leads_inquiry_id")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leads_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leads_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leads_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_leads_dealer_status_created", ["dealer_id", "status", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_leads_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(
            "ix_leads_tenant_dealer_status_created", ["tenant_id", "dealer_id", "status", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_leads_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "lead_activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_lead_activities_dealer_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_activities_lead_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_lead_activities_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_activities")),
    )
    with op.batch_alter_table("lead_activities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_activities_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index("ix_lead_activities_lead_id_at", ["lead_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_activities_tenant_id"), ["tenant_id"], unique=False)
    security.guard("buyers", dealer="dealer_id")
    security.guard("letters", dealer="dealer_id")
    security.guard("inquiries", dealer="dealer_id")
    security.guard("leads", dealer="dealer_id")
    security.guard("lead_activities", dealer="dealer_id")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("lead_activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_activities_tenant_id"))
        batch_op.drop_index("ix_lead_activities_lead_id_at")
        batch_op.drop_index(batch_op.f("ix_lead_activities_dealer_id"))

    op.drop_table("lead_activities")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leads_tenant_id"))
        batch_op.drop_index("ix_leads_tenant_dealer_status_created")
        batch_op.drop_index(batch_op.f("ix_leads_listing_id"))
        batch_op.drop_index("ix_leads_dealer_status_created")
        batch_op.drop_index(batch_op.f("ix_leads_dealer_id"))
        batch_op.drop_index(batch_op.f("ix_leads_buyer_id"))
        batch_op.drop_index(batch_op.f("ix_leads_assignee_id"))

    op.drop_table("leads")
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiries_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_inquiries_reference"))
        batch_op.drop_index("ix_inquiries_listing_id_created_at")
        batch_op.drop_index(batch_op.f("ix_inquiries_dealer_id"))
        batch_op.drop_index(batch_op.f("ix_inquiries_buyer_id"))

    op.drop_table("inquiries")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letters_tenant_id"))
        batch_op.drop_index("ix_letters_open")
        batch_op.drop_index(batch_op.f("ix_letters_dealer_id"))

    op.drop_table("letters")
    with op.batch_alter_table("buyers", schema=None) as batch_op:
        batch_op.drop_index("ix_buyers_tenant_id_email")
        batch_op.drop_index(batch_op.f("ix_buyers_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_buyers_dealer_id"))

    op.drop_table("buyers")
