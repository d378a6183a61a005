"""Files of commands: put where they belong, found by pattern, and never reached through a link."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.commands import files


def source(folder: Path, data: bytes = b"data") -> int:
    (folder / "source").write_bytes(data)
    return os.open(folder / "source", os.O_RDONLY)


def test_a_file_and_the_folders_to_it_are_made(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    files.place(source(tmp_path), str(work), "a/b/c.txt", 0o640)
    assert (work / "a/b/c.txt").read_bytes() == b"data"
    assert (work / "a/b/c.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["link", "folder/x"])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir(), outside.mkdir()
    (outside / "x").write_text("safe")
    (work / "link").symlink_to(outside / "x")
    (work / "folder").symlink_to(outside)
    with pytest.raises(files.Refused, match=name):
        files.place(source(tmp_path), str(work), name, 0o644)
    assert (outside / "x").read_text() == "safe"


def test_what_patterns_find(tmp_path: Path) -> None:
    for name in ("a.csv", "b.txt", ".hidden.csv", "sub/c.csv", "sub/deep/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "linked").symlink_to(tmp_path / "sub")

    def found(*patterns: str) -> list[str]:
        return files.matching(str(tmp_path), list(patterns))

    assert found("*.csv") == ["a.csv"]
    assert found(".*") == [".hidden.csv"]
    assert found("*/*.csv", "a.csv", "a.csv", "absent") == ["a.csv", "sub/c.csv"]
    assert found("sub/*/d.csv") == ["sub/deep/d.csv"]
    assert found("linked/c.csv", "pipe.csv", "sub") == []


@pytest.mark.parametrize("name", ["link", "pipe", "folder", "linked/x", "absent", "large"])
def test_only_regular_files_of_the_folder_itself_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "linked").symlink_to("/etc")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", files.LARGEST + 1)
    with pytest.raises(files.Refused, match=name):
        files.open_to_read(str(tmp_path), name)


def test_a_tree_is_removed_however_deep_and_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    doomed = tmp_path / "doomed"
    doomed.mkdir()
    (doomed / "link").symlink_to(outside)
    os.chdir(doomed)
    for _ in range(1500):  # deeper than Python calls and than a path may be long
        os.mkdir("inner")  # noqa: PTH102
        os.chdir("inner")
        Path("file").touch()
    os.chdir(tmp_path)
    files.remove_tree(str(doomed))
    assert not doomed.exists()
    assert (outside / "kept").exists()


@given(st.text("ab.*", max_size=8), st.text("ab.", min_size=1, max_size=8))
def test_patterns_mean_what_they_mean_to_a_shell(pattern: str, name: str) -> None:
    hidden = name.startswith(".") and not pattern.startswith(".")
    if "*" in pattern:
        assert files._fits(name, pattern) == (fnmatchcase(name, pattern) and not hidden)
