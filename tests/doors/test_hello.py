from __future__ import annotations

import pytest

from wacket.doors.hello import Hello, parse
from wacket.errors import BadRequest


def test_every_part_is_read() -> None:
    said = parse(b"hello node=b1 token=wkt_x ack=yes format=text epoch=e7 seq=12\r")
    assert said == Hello("b1", "wkt_x", True, "text", "e7", 12)


def test_all_parts_are_optional() -> None:
    assert parse(b"hello ") == Hello()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"hello nod=b1", "nod"),
        (b"hello ack=maybe", "ack"),
        (b"hello seq=-1 epoch=a", "seq"),
        (b"hello seq=1", "epoch"),
        (b"hello seq=\xd9\xa3 epoch=a", "seq"),
        (b"hello seq=9999999999999999 epoch=a", "seq"),
        (b"hello seq=1 epoch=" + b"a" * 65, "epoch"),
        (b"hello format=csv", "format"),
    ],
)
def test_a_wrong_part_is_named(line: bytes, field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(line)
    assert caught.value.field == field


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadRequest, match="ndjson"):
        parse(b"hello format=xml")
