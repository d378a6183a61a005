"""Who is not let in, with which words, and what a hostile node can do to the hub: nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.conftest import FREE_PORTS, QUICK
from tests.support.agents import FakeAgent, JoinToken, about
from tests.support.ask import ask
from tests.support.fleet import act, member, node, token, until_it_is, url
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from wacket.hub import microseconds, running

HOUR = 3_600_000_000

pytestmark = pytest.mark.slow


@pytest.fixture
def agent(hub):
    return FakeAgent(url(hub), about=about(host="pi-11"))


def stored(hub, number):
    return next(row for row in hub.fleet.tokens.list() if row.id == number)


async def test_a_token_works_once(hub, agent):
    text = await token(hub)
    assert (await agent.join(text))["t"] == "welcome"
    second = FakeAgent(agent.url)
    said = await second.join(text)
    assert (said["code"], said["retry"]) == ("token", None)
    assert "used already" in said["reason"]
    await second.closed()
    assert (await agent.auth())["t"] == "welcome"
    await agent.close()


async def test_who_joins_again_with_its_own_key_costs_no_use(hub, agent):
    text = await token(hub, uses=2)
    for _ in range(3):
        assert (await agent.join(text))["name"] == "pi-11"
        await agent.close()
    assert stored(hub, 1).used == 1


async def test_machines_that_come_at_once_share_no_use(hub):
    text = await token(hub, uses=3)
    agents = [FakeAgent(url(hub)) for _ in range(6)]
    said = await asyncio.gather(*(one.join(text, "same") for one in agents))
    assert sorted(one["t"] for one in said) == ["error"] * 3 + ["welcome"] * 3
    assert {one["name"] for one in said if one["t"] == "welcome"} == {"same", "same-2", "same-3"}
    for one in agents:
        await one.close()


async def test_an_expired_token(tmp_path):
    late = [0]
    async with running(tmp_path / "data", FREE_PORTS | QUICK, clock=lambda: microseconds() + late[0]) as hub:
        text = await token(hub)
        late[0] = HOUR + 1
        agent = FakeAgent(url(hub))
        said = await agent.join(text)
        assert (said["code"], "expired" in said["reason"]) == ("token", True)
        await agent.close()


async def test_a_revoked_token(hub, agent):
    text = await token(hub)
    await act(hub, "DELETE", "/api/v1/join-tokens/1")
    said = await agent.join(text)
    assert (said["code"], "revoked" in said["reason"]) == ("token", True)
    await agent.close()


async def test_a_token_of_another_hub_and_a_made_up_one(hub, agent):
    known = JoinToken.read(await token(hub))
    for wrong in (known._replace(secret=bytes(16)), known._replace(id=known.id + 1)):
        await agent.hello()
        said = {"t": "join", **agent.proof_of_key(), **agent.proof_of_token(wrong), "name": "pi-11"}
        await agent.send(said)
        assert (await agent.let_in())["code"] == "token"
        await agent.close()
    assert len(hub.catalogue.nodes()) == 1
    acts = (await ask(hub, "/api/v1/audit"))["acts"]
    assert [(act["act"], act["outcome"], act["details"]["code"]) for act in acts[:2]] == [
        ("node.join", "refused", "token")
    ] * 2
    agent.fingerprint = "00" * 32
    with pytest.raises(AssertionError, match="not the hub that was pinned"):
        await agent.hello()
    await agent.close()


async def test_guessing_is_slowed_down(hub, agent):
    known = JoinToken.read(await token(hub))
    door = hub.edges["agents"]
    for _ in range(20):
        door._tries.begin("127.0.0.1", hub.clock())
    await agent.hello()
    await agent.send({"t": "join", **agent.proof_of_key(), **agent.proof_of_token(known), "name": "pi-11"})
    said = await agent.let_in()
    assert said["code"] == "full" and said["retry"] >= 1
    await agent.close()


async def test_a_key_that_nobody_knows(hub, agent):
    assert (await agent.auth())["code"] == "unknown"
    await agent.close()


async def test_a_signature_of_another_key(hub):
    first = await member(hub)
    thief = FakeAgent(first.url)
    await thief.hello()
    await thief.send({"t": "auth", **thief.proof_of_key(), "key": first.key.public.hex()})
    assert (await thief.let_in())["code"] == "signature"
    assert (await first.beat())["t"] == "beat"
    await first.close()


async def test_a_handshake_that_was_recorded_cannot_be_played_again(hub):
    first = await member(hub)
    await first.close()
    await first.hello()
    recorded = {"t": "auth", **first.proof_of_key()}
    await first.send(recorded)
    assert (await first.let_in())["t"] == "welcome"
    thief = FakeAgent(first.url)
    await thief.hello()
    await thief.send(recorded)
    assert (await thief.let_in())["code"] == "signature"
    await first.close()


async def test_a_node_cannot_be_another_by_saying_so(hub):
    honest, liar = await member(hub, "pi-11"), await member(hub, "pi-12")
    await liar.send({"t": "about", "about": liar.about | {"host": "pi-11"}, "node": 2, "name": "pi-11"})
    last = await liar.report("ndjson", '{"time": 1795262400000000, "message": "x", "node": "pi-11", "source": "s"}')
    await liar.acked("ndjson", last)
    rows = hub.catalogue.node_named("pi-12")
    assert (await node(hub, "pi-12"))["name"] == "pi-12"
    assert liar.welcomed["node"] == rows.id != honest.welcomed["node"]
    for one in (honest, liar):
        await one.close()


async def test_another_version(hub, agent):
    async with connect(f"{agent.url}/api/v1/agent") as socket:
        await socket.send('{"t": "hi", "v": 2}')
        said = json.loads(await socket.recv())
        assert (said["code"], said["speaks"]) == ("version", [1])


@pytest.mark.parametrize("cert", ["ab" * 32, "x"])
async def test_over_plain_http_no_certificate_can_have_been_seen(hub, agent, cert):
    """Somebody ends TLS on the way whom the hub does not know."""
    agent.cert = cert
    with pytest.raises(ConnectionClosed):
        await agent.hello()
    assert (await agent.hear("error")).message["code"] == "certificate"
    await agent.close()


async def test_over_tls_the_agent_must_have_seen_the_hubs_own_certificate(start_hub):
    async with start_hub(**{"doors.https": "127.0.0.1:0"}) as hub:
        agent = FakeAgent(f"wss://{hub.addresses['https']}")
        assert (await agent.join(await token(hub)))["t"] == "welcome"
        await agent.close()
        for shown in ("ab" * 32, ""):  # what somebody in the middle shows, or no TLS towards the agent
            agent.cert = shown
            with pytest.raises(ConnectionClosed):
                await agent.hello()
            assert (await agent.hear("error")).message["code"] == "certificate"


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ['{"t": "auth"}'],
        ['{"t": "hi", "v": 1, "nonce": 5}'],
        ['{"t": "hi", "v": 1, "nonce": "ab"}'],
        [b"\xff\xff\xff\xff"],
        [json.dumps({"t": "hi", "v": 1, "nonce": "ab" * 32, "cert": ""}), '{"t": "report"}'],
        [json.dumps({"t": "hi", "v": 1, "nonce": "ab" * 32, "cert": ""}), '{"t": "join", "key": "' + "x" * 60_000],
    ],
)
async def test_nonsense_ends_the_connection_with_a_reason(hub, agent, words):
    async with connect(f"{agent.url}/api/v1/agent") as socket:
        for word in words:
            await socket.send(word)
        heard = [json.loads(said) async for said in socket]
    assert (heard[-1]["t"], heard[-1]["code"]) == ("error", "malformed")


@pytest.mark.parametrize(
    "said",
    [
        {"t": "about", "about": {"host": "x" * 5000}},
        {"t": "about", "about": {"accounts": ["x"] * 1000}},
        {"t": "skip", "epoch": "e", "seq": 5, "to": 4},
        {"t": "skip", "epoch": "e" * 100, "seq": 0, "to": 4},
        {"t": "streams", "streams": {"metrics": {"epoch": "e", "first": 10, "last": 3}}},
        {"t": "report"},
    ],
)
async def test_what_a_member_says_is_bounded_too(hub, said):
    agent = await member(hub)
    await agent.send(said)
    assert (await agent.hear("error")).message["code"] == "malformed"
    await agent.closed()


async def test_text_of_a_machine_stays_text(hub):
    evil = "<script>\x1b]52;c;x\x07\u202e../../etc"
    agent = FakeAgent(url(hub), about=about(host=evil, system=evil, accounts=[evil]))
    said = await agent.join(await token(hub), evil)
    assert said["name"] == "script-52-c-x-..-..-etc"
    machine = (await node(hub, said["name"]))["machine"]
    assert machine["host"] == machine["accounts"][0] == "<script>�]52;c;x��../../etc"
    await agent.close()


async def test_a_flood_of_words_is_read_slowly_and_hurts_nobody(hub):
    flood, other = await member(hub, "flood"), await member(hub, "other")
    (link,) = [one for one in hub.edges["agents"]._links.values() if one.node == flood.welcomed["node"]]
    link._words.level = 0
    beats = asyncio.gather(*(flood.send({"t": "beat", "at": 1}) for _ in range(500)))
    assert (await other.beat())["t"] == "beat"
    await beats
    for _ in range(500):
        await flood.hear("beat")
    assert link._words.level < 500
    for one in (flood, other):
        await one.close()


async def test_who_does_not_read_is_cut_off(hub):
    agent = await member(hub)
    assert agent.socket is not None
    agent.socket.transport.pause_reading()
    (link,) = hub.edges["agents"]._links.values()
    for _ in range(40):
        link.send_bytes({"t": "blob"}, bytes(1 << 20))
    assert link.slow and link.pending_bytes() < 18 << 20
    await until_it_is(hub, "pi-11", "down")
    assert hub.edges["agents"].statistics()["slow"] == 1
    agent.cut()


async def test_a_weak_key_proves_nothing(hub, agent):
    known = JoinToken.read(await token(hub))
    agent.key.public = bytes(32)
    await agent.hello()
    proof = agent.proof_of_key() | {"sig": "00" * 64}
    await agent.send({"t": "join", **proof, **agent.proof_of_token(known), "name": "pi-11"})
    assert (await agent.let_in())["code"] == "signature"
    await agent.close()
