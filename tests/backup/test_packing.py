"""What a backup does with files that cannot be read, and how much of it is in memory at once."""

from __future__ import annotations

import json
import subprocess
import zlib

import pytest
from tests.support.archives import ABOUT, FILES, archive, sources, unpacked

from wacket.backup import packing, tar
from wacket.backup.packing import Packing
from wacket.backup.snapshot import Source
from wacket.backup.unpacking import Unpacking


def looked(pieces):
    looking = Unpacking(None)
    for piece in pieces:
        looking.add(piece)
    return looking.finish()


def test_a_file_that_is_gone_or_may_not_be_called_so_is_named_and_the_others_are_saved(tmp_path):
    here = sources(tmp_path, FILES)
    odd = Source("outputs/" + "x" * 200, tmp_path / "owner.key")
    contents = looked(
        Packing(ABOUT, 0).pieces([here[0], Source("history/logs/gone.parquet", tmp_path / "no"), odd, *here[1:]])
    )
    assert contents.files == len(FILES)
    assert contents.lost == 2
    assert contents.left_out[0] == {"name": "history/logs/gone.parquet", "reason": "it is gone"}
    assert "too long" in contents.left_out[1]["reason"] or "does not name" in contents.left_out[1]["reason"]


def test_a_damaged_segment_is_saved_as_it_is_and_named(tmp_path):
    here = sources(tmp_path, FILES)
    segment = here[3]
    good = segment._replace(crc=zlib.crc32(FILES[segment.name]))
    assert looked(Packing(ABOUT, 0).pieces([*here[:3], good])).lost == 0
    contents = looked(Packing(ABOUT, 0).pieces([*here[:3], segment._replace(crc=1)]))
    assert (contents.files, contents.lost) == (4, 1)
    assert "checksum is wrong" in contents.left_out[0]["reason"]


class Failing:
    """A file that gives so many bytes and then none any more, or an error."""

    def __init__(self, file, size, error):
        self._file, self._left, self._error = file, size, error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def seek(self, *where):
        return self._file.seek(*where)

    def read(self, size):
        if not self._left and self._error:
            raise OSError(5, "Input/output error")
        piece = self._file.read(min(size, self._left))
        self._left -= len(piece)
        return piece


@pytest.mark.parametrize("error", [False, True])
def test_what_the_disk_does_not_give_is_zeros_and_named_once(tmp_path, error):
    here = sources(tmp_path, FILES)

    class Path:
        def open(self, mode):
            return Failing(here[3].path.open(mode), 100, error)

    (folder := tmp_path / "staged").mkdir()
    unpacking = Unpacking(folder)
    for piece in Packing(ABOUT, 0).pieces([*here[:3], Source(here[3].name, Path(), 7), *here[4:]]):
        unpacking.add(piece)
    contents = unpacking.finish()
    assert contents.lost == 1
    assert "from byte 100 on" in contents.left_out[0]["reason"]
    content = FILES[here[3].name]
    assert unpacked(folder)[here[3].name] == content[:100] + bytes(len(content) - 100)


def test_sums_come_every_so_many_files_and_other_programs_read_them(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "FILES_PER_SUMS", 2)
    raw = archive(tmp_path / "source")
    contents = looked([raw])
    assert contents.files == len(FILES)
    (there := tmp_path / "there").mkdir()
    (tmp_path / "lab.tar").write_bytes(raw)
    subprocess.run(["tar", "xf", tmp_path / "lab.tar", "-C", there], check=True)
    found = sorted(path.name for path in (there / "backup").iterdir())
    assert found == ["about.json", "end.json", "sums-00001", "sums-00002", "sums-00003"]
    for sums in found[2:]:
        subprocess.run(["sha256sum", "--check", "--quiet", f"backup/{sums}"], cwd=there, check=True)
    assert json.loads((there / "backup/end.json").read_text())["files"] == len(FILES)


def test_the_pieces_are_of_a_size_whatever_the_files_are(tmp_path):
    (tmp_path / "large").write_bytes(bytes(5 << 20))
    many = [Source(f"outputs/{n}/1.records", tmp_path / "small") for n in range(3000)]
    (tmp_path / "small").write_bytes(b"x" * 10)
    sizes = [len(piece) for piece in Packing(ABOUT, 0).pieces([Source("wacket.toml", tmp_path / "large"), *many])]
    assert max(sizes) < 2 << 20
    assert min(sizes[:-1]) >= 1 << 18, "small files are not sent one by one"


def test_of_many_lost_files_the_first_are_named_and_all_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "MOST_NAMED", 3)
    gone = [Source(f"outputs/{n}/1.records", tmp_path / "gone") for n in range(10)]
    contents = looked(Packing(ABOUT, 0).pieces([*sources(tmp_path, FILES), *gone]))
    assert (contents.lost, len(contents.left_out)) == (10, 3)
    assert tar.unfit(contents.left_out[0]["name"]) == ""
