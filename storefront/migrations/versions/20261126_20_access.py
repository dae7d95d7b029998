"""Second factors, invitations, new passwords, support visits; where a login sits and how fresh it is."""

import sqlalchemy as sa
from alembic import op

from storefront.migrations import security

revision = "20261126_20"
down_revision = "20261126_19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("users", schema=None) as users:
        users.add_column(sa.Column("totp_secret", sa.String(length=255), nullable=True))
        users.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
    _recovery_codes()
    _password_resets()
    _invitations()
    _access_rules()
    _support_visits()
    with op.batch_alter_table("user_sessions", schema=None) as sessions:
        sessions.add_column(sa.Column("network", sa.String(length=60), nullable=True))
        sessions.add_column(sa.Column("waits_for_code", sa.Boolean(), nullable=False, server_default=sa.false()))
        sessions.add_column(sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True))
        sessions.add_column(sa.Column("desk_id", sa.Uuid(), nullable=True))
        sessions.add_column(sa.Column("support_id", sa.Uuid(), nullable=True))
        sessions.create_foreign_key(
            op.f("fk_user_sessions_desk_id"), "dealers", ["desk_id"], ["id"], ondelete="SET NULL"
        )
        sessions.create_foreign_key(
            op.f("fk_user_sessions_support_id"), "support_visits", ["support_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("user_sessions", schema=None) as sessions:
        sessions.drop_constraint(op.f("fk_user_sessions_support_id"), type_="foreignkey")
        sessions.drop_constraint(op.f("fk_user_sessions_desk_id"), type_="foreignkey")
        for column in ("support_id", "desk_id", "fresh_at", "waits_for_code", "network"):
            sessions.drop_column(column)
    for table in ("support_visits", "access_rules", "invitations", "password_resets", "recovery_codes"):
        op.drop_table(table)
    with op.batch_alter_table("users", schema=None) as users:
        users.drop_column("totp_step")
        users.drop_column("totp_secret")


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_recovery_codes_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_codes_user_id_code_hash")),
    )
    _indexed("recovery_codes", "tenant_id", "user_id")
    security.guard("recovery_codes")


def _password_resets() -> None:
    op.create_table(
        "password_resets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_password_resets_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    _indexed("password_resets", "tenant_id", "user_id")
    security.guard("password_resets")


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("role_name", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_invitations_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_invitations_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index("ix_invitations_tenant_id_email", "invitations", ["tenant_id", "email"], unique=False)
    _indexed("invitations", "dealer_id", "tenant_id")
    security.guard("invitations", dealer="dealer_id")


def _access_rules() -> None:
    op.create_table(
        "access_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wants_second_factor", sa.Boolean(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_access_rules_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_access_rules_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_rules")),
        sa.UniqueConstraint("tenant_id", "dealer_id", name=op.f("uq_access_rules_tenant_id_dealer_id")),
    )
    _indexed("access_rules", "dealer_id", "tenant_id")
    security.guard("access_rules", dealer="dealer_id")


def _support_visits() -> None:
    op.create_table(
        "support_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["dealers.id"], name=op.f("fk_support_visits_dealer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_support_visits_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_support_visits_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_visits")),
    )
    _indexed("support_visits", "dealer_id", "tenant_id", "user_id")
    security.guard("support_visits", dealer="dealer_id")


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
