"""Jobs are found by what they ran, where, by whom, when and how that went."""

from __future__ import annotations

from pathlib import Path

import pytest

from wacket.commands.spec import Spec
from wacket.ledger import commands, jobs, nodes
from wacket.ledger.commands import CommandRow
from wacket.ledger.jobs import JobRow, Sought
from wacket.ledger.store import Ledger

pytestmark = pytest.mark.slow  # each test makes a ledger

DISK = Spec(argv=("df", "-h", "/100%"))
PROGRAM = Spec(kind="python", program="0" * 64, args=("--fast", 'say "ok"'))


@pytest.fixture
def ledger(tmp_path: Path):
    opened = Ledger.open(tmp_path / "ledger.db")
    for number, name in enumerate(("pi-1", "pi-2"), 1):
        opened.write_sync(lambda c, n=name, at=number: nodes.create(c, n, "machine", "adopted", f"name:{n}", at))
    asked = [
        (DISK, "tag:demo", "person:ada", {1: "succeeded", 2: "failed"}),
        (PROGRAM, "pi-1", "person:ben", {1: "running"}),
        (DISK, "pi-2", "owner", {2: "succeeded"}),
    ]
    for number, (spec, target, actor, states) in enumerate(asked, 1):
        row = JobRow(0, number * 1000, actor, "", target, spec.text(), "", [], None, None)
        opened.write_sync(lambda c, r=row: jobs.add(c, r))
        rows = [
            CommandRow(f"{number}-{node}", number, node, state, 1, 9, ended=None if state == "running" else 5)
            for node, state in states.items()
        ]
        opened.write_sync(lambda c, r=rows: commands.add(c, r))
    yield opened
    opened.close()


def found(ledger: Ledger, limit: int = 10, before: int | None = None, **sought: object) -> list[int]:
    return [row.id for row in ledger.read(lambda c: jobs.page(c, limit, before, Sought(**sought)))]


@pytest.mark.parametrize(
    ("sought", "numbers"),
    [
        ({}, [3, 2, 1]),
        ({"find": "DF -h"}, [3, 1]),
        ({"find": "-h /100%"}, [3, 1]),
        ({"find": "100_"}, []),
        ({"find": '--fast say "ok"'}, [2]),
        ({"find": "demo"}, [1]),
        ({"find": "person:"}, [2, 1]),
        ({"find": "argv"}, []),
        ({"actor": "person:ada"}, [1]),
        ({"actor": "person"}, []),
        ({"state": "failed"}, [1]),
        ({"state": "open"}, [2]),
        ({"node": 1}, [2, 1]),
        ({"node": 1, "state": "failed"}, []),
        ({"node": 2, "state": "succeeded", "find": "df"}, [3]),
        ({"since": 2000}, [3, 2]),
    ],
)
def test_jobs_are_found(ledger: Ledger, sought: dict[str, object], numbers: list[int]) -> None:
    assert found(ledger, **sought) == numbers


def test_pages_of_what_is_sought(ledger: Ledger) -> None:
    assert found(ledger, 1, None, find="df") == [3]
    assert found(ledger, 1, 3, find="df") == [1]
