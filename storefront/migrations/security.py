"""The second wall, for migrations: PostgreSQL row-level security over tables with an owner (SECURITY A2)."""

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from storefront.core.errors import ConfigurationError

ROLE = "marketplace_app"
_TENANT = "(current_setting('app.tenant', true) = '*' OR {column}::text = current_setting('app.tenant', true))"
_DEALER = (
    "(coalesce(current_setting('app.dealer', true), '') = '' OR {column}::text = current_setting('app.dealer', true))"
)


def create_role() -> None:
    """Create the role the application drops to, and let the migrating user act as it, unless a superuser did before.

    Raises:
        ConfigurationError: this user may do neither; the message is what a superuser has to run.
    """
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    try:
        with connection.begin_nested():
            op.execute(
                "DO $$ DECLARE acts text := CASE WHEN current_setting('server_version_num')::int >= 160000 "
                "THEN 'SET' ELSE 'MEMBER' END; BEGIN "
                f"IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN "
                f"CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; "
                f"IF NOT pg_has_role(current_user, '{ROLE}', acts) THEN GRANT {ROLE} TO CURRENT_USER; END IF; END $$"
            )
    except ProgrammingError as refused:
        user = connection.execute(text("SELECT quote_ident(current_user)")).scalar_one()
        raise ConfigurationError(
            "This database user may not make the role the application works as. Have a superuser run once: "
            f"CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; (if it is missing) GRANT {ROLE} TO {user};"
        ) from refused
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")


def see_everything() -> None:
    """Let the rest of this migration's transaction read and write the rows of all tenants, where the wall stands."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('app.tenant', '*', true)")


def guard(table: str, *, tenant: str | None = "tenant_id", dealer: str | None = None) -> None:
    """Put the wall round a table.

    Args:
        table: its name.
        tenant: the column that names the tenant; None for tables all tenants read.
        dealer: the column that names the dealer, where there is one.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    if tenant is None:
        return
    rules = [_TENANT.format(column=tenant)] + ([_DEALER.format(column=dealer)] if dealer else [])
    rule = " AND ".join(rules)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY owner_only ON {table} USING ({rule}) WITH CHECK ({rule})")


def open_again(table: str) -> None:
    """Take the wall down, for the way back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP POLICY IF EXISTS owner_only ON {table}")
