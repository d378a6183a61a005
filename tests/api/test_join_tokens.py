"""Join tokens over HTTP, and what people do with machines."""

from __future__ import annotations

import shlex
import socket
from types import SimpleNamespace

import psutil
import pytest

from wacket import agentfile
from wacket.api.addresses import address_for_agents
from wacket.fleet.handshake import JoinToken
from wacket.fleet.messages import About
from wacket.ledger import agents, nodes
from wacket.ledger.agents import AgentRow

JOINS = "/api/v1/join-tokens"


def test_make_list_revoke(api):
    made = api.owner.post(JOINS, json={"tags": {"demo": "", "room": "lab 2"}, "uses": 30, "hours": 3})
    assert made.status_code == 201
    made = made.json()
    token, line = made.pop("token"), made.pop("line")
    assert made.pop("reach") == "machine"
    assert JoinToken.parse(token).fingerprint == api.parts.fleet.key.fingerprint
    assert line == agentfile.paste_line("http://127.0.0.1:8080", token, agentfile.sha256())
    (listed,) = api.owner.get(JOINS).json()["tokens"]
    assert listed == made
    assert made == {
        "id": 1,
        "tags": {"demo": "", "room": "lab 2"},
        "accept": False,
        "uses": 30,
        "used": 0,
        "created": "2027-01-15T08:00:00Z",
        "expires": "2027-01-15T11:00:00Z",
        "revoked": None,
        "created_by": "owner",
        "trouble": "",
    }
    assert api.owner.delete(f"{JOINS}/1").status_code == 204
    assert api.owner.get(JOINS).json()["tokens"][0]["trouble"] == "this join token was revoked"
    assert api.owner.delete(f"{JOINS}/1").status_code == api.owner.delete(f"{JOINS}/9").status_code == 404
    acts = [row["act"] for row in api.acts() if row["outcome"] == "ok"]
    assert acts == ["join-token.revoke", "join-token.create"]
    assert token not in str(api.acts())


def test_one_machine_within_the_hour_if_nothing_is_said(api):
    made = api.owner.post(JOINS, json={}).json()
    assert (made["uses"], made["expires"], made["accept"]) == (1, "2027-01-15T09:00:00Z", False)
    api.now += 3_600_000_000
    assert api.owner.get(JOINS).json()["tokens"][0]["trouble"] == "this join token has expired"


@pytest.mark.parametrize("right", ["operate", "read", "ingest"])
def test_only_admins_make_them(api, right):
    assert api.client(bearer=api.token(right)).post(JOINS, json={}).status_code == 403
    assert api.client(bearer=api.token(right)).get(JOINS).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"uses": 0}, "uses"),
        ({"hours": 0}, "hours"),
        ({"hours": 10_000}, "hours"),
        ({"tags": {"": "x"}}, "tags"),
        ({"tags": {"a\nb": "x"}}, "tags"),
        ({"hub_url": "http://hub;rm -rf ~"}, "hub_url"),
        ({"hub_url": "http://$(id)/"}, "hub_url"),
        ({"hub_url": "hub"}, "hub_url"),
    ],
)
def test_what_cannot_be(api, body, field):
    answer = api.owner.post(JOINS, json=body)
    assert answer.status_code in (400, 422) and field in answer.text
    assert api.owner.get(JOINS).json()["tokens"] == []


def test_the_line_holds_nothing_for_a_shell_but_what_is_ours(api):
    line = api.owner.post(JOINS, json={"hub_url": "https://10.1.2.3:8443"}).json()["line"]
    assert " https://10.1.2.3:8443/agent/" in line
    assert shlex.split(line)


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        ({"http": "127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"http": "127.0.0.1:8080", "https": "192.168.1.5:8443"}, "https://192.168.1.5:8443"),
        ({"http": "[::1]:8080"}, "http://[::1]:8080"),
    ],
)
def test_where_machines_find_the_hub(api, addresses, url):
    api.parts.addresses.clear()
    api.parts.addresses.update(addresses)
    assert address_for_agents(api.parts) == url


