"""A hub that does not get on: it is sent the same again, and a file that it never takes holds nothing up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wacket_agent.commands import records, results
from wacket_agent.commands.sending import PATIENCE, TRIES, WINDOW, Sending
from wacket_agent.commands.spool import Spool

MOMENTS = [number * PATIENCE for number in range(1, 2 * TRIES + 3)]


class Wire:
    """The link, and what went over it."""

    def __init__(self) -> None:
        self.pieces: list[tuple[dict[str, Any], bytes]] = []
        self.ends: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.ends.append(message)

    def send_bytes(self, head: dict[str, Any], payload: bytes) -> None:
        self.pieces.append((head, payload))

    def names(self) -> list[tuple[str, int]]:
        return [(head["name"], head["offset"]) for head, _ in self.pieces]


@pytest.fixture
def wire() -> Wire:
    return Wire()


def send_all(sending: Sending, wire: Wire) -> None:
    while sending.step(wire):
        pass


def ended(folder: Path, sizes: list[int], end: int = 0) -> Sending:
    """A command that has ended and brings files of these sizes back; nothing was sent yet."""
    files = []
    for number, size in enumerate(sizes):
        path = folder / str(number)
        path.write_bytes(b"x" * size)
        files.append({"name": str(number), "size": size, "sha256": "", "path": str(path)})
    sending = Sending("c", str(folder))
    sending.ended({**results.unbegun("c", "succeeded", 0, ""), "files": files, "end": end})
    sending.begin()
    return sending


def test_output_that_the_hub_did_not_take_is_sent_again(tmp_path: Path, wire: Wire) -> None:
    spool = Spool(str(tmp_path), 1 << 20)
    spool.add(records.OUT, 0, b"said")
    spool.close()
    sending = ended(tmp_path, [], spool.end)
    send_all(sending, wire)
    for moment in (0.0, PATIENCE / 2, PATIENCE, PATIENCE + 1):
        sending.look(moment)
        send_all(sending, wire)
    assert [head["offset"] for head, _ in wire.pieces] == [0, 0]
    sending.heard(spool.end)
    for moment in MOMENTS:
        sending.look(moment)
    assert not sending.step(wire)
    assert len(wire.pieces) == 2


def test_the_end_waits_for_the_files(tmp_path: Path, wire: Wire) -> None:
    sending = ended(tmp_path, [10, 0])
    send_all(sending, wire)
    assert wire.names() == [("0", 0), ("1", 0)]
    assert not wire.ends
    sending.heard_file("0", 10)
    send_all(sending, wire)
    assert len(wire.ends) == 1


def test_a_hub_that_has_less_than_it_had_gets_it_again(tmp_path: Path, wire: Wire) -> None:
    sending = ended(tmp_path, [3 * WINDOW])
    send_all(sending, wire)
    sending.heard_file("0", WINDOW)
    send_all(sending, wire)
    sending.heard_file("0", WINDOW // 2)
    sending.step(wire)
    assert wire.names()[-1] == ("0", WINDOW // 2)


def test_a_file_that_the_hub_never_takes_is_given_up(tmp_path: Path, wire: Wire) -> None:
    sending = ended(tmp_path, [3 * WINDOW, 10])
    for moment in [0.0, *MOMENTS]:
        send_all(sending, wire)
        sending.heard_file("1", 10) if ("1", 0) in wire.names() else None
        sending.look(moment)
    assert wire.names().count(("0", 0)) == TRIES
    assert len(wire.ends) == 1


def test_many_files_share_one_window(tmp_path: Path, wire: Wire) -> None:
    sending = ended(tmp_path, [WINDOW // 4] * 20)
    send_all(sending, wire)
    assert sum(len(data) for _, data in wire.pieces) == WINDOW
