"""Files of the store are cut or changed while the hub is down: it starts, names the damage, and has all the rest."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.harness import Hub, wait_until
from tests.torture.conftest import HURRIED
from tests.torture.verify import stored_numbers

ROUNDS, LINES = 3, 4000  # each round becomes a segment of its own: HURRIED seals at 3,000 rows
BATCHES = 40  # into which the journal has the lines where nothing is sealed
NO_MORE_SEALING = {
    "WACKET_HISTORY_SEAL_SECONDS": "3600",
    "WACKET_HISTORY_SEAL_ROWS": "100000000",
    "WACKET_HISTORY_COMPACT_SECONDS": "3600",
}
FEW_SEGMENTS = {"WACKET_HISTORY_COMPACT_SECONDS": "3600"}


def send(hub: Hub, node: str, first: int, lines: int = LINES) -> None:
    """Numbers from `first` on, all acknowledged."""
    with socket.create_connection(hub.tcp, timeout=20) as connection, connection.makefile("rb") as answers:
        connection.sendall(f"hello node={node} ack=yes\n".encode())
        connection.sendall(b"".join(b"n:%d\n" % number for number in range(first, first + lines)))
        while (answer := answers.readline()) != b"ok %d\n" % lines:
            assert answer.startswith(b"ok "), answer


def reading_segments(folder: Path) -> list[Path]:
    """The sealed files of readings, the oldest first; roll-ups and logs are other files."""
    files = [path for path in (folder / "history").rglob("*.parquet") if "reading" in str(path)]
    return sorted(files, key=lambda path: path.stat().st_mtime_ns)


def fill(folder: Path, sealed: bool) -> Path:
    """The folder of a hub that was killed: ROUNDS × LINES readings of one node, in several segments or unsealed."""
    hub = Hub(folder, {**HURRIED, **(FEW_SEGMENTS if sealed else NO_MORE_SEALING)}).start()
    parts = ROUNDS if sealed else BATCHES
    lines = ROUNDS * LINES // parts
    try:
        for number in range(parts):
            send(hub, "n1", number * lines, lines)
            if sealed:
                wait_until(lambda number=number: len(reading_segments(folder)) > number, "sealed")  # type: ignore[misc]
    finally:
        hub.kill()
    return folder


@pytest.fixture(scope="module")
def sealed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("sealed") / "data", sealed=True)


@pytest.fixture(scope="module")
def unsealed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("unsealed") / "data", sealed=False)


@pytest.fixture
def sealed(sealed_once: Path, tmp_path: Path, a_hub: Callable[..., Hub]) -> Hub:
    """A hub that is down and has several segments; every test gets a copy."""
    shutil.copytree(sealed_once, tmp_path / "data")
    hub: Hub = a_hub(**FEW_SEGMENTS)
    return hub


@pytest.fixture
def unsealed(unsealed_once: Path, tmp_path: Path, a_hub: Callable[..., Hub]) -> Hub:
    """A hub that is down and has everything in its journal."""
    shutil.copytree(unsealed_once, tmp_path / "data")
    hub: Hub = a_hub(**NO_MORE_SEALING)
    return hub


def flip(path: Path, part: float) -> None:
    """Change one byte, `part` of the way into the file."""
    raw = bytearray(path.read_bytes())
    raw[int((len(raw) - 1) * part)] ^= 0x5A
    path.write_bytes(raw)


def cut(path: Path, part: float) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])


def told(harm: tuple[Callable[[Path, float], None], float]) -> str:
    return f"{harm[0].__name__} at {harm[1]}"


def named(hub: Hub) -> str:
    """All that the hub says about its health, as text."""
    return json.dumps(hub.get("/api/v1/health"))


@pytest.mark.slow
@pytest.mark.parametrize("harm", [(flip, 0.02), (flip, 0.5), (flip, 0.999), (cut, 0.5), (cut, 0.0)], ids=told)
def test_a_damaged_segment_costs_only_itself(sealed: Hub, harm: tuple[Callable[[Path, float], None], float]) -> None:
    hub = sealed
    victim = reading_segments(hub.folder)[0]
    change, part = harm
    change(victim, part)
    with hub:
        there = stored_numbers(hub, "n1")
        assert set(range(LINES, ROUNDS * LINES)) <= set(there), "the other segments are whole"
        assert set(there) <= set(range(ROUNDS * LINES)), "nothing is shown that was never sent"
        assert max(there.values()) == 1
        wait_until(lambda: victim.name in named(hub), "the hub names the file", 30, 0.1)
        send(hub, "n2", 0, 10)
        assert stored_numbers(hub, "n2").total() == 10


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_flipped_byte_in_the_journal(unsealed: Hub, part: float) -> None:
    hub = unsealed
    journal = largest_store_file(hub)
    flip(journal, part)
    with hub:
        there = stored_numbers(hub, "n1")
        assert len(there) >= ROUNDS * LINES * (BATCHES - 3) / BATCHES, "a page of the journal is lost at most"
        assert max(there.values()) == 1
        assert len(there) == ROUNDS * LINES or journal.name.removesuffix("-wal") in named(hub)
        send(hub, "n2", 0, 10)
        assert stored_numbers(hub, "n2").total() == 10


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.0, 0.5, 0.97])
def test_a_truncated_journal(unsealed: Hub, part: float) -> None:
    hub = unsealed
    cut(largest_store_file(hub), part)
    with hub:
        there = stored_numbers(hub, "n1")
        assert set(there) == set(range(len(there))), "all that stands before the cut"
        assert not there or max(there.values()) == 1
        assert len(there) >= int(part * ROUNDS * LINES * 0.8)
        assert len(there) == ROUNDS * LINES or "instead of" in named(hub) or part > 0.9
        send(hub, "n2", 0, 10)
        assert stored_numbers(hub, "n2").total() == 10


@pytest.mark.slow
@pytest.mark.parametrize("harm", [(flip, 0.01), (flip, 0.5), (cut, 0.5), (cut, 0.0)], ids=told)
def test_a_damaged_manifest_leaves_the_segments_readable(
    sealed: Hub, harm: tuple[Callable[[Path, float], None], float]
) -> None:
    hub = sealed
    hub.start().end()  # an orderly end leaves no write-ahead log: all of the manifest is in one file
    [store] = [path for path in (hub.folder / "history").glob("*.db") if path.stat().st_size]
    change, part = harm
    change(store, part)
    with hub:
        there = stored_numbers(hub, "n1")
        assert len(there) >= (ROUNDS - 1) * LINES, "the segments are found again without the manifest"
        assert max(there.values()) == 1
        send(hub, "n2", 0, 10)
        assert stored_numbers(hub, "n2").total() == 10


def largest_store_file(hub: Hub) -> Path:
    """The journal, or its write-ahead log where most of it still is."""
    files = [path for path in (hub.folder / "history").iterdir() if path.name.endswith((".db", ".db-wal"))]
    return max(files, key=lambda path: path.stat().st_size)
