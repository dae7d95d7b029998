"""Runs migrations by program: `marketplace db upgrade`, tests, `tools/check_migrations.py`."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from storefront.core.errors import ConfigurationError

from .models import whole_metadata

HERE = Path(__file__).parent


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring a database up to a revision (the newest by default); running it again changes nothing."""
    with engine.connect() as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take a database back to a revision (empty by default)."""
    with engine.connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def current(engine: Engine) -> str | None:
    """Give the database's revision, None when it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Give the newest revision there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(engine: Engine) -> list[object]:
    """Compare a migrated database with the models; empty when they agree."""
    with engine.connect() as connection:
        return list(
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), whole_metadata())
        )


def bring_up(engine: Engine) -> None:
    """Make sure a database is at head: an embedded SQLite is migrated at once, a server's by the operator.

    Raises:
        ConfigurationError: a server's database is behind, with the command that mends it.
    """
    if current(engine) == head():
        return
    if engine.dialect.name != "sqlite":
        raise ConfigurationError("The database is not up to date: run `marketplace db upgrade`")
    upgrade(engine)


def write(engine: Engine, message: str, revision: str) -> None:
    """Write a new step from what differs between database and models; for developers."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)
