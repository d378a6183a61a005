"""Machines on the command line: the line to paste, what a machine allows, and what is missing of it."""

import json

import pytest

TOKEN = {
    "id": 7,
    "tags": {"room": "lab", "demo": ""},
    "accept": False,
    "uses": 1,
    "used": 0,
    "expires": "2026-11-21T09:00:00Z",
    "trouble": "",
}
NODE = {
    "name": "pi-11",
    "kind": "machine",
    "state": "adopted",
    "presence": "up",
    "since": "2026-11-21T08:00:00Z",
    "why": "",
    "code": "7KQ2M-9XFAB",
    "os": "linux",
    "agent": "0.1.0",
    "tags": {"room": "lab"},
    "allows": {"metrics": True, "logs": True, "run": False, "root": False, "shell": False, "files": False},
    "machine": {"host": "pi-11", "system": "Debian", "arch": "aarch64", "python": "3.11", "copy_seen": None},
}


def test_without_a_name_it_is_a_line_to_paste(hub, wacket):
    hub.answers["POST /api/v1/join-tokens"] = (201, TOKEN | {"token": "wjt_x", "line": "(curl … | python3)"}, {})
    words = ("--tag", "demo", "--tag", "room=lab", "--uses", "3", "--hours", "2", "--hub-url", "https://10.0.0.2:1")
    ran = wacket("token", "create", *words)
    assert ran.out == "(curl … | python3)\n"
    assert "j7" in ran.err and "wacket node approve" in ran.err
    said = {"tags": {"demo": "", "room": "lab"}, "uses": 3, "hours": 2.0, "hub_url": "https://10.0.0.2:1"}
    assert hub.last().json == said
    assert json.loads(wacket("token", "create", "--accept", "--json").out)["token"] == "wjt_x"
    assert hub.last().json == {"tags": {}, "accept": True}


@pytest.mark.parametrize(
    "words",
    [["--scope", "read"], ["--node", "x"], ["--days", "3"], ["n", "--tag", "x"], ["n", "--accept"], ["--tag", "=x"]],
)
def test_the_two_kinds_do_not_mix(hub, wacket, words):
    assert wacket("token", "create", *words).code == 2 and not hub.asked


def test_both_kinds_are_listed_and_revoked(hub, wacket):
    hub.answers["GET /api/v1/tokens"] = {"tokens": []}
    hub.answers["GET /api/v1/join-tokens"] = {"tokens": [TOKEN, TOKEN | {"id": 6, "trouble": "this one is used up"}]}
    lines = wacket("token", "ls").out.splitlines()
    assert lines[0].split() == ["j7", "demo", "room=lab", "join", "2026-11-21T09:00:00Z", "0", "of", "1", "used"]
    assert lines[1].endswith("used; this one is used up")
    hub.answers["DELETE /api/v1/join-tokens/7"] = (204, b"", {})
    assert wacket("token", "revoke", "j7").code == 0


def test_what_the_owner_of_a_machine_allows_is_told_in_words(hub, wacket):
    hub.answers["GET /api/v1/nodes/pi-11"] = NODE
    ran = wacket("node", "show", "pi-11")
    assert ["allows", "metrics, logs"] in [line.split(maxsplit=1) for line in ran.out.splitlines()]
    assert "`wacket-agent allow run`, with sudo" in ran.err and "The hub cannot change it" in ran.err
    assert json.loads(wacket("node", "show", "pi-11", "--json").out) == NODE
    allows = NODE["allows"] | {"run": True}
    hub.answers["GET /api/v1/nodes/pi-11"] = NODE | {"allows": allows}
    assert "allow root" not in wacket("node", "show", "pi-11").err


def test_a_copy_and_a_waiting_machine_are_told_too(hub, wacket):
    copy = {"host": "pi\x1b-12", "peer": "192.0.2.9", "at": ""}
    machine = NODE["machine"] | {"copy_seen": copy}
    hub.answers["GET /api/v1/nodes/pi-11"] = NODE | {"presence": "pending", "machine": machine}
    ran = wacket("node", "show", "pi-11")
    assert "wacket node split pi-11" in ran.err and "wacket node approve pi-11" in ran.err
    assert "\x1b" not in ran.err + ran.out


def test_a_board_has_no_advice(hub, wacket):
    hub.answers["GET /api/v1/nodes/rig"] = NODE | {"name": "rig", "allows": None, "machine": None, "code": ""}
    assert wacket("node", "show", "rig").err == ""


def test_approving_adopts(hub, wacket):
    hub.answers["GET /api/v1/nodes/pi-11"] = hub.answers["PATCH /api/v1/nodes/pi-11"] = NODE
    assert wacket("node", "approve", "pi-11").code == 0
    assert hub.last().json == {"state": "adopted"}


def test_tags_are_added_and_taken_off(hub, wacket):
    hub.answers["GET /api/v1/nodes/pi-11"] = hub.answers["PATCH /api/v1/nodes/pi-11"] = NODE
    ran = wacket("node", "tag", "pi-11", "demo", "row=2", "room-")
    assert hub.last().json == {"tags": {"demo": "", "row": "2"}}
    assert "demo row=2" in ran.err


def test_replace_and_split(hub, wacket):
    hub.answers["POST /api/v1/nodes/pi-11/replace"] = hub.answers["POST /api/v1/nodes/pi-11/split"] = NODE
    assert wacket("node", "replace", "pi-11", "pi-11-2").code == 0
    assert hub.last().json == {"by": "pi-11-2"}
    assert wacket("node", "split", "pi-11").code == 0


def test_what_is_missing(hub, wacket):
    gap = {"stream": "logs", "kind": "away", "since": "A", "until": "B", "lines": 3, "came": "C"}
    hub.answers["GET /api/v1/nodes/pi-11/completeness"] = {"complete": True, "gaps": [gap]}
    ran = wacket("node", "report", "pi-11")
    assert ran.out.split() == ["logs", "away", "A", "B", "3", "C"]
    assert "all that was missing has come" in ran.err
    worse = [gap | {"came": None}, gap | {"kind": "thinned", "lines": 1200}, gap | {"kind": "lost", "lines": 9}]
    hub.answers["GET /api/v1/nodes/pi-11/completeness"] = {"complete": False, "gaps": worse}
    told = wacket("node", "report", "pi-11").err
    assert "3 lines are still to come" in told and "1,200 lines were thinned out" in told and "9 lines are lost" in told
    hub.answers["GET /api/v1/nodes/pi-11/completeness"] = {"complete": True, "gaps": []}
    assert "nothing is missing" in wacket("node", "report", "pi-11").err
