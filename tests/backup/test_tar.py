"""The frame of a backup: what other programs read of it, and what of theirs is refused."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.backup import tar
from wacket.errors import BadRequest

PARTS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join).filter(lambda name: not tar.unfit(name))
FILES = st.dictionaries(NAMES, st.binary(max_size=1500), max_size=5)


def framed(files):
    parts = [tar.header(name, len(data), 7) + data + tar.padding(len(data)) for name, data in files.items()]
    return b"".join(parts) + tar.END


def read(archive, size=1 << 20):
    """What the reader gives, fed so many bytes at a time: name → content."""
    reader, found, name, content = tar.Reader(), {}, "", b""
    for start in range(0, len(archive), size):
        for what in reader.feed(archive[start : start + size]):
            if isinstance(what, tar.Entry):
                name, content, expected = what.name, b"", what.size
            elif what is None:
                assert len(content) == expected
                found[name] = content
            else:
                content += what
    return found, reader.ended


@given(FILES, st.integers(1, 2000))
def test_read_in_pieces_of_any_size_and_by_other_programs(files, size):
    archive = framed(files)
    assert read(archive, size) == (files, True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as other:
        assert {member.name: other.extractfile(member).read() for member in other} == files


def test_a_file_of_more_than_8_gigabytes_has_a_header_too():
    size = 9 << 30
    (entry,) = tar.Reader().feed(tar.header("history/readings/x.parquet", size, 0))
    assert entry == ("history/readings/x.parquet", size)


def test_the_end_may_be_filled_up_and_nothing_else_may_follow():
    assert read(framed({"a": b"1"}) + bytes(10240)) == ({"a": b"1"}, True)
    with pytest.raises(BadRequest, match="follows on the end"):
        read(framed({}) + bytes(2 << 20))


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", "..", ".", "a\\..\\b", "a\nb", "a\x1b[2J",
        "\u202ea", "x" * 151, "/".join("abcdefghi"), "/".join(["x" * 90] * 3),
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_nowhere(name):
    assert tar.unfit(name)
    info = tarfile.TarInfo(name)
    with pytest.raises(BadRequest):
        read(info.tobuf(tarfile.GNU_FORMAT))


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
        tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, tarfile.XGLTYPE, b"z",
    ],
)  # fmt: skip
def test_links_devices_folders_and_extensions_are_refused(kind):
    info = tarfile.TarInfo("ledger.db")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(BadRequest, match="not a backup made by Wacket"):
        read(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


@given(st.binary(min_size=512, max_size=3000))
def test_anything_else_is_refused_in_words(noise):
    try:
        read(noise)
    except BadRequest as error:
        assert "not a backup" in str(error)