def test_where_a_hub_that_listens_on_all_addresses_is_found(api, monkeypatch):
    api.parts.addresses.update({"https": "0.0.0.0:8443"})
    assert address_for_agents(api.parts) not in ("https://0.0.0.0:8443", "https://127.0.0.1:8443")

    def no_network(*_):
        raise OSError

    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(socket, "gethostname", lambda: "lab")
    up, down = SimpleNamespace(isup=True), SimpleNamespace(isup=False)
    states = {"lo": up, "docker0": up, "eth0": up, "wlan0": down}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: states)
    networks = {"lo": "127.0.0.1", "docker0": "172.17.0.1", "wlan0": "10.0.0.9"}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: {name: [_address(at)] for name, at in networks.items()})
    assert address_for_agents(api.parts) == "https://172.17.0.1:8443"
    networks["eth0"] = "10.77.0.1"
    assert address_for_agents(api.parts) == "https://10.77.0.1:8443", "a laboratory's network leads nowhere else"
    networks.clear()
    assert address_for_agents(api.parts) == "https://lab:8443"


def _address(text):
    return SimpleNamespace(family=socket.AF_INET, address=text)


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("http://127.0.0.1:8080", "machine"),
        ("https://localhost:8443", "machine"),
        ("http://[::1]:8080", "machine"),
        ("http://10.1.2.3:8080", "network"),
        ("http://lab.local:8080", "network"),
    ],
)
def test_who_can_join_by_the_line_is_told(api, url, reach):
    assert api.owner.post(JOINS, json={"hub_url": url}).json()["reach"] == reach


@pytest.fixture
def machines(api):
    """Two nodes with agents and one without."""
    for number, name in enumerate(("pi-11", "pi-12", "rig")):
        identity = f"key:{name}"
        row = api.parts.ledger.write_sync(
            lambda c, name=name, identity=identity: nodes.create(c, name, "machine", "adopted", identity, api.now, "x")
        )
        api.parts.catalogue.add_nodes([row])
        if name != "rig":
            agent = AgentRow(row.id, f"{number:064x}", "", {}, "down", api.now, "", api.now, None)
            api.parts.ledger.write_sync(lambda c, agent=agent: agents.add(c, agent))
            api.parts.fleet.agents.remember(agent)


@pytest.mark.parametrize(("old", "new"), [("pi-11", "pi-11"), ("pi-11", "rig"), ("rig", "pi-11")])
def test_only_one_machine_takes_the_place_of_another(api, machines, old, new):
    answer = api.owner.post(f"/api/v1/nodes/{old}/replace", json={"by": new})
    assert (answer.status_code, answer.json()["field"]) == (400, "by")


def test_replacing_and_splitting_what_is_not_there(api, machines):
    assert api.owner.post("/api/v1/nodes/pi-11/replace", json={"by": "nobody"}).status_code == 404
    assert api.owner.post("/api/v1/nodes/nobody/split").status_code == 404
    assert api.owner.post("/api/v1/nodes/pi-11/split").status_code == 400


def test_a_copy_that_is_away_is_told_when_it_comes_again(api, machines):
    node, told = api.parts.catalogue.node_named("pi-11").id, []
    copies = api.parts.fleet.copies
    copies.met(node, About(host="pi-13"), "192.0.2.9", told.append)
    copies.left(node, told.append)
    assert api.owner.post("/api/v1/nodes/pi-11/split").json() == {"node": "pi-11", "host": "pi-13", "tags": {}}
    assert told == [] and copies.of_node(node) is not None
    copies.met(node, About(host="pi-13"), "192.0.2.9", told.append)
    assert [message["t"] for message in told] == ["rekey"]
    assert copies.of_node(node) is None
    assert [row["act"] for row in api.acts("node.split")] == ["node.split"]


def test_what_is_missing_of_a_node(api, machines):
    said = api.owner.get("/api/v1/nodes/pi-11/completeness").json()
    assert said == {
        "node": "pi-11",
        "presence": "down",
        "since": "2027-01-15T08:00:00Z",
        "complete": True,
        "gaps": [],
    }
    assert api.owner.get("/api/v1/nodes/nobody/completeness").status_code == 404
