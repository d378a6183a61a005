"""A backup is taken apart whole or not at all, and nothing is written but where it belongs."""

from __future__ import annotations

import errno
import json
import os

import pytest
from tests.support.archives import FILES, archive, unpacked

from wacket.backup import names, tar
from wacket.backup.unpacking import Unpacking
from wacket.errors import BadRequest, Unavailable

STEP = 997  # bytes at a time: no boundary of the archive


@pytest.fixture
def made(tmp_path):
    return archive(tmp_path / "source")


def take(raw, folder=None, **more):
    unpacking = Unpacking(folder, **more)
    try:
        for start in range(0, len(raw), STEP):
            unpacking.add(raw[start : start + STEP])
        return unpacking.finish()
    finally:
        unpacking.abandon()


def one(name, content):
    return tar.header(name, len(content), 0) + content + tar.padding(len(content))


def about(**said):
    return one(names.ABOUT, json.dumps({"wacket_backup": 1, **said}).encode())


def test_what_comes_out_is_what_went_in(made, tmp_path):
    (folder := tmp_path / "staged").mkdir()
    contents = take(made, folder)
    assert unpacked(folder) == FILES
    assert (contents.files, contents.bytes) == (len(FILES), sum(map(len, FILES.values())))
    assert contents.tops == ("history", "ledger.db", "outputs", "owner.key")
    assert (contents.lost, contents.left_out) == (0, [])
    assert contents.about["host"] == "lab"
    assert (folder / "owner.key").stat().st_mode & 0o777 == 0o600
    assert (folder / "history").stat().st_mode & 0o777 == 0o700
    assert take(made) == contents, "only looking says the same"


@pytest.mark.slow
def test_cut_off_anywhere_it_is_not_whole(made):
    for end in range(0, len(made) - 1024, 512):
        with pytest.raises(BadRequest, match="ends too early"):
            take(made[:end])


@pytest.mark.slow
def test_a_bit_that_was_changed_is_found_or_changed_nothing(made, tmp_path):
    refused = 0
    for number, at in enumerate(range(0, len(made) - 1024, 61)):
        wrong = bytearray(made)
        wrong[at] ^= 1 << number % 8
        (folder := tmp_path / str(at)).mkdir()
        try:
            take(bytes(wrong), folder)
        except BadRequest:
            refused += 1
        else:
            assert unpacked(folder) == FILES, "it was in what fills a block up"
    assert refused > 100


@pytest.mark.parametrize("name", ["ledger.db", "history/journal.db"])
def test_without_its_stores_it_is_none(tmp_path, name):
    files = {other: content for other, content in FILES.items() if other != name}
    with pytest.raises(BadRequest, match=f"has no {name}"):
        take(archive(tmp_path, files))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "ends too early"),
        (b"\x28\xb5\x2f\xfd" + bytes(600), "not a backup made by Wacket"),
        (one("ledger.db", b"x"), "not in the order"),
        (one(names.ABOUT, b"[]"), "does not say that it is one"),
        (one(names.ABOUT, b"{" * 100_000), "cannot be read"),
        (about() + about(), "not in the order"),
        (one(names.ABOUT, b'{"wacket_backup": 2}'), "newer Wacket"),
        (tar.header(names.ABOUT, 1 << 40, 0), "larger than any"),
        (about() + one("ledger.db", b"x") + one(names.SUMS + "00002", b"x"), "sums are missing"),
        (about() + one("ledger.db", b"x") + one(names.SUMS + "00001", b"0  ledger.db\n"), "is not what it was"),
        (about() + one("ledger.db", b"x") + one("ledger.db", b"x"), "not where they should be"),
        (about() + one(names.END, b"{}") + one("ledger.db", b"x"), "not in the order"),
        (about() + one(names.END, b"{}") + tar.END, "not hold what its end says"),
    ],
)
def test_what_is_none(raw, said):
    with pytest.raises(BadRequest, match=said):
        take(raw)


@pytest.mark.parametrize(
    "name",
    [
        "lock", "hub.json", "restore.json", "restore-1/x", "before-restore-1/ledger.db", ".backup-1/x",
        "ledger.db-wal", "history/journal.db-wal", "history/journal.db.head", "history/reserve", "history/tmp/x",
        "backup/other", "x.tmp",
    ],
)  # fmt: skip
def test_a_name_that_means_something_to_a_starting_hub_is_refused(name, tmp_path):
    with pytest.raises(BadRequest, match="no data of a hub"):
        take(about() + one(name, b"x"), tmp_path)
    assert unpacked(tmp_path) == {}


def test_a_file_where_a_folder_is_is_refused(tmp_path):
    (folder := tmp_path / "staged").mkdir()
    sums = [one(f"{names.SUMS}0000{n}", text) for n, text in ((1, _sum("a/b")), (2, _sum("a")))]
    with pytest.raises(BadRequest, match="twice, or as file and folder"):
        take(about() + one("a/b", b"x") + sums[0] + one("a", b"x") + sums[1], folder)
    with pytest.raises(BadRequest, match="twice, or as file and folder"):
        take(about() + one("c", b"x") + _numbered("c") + one("c/d", b"x"), folder)
    with pytest.raises(BadRequest, match="twice, or as file and folder"):
        take(about() + one("e", b"x") + _numbered("e") + one("e", b"x"), folder)


def test_a_link_in_the_folder_is_never_followed(tmp_path):
    (folder := tmp_path / "staged").mkdir()
    (folder / "owner.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadRequest, match="twice"):
        take(about() + one("owner.key", b"x"), folder)
    assert not (tmp_path / "elsewhere").exists()


def test_who_gives_the_room_is_asked_before_anything_of_a_file_is_written(tmp_path):
    (folder := tmp_path / "staged").mkdir()

    def room(size):
        if size > 1 << 30:
            raise Unavailable("no room")

    with pytest.raises(Unavailable, match="no room"):
        take(about() + one("wacket.toml", b"") + tar.header("history/x", 1 << 40, 0) + bytes(99_999), folder, room=room)
    assert unpacked(folder) == {"wacket.toml": b""}


def test_a_full_disk_is_told_in_words(made, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable, match="the disk is full; nothing was replaced"):
        take(made, tmp_path)


def _sum(name):
    import hashlib

    return f"{hashlib.sha256(b'x').hexdigest()}  {name}\n".encode()


def _numbered(name):
    return one(f"{names.SUMS}00001", _sum(name))
