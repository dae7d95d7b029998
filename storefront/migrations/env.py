"""Alembic's entry: runs the steps on the connection the caller hands over (storefront/migrations/runner.py)."""

from alembic import context

from storefront.migrations.models import whole_metadata

wanted = context.config.attributes.get("tables")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole_metadata(),
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=True,
    include_object=lambda item, name, kind, reflected, other: kind != "table" or wanted is None or name in wanted,
)
with context.begin_transaction():
    context.run_migrations()
