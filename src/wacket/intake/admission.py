"""Decides who is speaking and as which node. A stranger from the network gets a node of its own, kept apart.

Knows no sockets: doors and routes hand it what the sender showed. Reading and acting are not decided here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from sqlalchemy import Connection

from wacket.errors import BadRequest, Forbidden, Unauthenticated, Unavailable, WacketError
from wacket.intake.catalogue import Catalogue
from wacket.ledger import nodes as node_rows
from wacket.ledger.nodes import NodeRow
from wacket.ledger.store import Ledger
from wacket.ledger.tokens import Tokens
from wacket.records import Statistics
from wacket.settings import Intake as Limits

NODE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,62}")
ADOPTED = "adopted"
MOST_STRANGERS = 5000
HEARD_EVERY = 30_000_000  # µs; who speaks all the time need not be written down all the time


class Speaker(NamedTuple):
    """The node that a sender speaks as."""

    node: int
    name: str
    adopted: bool
    token: int | None = None  # what admitted it, if that was a token


class Identity(NamedTuple):
    """What a sender has shown itself to be: what a node of it is known by, its name, whether it belongs here."""

    identity: str
    name: str
    adopted: bool
    token: int | None = None


class Newcomer(NamedTuple):
    """A node that is about to be made."""

    name: str
    state: str
    peer: str
    made: asyncio.Future[NodeRow]


class Admission:
    """`admit` is cheap for a sender that was admitted before. `told` hears of every sending, by node."""

    def __init__(
        self,
        ledger: Ledger,
        catalogue: Catalogue,
        tokens: Tokens,
        limits: Limits,
        clock: Callable[[], int],
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._ledger, self._catalogue, self._tokens = ledger, catalogue, tokens
        self._limits, self._clock, self._told = limits, clock, told
        self._seen: dict[int, tuple[int, str]] = {}
        self._refused = 0
        self._newcomers: dict[str, Newcomer] = {}
        self._making: asyncio.Task[None] | None = None

    def known(self, token: str | None, name: str | None, peer: str) -> Speaker | None:
        """The speaker if no new node has to be made for it. Raises as `admit` does."""
        shown = self._identify(token, name, peer)
        row = self._node_of(shown)
        return self._speaker(row, peer, shown.token) if row else None

    async def admit(self, token: str | None, name: str | None, peer: str) -> Speaker:
        """The node that this sender is.

        Raises Unauthenticated (the token is unknown, or one is needed), Forbidden (it may not send, or not as this
        node; the node is retired), BadRequest (the name), Unavailable (too many strangers).
        """
        shown = self._identify(token, name, peer)
        row = self._node_of(shown) or await self._make(shown, peer)
        return self._speaker(row, peer, shown.token)

    def again(self, speaker: Speaker) -> Speaker:
        """The same sender as it is by now; for doors whose connections last.

        Raises Forbidden where its token was revoked or has expired, or its node was retired.
        """
        if speaker.token is not None and not self._tokens.is_live(speaker.token):
            self._refused += 1
            raise Forbidden("the token of this connection was revoked or has expired")
        row = self._catalogue.node_by_id(speaker.node)
        self._require_in_use(row)
        self.still_heard(row.id, row.last_peer)
        self._told(row.id)
        now = speaker._replace(node=row.id, name=row.name, adopted=row.state == ADOPTED)
        return speaker if now.node == speaker.node and now.adopted == speaker.adopted else now

    def is_trusted(self, node: int) -> bool:
        """Whether what this node sends may trigger something."""
        return _is_trusted(self._catalogue.node_by_id(node))

    def trusted(self) -> list[int]:
        """All nodes that may trigger something."""
        return self._catalogue.aliases.of(row.id for row in self._catalogue.nodes() if _is_trusted(row))

    async def flush(self) -> None:
        """Write down when nodes were last heard."""
        seen = dict(self._seen)
        if not seen:
            return
        await self._ledger.write(lambda connection: node_rows.seen(connection, seen))
        self._catalogue.heard(seen)
        self._seen = {node: last for node, last in self._seen.items() if seen.get(node) != last}

    def heard(self, node: int, peer: str) -> None:
        self._seen[node] = self._clock(), peer
        self._told(node)

    def still_heard(self, node: int, peer: str) -> None:
        """The same for who speaks all the time: cheaper, and not written down each time."""
        if self._clock() - self._catalogue.node_by_id(node).last_seen > HEARD_EVERY:
            self._seen[node] = self._clock(), peer

    def statistics(self) -> Statistics:
        return {"refused": self._refused}

    def _identify(self, token: str | None, name: str | None, peer: str) -> Identity:
        """Who this is. Raises what `admit` raises."""
        if name is not None:
            require_node_name(name, "node")
        if token:
            return self._by_token(token, name)
        if is_loopback(peer):
            return Identity(f"name:{name}", name, True) if name else Identity(f"peer:{peer}", peer, False)
        if self._limits.strangers == "refuse":
            self._refused += 1
            raise Unauthenticated("this hub takes no data without a token; make one on the hub: wacket token create")
        called = f"{name}@{peer}" if name else peer
        return Identity(f"peer:{called}", called, False)

    def _by_token(self, secret: str, name: str | None) -> Identity:
        token = self._tokens.check(secret)
        if token is None:
            self._refused += 1
            raise Unauthenticated("this token is not known here, has expired or was revoked")
        if not token.scopes & {"ingest", "admin"}:
            self._refused += 1
            raise Forbidden(f"the token {token.name!r} may not send data: it lacks the scope ingest")
        if token.node and name and name != token.node:
            self._refused += 1
            raise Forbidden(f"the token {token.name!r} may only speak as node {token.node!r}, not as {name!r}")
        called = token.node or name or token.name
        return Identity(f"name:{called}", called, True, token.id)

    def _node_of(self, shown: Identity) -> NodeRow | None:
        """The node that a sender has been. One that was renamed is meant by its old name and by its present one."""
        row = self._catalogue.node(shown.identity)
        if row is None and shown.adopted:
            row = self._catalogue.node_named(shown.name) or self._catalogue.node_formerly(shown.name)
        return None if row is not None and row.id == node_rows.HUB else row

    async def _make(self, shown: Identity, peer: str) -> NodeRow:
        """A node for a newcomer. When many come at once their nodes are made in one transaction."""
        identity = shown.identity
        if identity not in self._newcomers:
            if not shown.adopted and len(self._newcomers) + self._catalogue.pending() >= MOST_STRANGERS:
                raise Unavailable("too many unknown devices; adopt or retire some", retry_after=60)
            made: asyncio.Future[NodeRow] = asyncio.get_running_loop().create_future()
            self._newcomers[identity] = Newcomer(shown.name, ADOPTED if shown.adopted else "pending", peer, made)
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._make_all())
        return await asyncio.shield(self._newcomers[identity].made)

    async def _make_all(self) -> None:
        while newcomers := dict(self._newcomers):
            try:
                rows = await self._ledger.write(partial(self._create, newcomers))
            except WacketError as error:
                for identity, newcomer in newcomers.items():
                    del self._newcomers[identity]
                    newcomer.made.set_exception(error)
                continue
            self._catalogue.add_nodes(rows)
            for identity, row in zip(newcomers, rows, strict=True):
                self._newcomers.pop(identity).made.set_result(row)

    def _create(self, newcomers: Mapping[str, Newcomer], connection: Connection) -> list[NodeRow]:
        now = self._clock()
        return [
            node_rows.create(connection, new.name, "board", new.state, identity, now, new.peer)
            for identity, new in newcomers.items()
        ]

    def _speaker(self, row: NodeRow, peer: str, token: int | None) -> Speaker:
        self._require_in_use(row)
        self.heard(row.id, peer)
        return Speaker(row.id, row.name, row.state == ADOPTED, token)

    def _require_in_use(self, row: NodeRow) -> None:
        if row.state == "retired":
            self._refused += 1
            raise Forbidden(f"node {row.name!r} was retired; adopt it again to take its data")


def _is_trusted(row: NodeRow) -> bool:
    """Adopted nodes are, and this machine is where it gives no name: older clients of the energy services cannot."""
    return row.state == ADOPTED or (row.state == "pending" and is_loopback(row.identity.removeprefix("peer:")))


def require_node_name(name: str, field: str) -> None:
    """Raises BadRequest, naming the field that the name came in."""
    if not NODE_NAME.fullmatch(name):
        reason = f"{name[:80]!r} cannot be a node's name: letters, digits and . _ @ : - only, 1 to 63 of them"
        raise BadRequest(reason, field)


@lru_cache(maxsize=4096)
def is_loopback(peer: str) -> bool:
    """Whether an address as sockets give it (no port) is this machine."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
