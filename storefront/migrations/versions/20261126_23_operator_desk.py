"""Messages to buyers, test drives and appointments, spam; the rate table; what the operator looks at."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_23"
down_revision = "20261126_22"
branch_labels = None
depends_on = None

DEALERS = ("lead_messages", "test_drives", "sales_appointments", "moderation_cases")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("leads", schema=None) as leads:
        leads.add_column(sa.Column("spam_at", sa.DateTime(timezone=True), nullable=True))
    _of_leads(
        "lead_messages",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("reply_to", sa.String(length=255), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_lead_messages_lead_id_at", "lead_messages", ["lead_id", "at"], unique=False)
    _meetings(
        "test_drives",
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_test_drives_listing_id")),
    )
    op.create_index(op.f("ix_test_drives_listing_id"), "test_drives", ["listing_id"], unique=False)
    _meetings(
        "sales_appointments",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
    )
    _cases()
    _bands()


def downgrade() -> None:
    """Go one step back."""
    for table in ("commission_bands", *reversed(DEALERS)):
        op.drop_table(table)
    with op.batch_alter_table("leads", schema=None) as leads:
        leads.drop_column("spam_at")


def _meetings(table: str, *parts: sa.schema.SchemaItem) -> None:
    _of_leads(
        table,
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("salesperson_id", sa.Uuid(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["salesperson_id"], ["users.id"], name=op.f(f"fk_{table}_salesperson_id")),
        *parts,
    )
    for column in ("lead_id", "salesperson_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.create_index(f"ix_{table}_dealer_id_starts_at", table, ["dealer_id", "starts_at"], unique=False)


def _of_leads(table: str, *parts: sa.schema.SchemaItem) -> None:
    lead = sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f(f"fk_{table}_lead_id"), ondelete="CASCADE")
    _of_dealers(table, sa.Column("lead_id", sa.Uuid(), nullable=False), lead, *parts)


def _cases() -> None:
    _of_dealers(
        "moderation_cases",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.String(length=120), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=True),
        sa.Column("verdict", sa.SmallInteger(), nullable=True),
        sa.UniqueConstraint("tenant_id", "subject", name=op.f("uq_moderation_cases_tenant_id_subject")),
    )
    columns = ["tenant_id", "decided_at", "opened_at"]
    op.create_index("ix_moderation_cases_open", "moderation_cases", columns, unique=False)


def _of_dealers(table: str, *parts: sa.schema.SchemaItem) -> None:
    """Create a table of the dealers', behind both walls."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f(f"fk_{table}_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("dealer_id", "tenant_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    security.guard(table, dealer="dealer_id")


def _bands() -> None:
    op.create_table(
        "commission_bands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("from_cents", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("rate BETWEEN 0.01 AND 0.05", name=op.f("ck_commission_bands_rate")),
        sa.CheckConstraint("from_cents >= 0", name=op.f("ck_commission_bands_from_cents")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_commission_bands_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_bands")),
    )
    op.create_index(op.f("ix_commission_bands_tenant_id"), "commission_bands", ["tenant_id"], unique=False)
    columns = ["tenant_id", "tier", "until"]
    op.create_index("ix_commission_bands_tier_until", "commission_bands", columns, unique=False)
    security.guard("commission_bands")
