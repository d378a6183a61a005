"""The ledger's file is as tables/ says, however old it was, and a start at the newest shape costs
nothing.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from wacket.errors import BadSettings
from wacket.ledger import migrate, place
from wacket.ledger.store import Ledger
from wacket.ledger.tables import metadata


@pytest.fixture
def engine(tmp_path: Path):
    engine = create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield engine
    engine.dispose()


def schema(engine: Engine) -> dict[str, str]:
    """Every table and index by name, as SQL with one space between the words."""
    with engine.connect() as connection:
        rows = connection.execute(text("select name, sql from sqlite_master where sql is not null")).all()
    return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def test_migrated_file_is_what_the_tables_say(engine, tmp_path):
    migrate.upgrade(engine)
    other = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    metadata.create_all(other)
    assert schema(engine) == schema(other) != {}
    other.dispose()


def test_alembic_finds_no_difference(engine):
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_revisions_are_what_alembic_finds():
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    found = [script.revision for script in scripts.walk_revisions()]
    assert migrate.revisions() == found[::-1]
    assert scripts.get_heads() == [migrate.revisions()[-1]]


def test_new_file_and_second_start(engine):
    assert migrate.current(engine) is None
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.revisions()[-1]
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.revisions()[-1]


def test_links_of_an_older_file_are_kept(engine, monkeypatch):
    known = migrate.revisions()
    monkeypatch.setattr(migrate, "revisions", lambda: known[: known.index("0004") + 1])
    monkeypatch.setattr("alembic.command.upgrade", partial(to_revision, command.upgrade, "0004"))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("insert into setup_links values ('a hash', 1, 2, null)"))
    monkeypatch.undo()
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("select * from setup_links")).all() == [("a hash", 1, 2, None, None)]


def to_revision(upgrade, revision, config, _head):
    upgrade(config, revision)


def test_content_survives_another_start(tmp_path):
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.write_sync(lambda c: c.execute(text("insert into retention values (1, '*', 0, 0)")))
    ledger.close()
    ledger = Ledger.open(tmp_path / "ledger.db")
    assert ledger.read(lambda c: c.execute(text("select match from retention")).scalar()) == "*"
    ledger.close()


@pytest.mark.parametrize(("people", "step"), [(0, "start"), (1, "done")])
def test_a_hub_that_people_use_already_begins_no_guide(engine, monkeypatch, people, step):
    with monkeypatch.context() as before:
        before.setattr(migrate, "revisions", lambda: ["0005"])
        migrate.upgrade(engine)
    with engine.begin() as connection:
        for number in range(people):
            values = {"name": f"p{number}"}
            connection.execute(text("insert into people values (null, :name, 'admin', 'x', 0, false)"), values)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert place.read(connection, "lab").first_run == step


def test_interrupted_migration_leaves_nothing(engine, monkeypatch):
    from alembic.operations import Operations

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(Operations, "create_index", fail)
    with pytest.raises(OSError, match="disk full"):
        migrate.upgrade(engine)
    assert schema(engine) == {}
    monkeypatch.undo()
    migrate.upgrade(engine)
    assert "audit_at" in schema(engine)


def test_file_of_a_newer_wacket_is_refused_and_left_alone(engine):
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    before = schema(engine)
    with pytest.raises(BadSettings, match=r"newer Wacket.*9999"):
        migrate.upgrade(engine)
    assert schema(engine) == before


@pytest.mark.slow
def test_alembic_is_not_imported_when_nothing_is_to_do(tmp_path):
    code = (
        "import sys; from pathlib import Path; from wacket.ledger.store import Ledger;"
        "Ledger.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "ledger.db")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]
