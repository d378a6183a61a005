"""What Alembic runs: the missing revisions, on the connection of migrate.py, in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from wacket.ledger.tables import metadata


def run(connection: Connection) -> None:
    # Without this SQLite's driver would put each DDL statement in a transaction of its own; it also makes a
    # second process that starts on the same file wait here and then find nothing to do.
    connection.exec_driver_sql("begin immediate")
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()
    connection.commit()


run(context.config.attributes["connection"])
