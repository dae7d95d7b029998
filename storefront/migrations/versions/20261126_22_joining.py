"""Dealers who join by themselves: registrations, how far they came, imports on screen and their mappings."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_22"
down_revision = "20261126_21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("firm", sa.String(length=255), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("plan", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_registrations_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_registrations_token_hash")),
    )
    for column in ("tenant_id", "created_at"):
        op.create_index(op.f(f"ix_registrations_{column}"), "registrations", [column], unique=False)
    security.guard("registrations")
    _of_dealers(
        "onboardings",
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("dealer_id", name=op.f("uq_onboardings_dealer_id")),
    )
    _of_dealers(
        "import_mappings",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    _runs()


def downgrade() -> None:
    """Go one step back."""
    for table in ("import_runs", "import_mappings", "onboardings", "registrations"):
        op.drop_table(table)


def _runs() -> None:
    _of_dealers(
        "import_runs",
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=True),
        sa.Column("mapping_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("whole_stock", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["mapping_id"], ["import_mappings.id"], name=op.f("fk_import_runs_mapping_id"), ondelete="SET NULL"
        ),
    )
    op.create_index("ix_import_runs_dealer_id_created_at", "import_runs", ["dealer_id", "created_at"], unique=False)


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
