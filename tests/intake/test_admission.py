"""Who may speak, as which node."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.damage import spoil_table

from wacket.errors import BadRequest, Forbidden, Unauthenticated, Unavailable
from wacket.intake.admission import HEARD_EVERY, Admission, is_loopback
from wacket.intake.catalogue import Catalogue
from wacket.ledger import nodes
from wacket.ledger.store import Ledger
from wacket.ledger.tokens import Tokens
from wacket.settings import Intake

pytestmark = pytest.mark.slow
NOW = 1_700_000_000_000_000
FAR = "192.0.2.7"


class World:
    def __init__(self, ledger: Ledger, strangers: str = "pending") -> None:
        self.ledger = ledger
        self.now = NOW
        limits = Intake(strangers=strangers)  # type: ignore[arg-type]
        self.tokens = Tokens(ledger, lambda: self.now)
        self.catalogue = Catalogue(ledger, limits, lambda: self.now)
        self.admission = Admission(ledger, self.catalogue, self.tokens, limits, lambda: self.now)


async def become(world: World, name: str, state: str) -> None:
    await world.ledger.write(lambda connection: nodes.set_state(connection, name, state))
    world.catalogue.refresh_nodes()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    opened.write_sync(lambda connection: nodes.create(connection, "hub", "machine", "adopted", "hub", NOW))
    yield opened
    opened.close()


@pytest.fixture
def world(ledger: Ledger) -> World:
    return World(ledger)


async def test_a_name_from_this_machine_is_believed(world: World) -> None:
    speaker = await world.admission.admit(None, "bench", "127.0.0.1")
    assert (speaker.name, speaker.adopted) == ("bench", True)
    assert await world.admission.admit(None, "bench", "::1") == speaker


async def test_a_stranger_is_kept_apart_and_cannot_speak_as_somebody_else(world: World) -> None:
    owned = await world.admission.admit(None, "bench", "127.0.0.1")
    stranger = await world.admission.admit(None, "bench", FAR)
    assert stranger.node != owned.node
    assert not stranger.adopted
    nameless = await world.admission.admit(None, None, FAR)
    assert (nameless.name, nameless.adopted) == (FAR, False)


async def test_a_stranger_that_was_adopted_stays_the_same_node(world: World) -> None:
    stranger = await world.admission.admit(None, None, FAR)
    await world.ledger.write(lambda connection: nodes.set_state(connection, FAR, "adopted"))
    world.catalogue.refresh_nodes()
    again = await world.admission.admit(None, None, FAR)
    assert (again.node, again.adopted) == (stranger.node, True)


async def test_strangers_are_refused_where_the_owner_wants_it(ledger: Ledger) -> None:
    world = World(ledger, strangers="refuse")
    with pytest.raises(Unauthenticated, match="wacket token create"):
        await world.admission.admit(None, None, FAR)
    assert (await world.admission.admit(None, "own", "127.0.0.1")).adopted


async def test_a_token_is_its_node_until_it_is_revoked(world: World) -> None:
    token, secret = await world.tokens.create("rig", ["ingest"], node="rig-1", created_by="test")
    speaker = await world.admission.admit(secret, None, FAR)
    assert (speaker.name, speaker.adopted) == ("rig-1", True)
    with pytest.raises(Forbidden, match="rig-1"):
        await world.admission.admit(secret, "rig-2", FAR)
    await world.tokens.revoke(token.id)
    with pytest.raises(Forbidden, match="revoked"):
        world.admission.again(speaker)
    with pytest.raises(Unauthenticated):
        await world.admission.admit(secret, None, FAR)


async def test_a_token_that_may_only_read_may_not_send(world: World) -> None:
    _, secret = await world.tokens.create("eyes", ["read"], created_by="test")
    with pytest.raises(Forbidden, match="ingest"):
        await world.admission.admit(secret, None, FAR)


async def test_a_retired_node_is_not_heard(world: World) -> None:
    await world.admission.admit(None, "old", "127.0.0.1")
    await world.ledger.write(lambda connection: nodes.set_state(connection, "old", "retired"))
    world.catalogue.refresh_nodes()
    with pytest.raises(Forbidden, match="retired"):
        await world.admission.admit(None, "old", "127.0.0.1")


async def test_who_goes_on_speaking_was_heard_just_now(world: World) -> None:
    speaker = await world.admission.admit(None, "bench", "127.0.0.1")
    world.now += HEARD_EVERY + 1
    world.admission.again(speaker)
    await world.admission.flush()
    node = next(node for node in world.ledger.read(nodes.all_nodes) if node.name == "bench")
    assert (node.last_seen, node.last_peer) == (world.now, "127.0.0.1")


async def test_who_speaks_already_is_looked_at_again(world: World) -> None:
    stranger = await world.admission.admit(None, None, FAR)
    assert world.admission.again(stranger) is stranger
    for state, adopted in (("adopted", True), ("pending", False)):
        await become(world, FAR, state)
        stranger = world.admission.again(stranger)
        assert stranger.adopted is adopted
    await become(world, FAR, "retired")
    with pytest.raises(Forbidden, match="retired"):
        world.admission.again(stranger)


async def test_a_node_that_was_renamed_is_meant_by_both_names(world: World) -> None:
    first = await world.admission.admit(None, "rig-3", "127.0.0.1")
    await world.ledger.write(lambda connection: nodes.rename(connection, "rig-3", "rig-4"))
    world.catalogue.refresh_nodes()
    _, secret = await world.tokens.create("bound", ["ingest"], node="rig-4")
    spoken = [(None, "rig-3", "127.0.0.1"), (None, "rig-4", "127.0.0.1"), (secret, None, FAR), (secret, "rig-4", FAR)]
    for shown in spoken:
        speaker = await world.admission.admit(*shown)
        assert (speaker.node, speaker.name) == (first.node, "rig-4")
        assert world.admission.known(*shown) == speaker
    stranger = await world.admission.admit(None, "rig-4", FAR)
    assert stranger.node != first.node, "a stranger's name says nothing"


async def test_nobody_speaks_as_the_hub(world: World) -> None:
    assert (await world.admission.admit(None, "hub", "127.0.0.1")).name == "hub-2"


async def test_who_may_trigger_something(world: World) -> None:
    own = await world.admission.admit(None, None, "127.0.0.1")
    named = await world.admission.admit(None, "bench", "127.0.0.1")
    stranger = await world.admission.admit(None, None, FAR)
    pretender = await world.admission.admit(None, "127.0.0.1", FAR)
    trusted = [nodes.HUB, own.node, named.node]
    assert world.admission.trusted() == trusted
    assert not world.admission.is_trusted(stranger.node) and not world.admission.is_trusted(pretender.node)
    await become(world, FAR, "adopted")
    await become(world, "127.0.0.1", "retired")
    assert world.admission.trusted() == [nodes.HUB, named.node, stranger.node]


@pytest.mark.parametrize("name", ["", "a b", "<script>", "x" * 64, "../up", "-dash", "a\nb"])
async def test_names_that_cannot_be(world: World, name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await world.admission.admit(None, name, "127.0.0.1")
    assert caught.value.field == "node"


@pytest.mark.parametrize(
    ("peer", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_what_is_this_machine(peer: str, own: bool) -> None:
    assert is_loopback(peer) is own


async def test_newcomers_are_told_when_their_nodes_cannot_be_made(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    with contextlib.closing(Ledger.open(tmp_path / "ledger.db")) as damaged:
        world = World(damaged)
        spoil_table(tmp_path / "ledger.db", "nodes")
        answers = (world.admission.admit(None, name, "127.0.0.1") for name in ("one", "two", "one"))
        told = await asyncio.gather(*answers, return_exceptions=True)
        assert [type(error) for error in told] == [Unavailable] * 3


async def test_when_a_node_was_heard_is_not_forgotten_when_it_cannot_be_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = await world.admission.admit(None, "bench", "127.0.0.1")
    write = world.ledger.write

    async def fail(work: Any) -> Any:
        raise Unavailable("the disk is full")

    async def heard_meanwhile(work: Any) -> Any:
        world.admission.heard(speaker.node, "::1")
        return await write(work)

    monkeypatch.setattr(world.ledger, "write", fail)
    with pytest.raises(Unavailable):
        await world.admission.flush()
    for with_ in (heard_meanwhile, write):
        monkeypatch.setattr(world.ledger, "write", with_)
        await world.admission.flush()
    assert world.ledger.read(lambda connection: nodes.by_name(connection, "bench")).last_peer == "::1"
    monkeypatch.setattr(world.ledger, "write", fail)
    await world.admission.flush()


async def test_many_newcomers_at_once_are_made_together_and_once_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = []
    write = world.ledger.write

    async def counted(work: Any) -> Any:
        writes.append(1)
        return await write(work)

    monkeypatch.setattr(world.ledger, "write", counted)
    names = [f"board-{number % 50}" for number in range(200)]
    speakers = await asyncio.gather(*(world.admission.admit(None, name, "127.0.0.1") for name in names))
    assert len({speaker.node for speaker in speakers}) == 50
    assert [speaker.name for speaker in speakers] == names
    assert len(writes) <= 2
