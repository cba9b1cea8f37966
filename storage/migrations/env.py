"""Alembic's entry: runs on the connection that storage/migrate.py opened and locked."""

from alembic import context

import storage.tables  # noqa: F401 - fills the metadata
from storage.columns import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
