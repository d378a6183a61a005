"""Machines that show the key of another one that is connected: a copied card, most often. One of each node is known.

Nothing of a copy is taken. When a person says that it is a machine of its own it is told to make its own key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wacket.fleet.handshake import JoinToken
from wacket.fleet.messages import About, printable

MOST = 100
Tell = Callable[[dict[str, object]], None]


def are_two(connected: About, comes: About, visits: bool) -> bool:
    """Whether two connections with one key are of two agents, as far as they say. Containers of one machine have one
    boot, and who only visits is the command line beside its agent.
    """
    if connected.boot != comes.boot:
        return True
    return not visits and bool(connected.instance and comes.instance) and connected.instance != comes.instance


@dataclass(slots=True)
class Copy:
    """`tell` sends it a message while it is connected."""

    host: str
    peer: str
    at: int
    tell: Tell | None
    rekey: JoinToken | None = None  # what it is to join with, once a person has said so


class Copies:
    """Used on the event loop only. In memory: a copy shows itself again by itself."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._of: dict[int, Copy] = {}

    def of_node(self, node: int) -> Copy | None:
        return self._of.get(node)

    def met(self, node: int, about: About, peer: str, tell: Tell) -> None:
        """A copy has come."""
        before = self._of.pop(node, None)
        copy = Copy(printable(about.host), peer, self._clock(), tell, before.rekey if before else None)
        self._of[node] = copy
        if len(self._of) > MOST:
            del self._of[next(iter(self._of))]
        self._send_away(node, copy)

    def left(self, node: int, tell: Tell) -> None:
        """Its connection has ended."""
        copy = self._of.get(node)
        if copy is not None and copy.tell == tell:
            copy.tell = None

    def part(self, node: int, token: JoinToken) -> None:
        """It is a machine of its own, and joins with this token, now or when it comes again."""
        copy = self._of.get(node)
        if copy is not None:  # else somebody else has said so at the same moment
            copy.rekey = token
            self._send_away(node, copy)

    def _send_away(self, node: int, copy: Copy) -> None:
        if copy.rekey is not None and copy.tell is not None:
            copy.tell({"t": "rekey", "token": copy.rekey.id, "secret": copy.rekey.secret.hex()})
            del self._of[node]
