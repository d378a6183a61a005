"""Nodes that are another by now: what is asked of them, and what they have sent already."""

from __future__ import annotations

from wacket.history.shapes import Mark
from wacket.intake.aliases import Aliases
from wacket.intake.known import Known
from wacket.ledger.merging import Alias
from wacket.records import Envelope, Receipt

NOW = 1_700_000_000_000_000


def numbered(node, body, sequence, **more):
    return Envelope("tcp", "peer", node, "text", NOW, body, epoch="e", sequence=sequence, **more)


def keyed(node):
    return Envelope("http", "peer", node, "text", NOW, b"anything", key="k")


def test_an_id_means_the_node_that_it_was_merged_into_whatever_came_after():
    aliases = Aliases([Alias(3, 2, "new")])
    aliases.merge(Alias(2, 7, "old"))
    assert [aliases.now(node) for node in (2, 3, 7, 8)] == [7, 7, 7, 8]
    assert sorted(aliases.of([7, 8])) == [2, 3, 7, 8]
    assert aliases.of([8]) == [8]
    assert (aliases.formerly("new"), aliases.formerly("old"), aliases.formerly("x")) == (7, 7, None)
    assert 3 in aliases and 7 not in aliases


def test_what_a_node_had_numbered_before_it_was_merged_is_known_of_the_other():
    aliases = Aliases()
    known = Known([Mark("3", "e", ((0, 4),))], [], aliases)
    under_way = known.claim(numbered(3, b"5\n6\n", 5))
    aliases.merge(Alias(3, 2, "new"))
    assert known.have(2, "e") == known.have(3, "e") == 4
    claim = known.claim(numbered(2, b"4\n5\n6\n7\n", 4))
    assert (claim.body, claim.mark) == (b"7", Mark("2", "e", ((0, 7),)))
    known.confirm([under_way.mark], [])
    known.confirm([claim.mark], [])
    assert known.have(2, "e") == 7
    assert known.claim(numbered(3, b"7\n", 7)).body == b""  # that stood in the queue all the time


def test_so_are_its_keys():
    aliases = Aliases()
    known = Known([], [], aliases)
    assert known.claim_key(keyed(3))
    known.confirm([], [known.stored_receipt(keyed(3), Receipt(1, 0), NOW)])
    aliases.merge(Alias(3, 2, "new"))
    assert not known.claim_key(keyed(2))
    assert known.receipt(keyed(2)) == known.receipt(keyed(3)) == Receipt(1, 0)
