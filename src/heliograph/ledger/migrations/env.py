"""Alembic's entrance: it is only ever run from within the program, on the connection it is handed."""

from alembic import context

from heliograph.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
