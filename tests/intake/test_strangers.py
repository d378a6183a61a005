"""What a device said last, for the person who decides about it: bounded, and fit to be shown."""

from __future__ import annotations

from wacket.intake import strangers
from wacket.intake.strangers import Strangers, last_lines
from wacket.records import Envelope, Receipt


def envelope(node, body, at=7):
    return Envelope("tcp", "192.0.2.7", node, "auto", at, body, adopted=False)


def test_lines_are_counted_and_the_last_are_kept():
    kept = Strangers()
    for number in range(4):
        kept.heard(envelope(2, b"a:%d\nb:%d\n" % (number, number), at=number), Receipt(1, 1))
    kept.heard(envelope(2, b"a:3\nb:3\n"), Receipt(2, 0, duplicates=2))
    said = kept.of_node(2)
    assert (said.lines, said.at) == (8, 7)
    assert list(said.sample) == ["b:2", "a:3", "b:3", "a:3", "b:3"]


def test_what_is_shown_is_text_and_short():
    assert last_lines(b"\x1b[31mred\r\n\n  \n" + b"x" * 1000 + b"\n\xff\n") == ["�[31mred", "x" * 200, "�"]
    assert last_lines(b"y" * 70_000 + b"\nlast\n") == ["last"]
    assert last_lines(b"") == []


def test_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(strangers, "MOST_DEVICES", 2)
    kept = Strangers()
    for node in (2, 3, 2, 4):
        kept.heard(envelope(node, b"x\n"), Receipt(1, 0))
    assert [kept.of_node(node).lines for node in (2, 3, 4)] == [2, 0, 1]
    kept.forget(2)
    assert kept.of_node(2).lines == 0
