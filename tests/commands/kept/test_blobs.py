"""Blobs are whole and what they are called, or not there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from wacket.commands.kept.blobs import Blobs
from wacket.errors import BadRequest, NotFound, Unavailable

PROGRAM = b"print(6 * 7)\n"
NAME = hashlib.sha256(PROGRAM).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path, 1000)


def test_what_was_put_is_read_in_pieces(blobs: Blobs):
    assert blobs.put(PROGRAM) == blobs.put(PROGRAM) == NAME
    assert blobs.size(NAME) == len(PROGRAM)
    assert blobs.read(NAME, 0, 5) + blobs.read(NAME, 5, 100) == PROGRAM
    assert blobs.statistics() == {"blob_bytes": len(PROGRAM)}


def test_a_draft_is_there_when_it_is_finished(blobs: Blobs, tmp_path: Path):
    with blobs.draft(NAME) as draft:
        draft.add(PROGRAM[:4])
        draft.add(PROGRAM[4:])
        assert not blobs.touch(NAME)
        draft.finish()
    assert blobs.read(NAME, 0, 100) == PROGRAM
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_what_is_not_what_it_is_called_is_not_kept(blobs: Blobs, tmp_path: Path):
    with pytest.raises(BadRequest, match="send it again"), blobs.draft("0" * 64) as draft:
        draft.add(PROGRAM)
        draft.finish()
    assert list(tmp_path.iterdir()) == []


def test_there_is_an_end_to_the_room(blobs: Blobs):
    with pytest.raises(Unavailable, match="blobs_bytes"), blobs.draft(NAME) as draft:
        draft.add(b"x" * 1001)
    with pytest.raises(Unavailable, match="blobs_bytes"):
        blobs.put(b"y" * 1001)
    blobs.put(b"z" * 1000)


def test_what_nothing_names_goes_when_it_is_old(blobs: Blobs, tmp_path: Path):
    named, old, young = blobs.put(b"named"), blobs.put(b"old"), blobs.put(b"young")
    for name in (named, old):
        os.utime(tmp_path / name, (100, 100))
    assert blobs.sweep({named}, before=200) == 1
    assert [blobs.touch(name) for name in (named, old, young)] == [True, False, True]
    with pytest.raises(NotFound):
        blobs.read(old, 0, 1)


def test_drafts_of_a_hub_that_was_killed_are_gone(tmp_path: Path):
    (tmp_path / "x.draft").write_bytes(b"half")
    Blobs(tmp_path, 1000).put(PROGRAM)
    assert Blobs(tmp_path, 1000).statistics() == {"blob_bytes": len(PROGRAM)}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
