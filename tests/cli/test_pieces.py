"""Cutting a file into pieces that can be sent again."""

import gzip
import io

import pytest

from wacket.cli.support.errors import Misused
from wacket.cli.support.pieces import LONGEST, Manner, opened, pieces

LINES = [f"temp:{number}\n".encode() for number in range(1000)]
FILE = b"".join(LINES)


def cut(data, form="auto", salt="", lines=100, size=10**6):
    return list(pieces(io.BytesIO(data), Manner(form), salt, lines, size))


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_pieces_are_whole_lines_and_together_the_file(size):
    found = cut(FILE, size=size)
    assert b"".join(piece.body for piece in found) == FILE
    assert all(piece.body.endswith(b"\n") for piece in found)
    assert sum(piece.taken for piece in found) == len(FILE)


def test_pieces_know_the_number_of_their_first_line():
    for piece in cut(FILE):
        assert FILE.splitlines(keepends=True)[piece.first_line - 1] == piece.body.splitlines(keepends=True)[0]


def test_the_same_file_gives_the_same_keys_and_all_are_different():
    keys = [piece.key for piece in cut(FILE)]
    assert keys == [piece.key for piece in cut(FILE)] and len(set(keys)) == len(keys) > 5


def test_the_same_content_at_another_place_or_for_another_node_is_something_else():
    same = cut(b"a:1\n" * 1000)
    assert len({piece.key for piece in same}) == len(same) > 5
    assert {p.key for p in cut(FILE)}.isdisjoint(p.key for p in cut(FILE, salt="node"))


def test_every_piece_of_csv_has_the_heading():
    found = cut(b"\xef\xbb\xbftime,temp\r\n" + b"1,2\r\n" * 500, "csv", lines=50)
    assert len(found) > 5 and all(piece.body.startswith(b"time,temp\n1,2") for piece in found)
    assert found[0].first_line == 2


def test_a_mark_of_byte_order_is_not_part_of_the_first_line():
    assert cut(b"\xef\xbb\xbftemp:1\n")[0].body == b"temp:1\n"


def test_triples_are_sent_as_ndjson():
    assert cut(b"temp 1.5\nhum 40\n", "triples")[0].body.count(b'"name"') == 2
    assert Manner("triples").hub_format == "ndjson"


def test_a_long_line_is_not_torn_at_the_end_of_a_piece():
    long = b"x" * 70_000 + b"\n"
    found = cut(b"temp:1\n" + long + b"temp:2\n", size=60_000)
    assert [piece.body for piece in found] == [b"temp:1\n" + long, b"temp:2\n"]


def test_a_file_that_has_grown_has_the_same_keys_except_for_the_end():
    before, after = cut(FILE[:-10]), cut(FILE + b"temp:1000\n")
    assert [piece.key for piece in before[:-1]] == [piece.key for piece in after[: len(before) - 1]]
    assert before[-1].key not in {piece.key for piece in after}
    whole, longer = cut(FILE), cut(FILE + b"temp:1000\n")
    assert [piece.key for piece in whole] == [piece.key for piece in longer[:-1]]


def test_after_a_difference_all_keys_are_others():
    changed = cut(FILE.replace(b"temp:0\n", b"temp:x\n"))
    assert {piece.key for piece in changed}.isdisjoint(piece.key for piece in cut(FILE))


def test_a_file_without_line_ends_does_not_fill_the_memory():
    with pytest.raises(Misused, match="line 2 "):
        cut(b"temp:1\n" + b"x" * (LONGEST + 1))


def test_packed_files_are_read_unpacked(tmp_path):
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(FILE))
    with opened(str(path)) as file:
        assert file.read() == FILE
