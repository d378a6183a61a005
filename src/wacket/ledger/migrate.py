"""Brings a ledger file to the newest shape of its tables. Runs from an installed wheel as from a checkout.

A file that is at the newest revision already is recognised with one plain query, so Alembic, which takes a
noticeable part of the start, is not imported then. Makes no revisions; `migrations/` says how one is written.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from wacket.errors import BadSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def revisions() -> list[str]:
    """All revisions this version knows, oldest first. They are the file names: v0001_initial.py is "0001"."""
    return sorted(path.stem[1:].partition("_")[0] for path in (MIGRATIONS / "versions").glob("v*.py"))


def current(engine: Engine) -> str | None:
    """The revision of the file, or None for a new one."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("select version_num from alembic_version")).scalar()


def upgrade(engine: Engine) -> None:
    """Run what is missing, in one transaction: after a crash the file is as before or as it should be.

    Raises BadSettings if a newer Wacket has written the file.
    """
    known, found = revisions(), current(engine)
    if found == known[-1]:
        return
    if found is not None and found not in known:
        raise BadSettings(
            f"{engine.url.database} was written by a newer Wacket (ledger revision {found}; this one knows"
            f" {known[-1]}): install that version again, or restore the backup made before it"
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, known[-1])
