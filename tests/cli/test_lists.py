"""Nodes, tokens, people, set-up links, SQL: what is asked of the hub, and in which shape it is shown."""

import json

import pytest

NODES = {
    "nodes": [
        {
            "name": "bench",
            "kind": "board",
            "state": "adopted",
            "presence": "late",
            "since": "2026-01-02T03:04:05Z",
            "os": "",
            "tags": {"room": "2"},
        },
        {
            "name": "10.0.0.7",
            "kind": "machine",
            "state": "pending",
            "presence": "pending",
            "since": "2026-01-02T03:04:06Z",
            "os": "linux",
            "tags": {},
        },
    ]
}


def test_a_list_in_a_pipe_is_aligned_lines_without_heading_or_colour(hub, wacket):
    hub.answers["GET /api/v1/nodes"] = NODES
    ran = wacket("node", "ls")
    assert ran.out.splitlines() == [
        "bench     board    late     2026-01-02T03:04:05Z         room=2",
        "10.0.0.7  machine  pending  2026-01-02T03:04:06Z  linux",
    ]
    assert (ran.code, ran.err) == (0, "")


def test_a_list_as_json_is_the_rows_and_fields_can_be_chosen(hub, wacket):
    hub.answers["GET /api/v1/nodes"] = NODES
    assert json.loads(wacket("node", "ls", "--json").out) == NODES["nodes"]
    assert json.loads(wacket("node", "ls", "--json=name,state").out)[1] == {"name": "10.0.0.7", "state": "pending"}
    assert [row["name"] for row in json.loads(wacket("--json", "node", "ls", "--state", "pending").out)] == ["10.0.0.7"]


def test_what_a_device_calls_itself_cannot_reach_the_terminal_as_an_escape(hub, wacket):
    evil = {"name": "x\x1b]0;owned\x07\u202e", "kind": "board", "state": "pending", "last_seen": "", "tags": {}}
    hub.answers["GET /api/v1/nodes"] = {"nodes": [evil]}
    out = wacket("node", "ls").out
    assert "\x1b" not in out and "\x07" not in out and "\u202e" not in out
    assert r"x\x1b]0;owned\x07\u202e" in out


def test_an_empty_list_says_what_to_do_on_standard_error_and_prints_no_data(hub, wacket):
    hub.answers["GET /api/v1/tokens"] = hub.answers["GET /api/v1/join-tokens"] = {"tokens": []}
    ran = wacket("token", "ls")
    assert ran.out == "" and "wacket token create" in ran.err


def test_adopting_and_renaming_address_the_node_by_its_escaped_name(hub, wacket):
    hub.answers["PATCH /api/v1/nodes/a%2Fb"] = {"name": "a/b", "state": "adopted"}
    assert wacket("node", "adopt", "a/b").code == 0
    assert hub.last().json == {"state": "adopted"}
    hub.answers["PATCH /api/v1/nodes/old"] = {"name": "new"}
    assert wacket("node", "rename", "old", "new").code == 0
    assert hub.last().json == {"name": "new"}


def test_a_new_token_is_the_only_thing_on_standard_output(hub, wacket):
    hub.answers["POST /api/v1/tokens"] = (201, {"id": 4, "name": "b", "secret": "wkt_abc"}, {})
    ran = wacket("token", "create", "b", "--scope", "ingest", "--scope", "read", "--node", "bench", "--days", "2")
    assert ran.out == "wkt_abc\n"
    assert hub.last().json == {"name": "b", "scopes": ["ingest", "read"], "node": "bench", "days": 2.0}


def test_a_token_is_revoked_by_number(hub, wacket):
    hub.answers["DELETE /api/v1/tokens/4"] = (204, b"", {})
    assert wacket("token", "revoke", "4").code == 0
    assert hub.last().method == "DELETE"


def test_a_password_comes_from_standard_input_and_never_from_the_command_line(hub, wacket):
    hub.answers["POST /api/v1/people"] = (201, {"name": "ada"}, {})
    assert wacket("people", "add", "ada", "--role", "operator", input="correct horse\n").code == 0
    assert hub.last().json == {"name": "ada", "role": "operator", "password": "correct horse"}
    assert wacket("people", "add", "ada", "--password", "x").code == 2


def test_no_password_at_all_is_bad_usage(hub, wacket):
    ran = wacket("people", "add", "ada", input="")
    assert ran.code == 2 and "password" in ran.err and not hub.asked


def test_roles_passwords_and_removal(hub, wacket):
    hub.answers["PATCH /api/v1/people/ada"] = {"name": "ada"}
    hub.answers["DELETE /api/v1/people/ada"] = (204, b"", {})
    assert wacket("people", "role", "ada", "viewer").code == 0
    assert hub.last().json == {"role": "viewer"}
    assert wacket("people", "password", "ada", input="another one\n").code == 0
    assert hub.last().json == {"password": "another one"}
    assert wacket("people", "remove", "ada").code == 0
    assert hub.last().method == "DELETE"


def test_a_setup_link_is_absolute(hub, wacket):
    hub.answers["POST /api/v1/setup-links"] = (201, {"link": "/s/7KQ2", "expires": "2026-01-01T00:15:00Z"}, {})
    assert wacket("setup-link").out == f"{hub.url}/s/7KQ2\n"


def people(*admins):
    return {"people": [{"name": name, "role": "admin", "created": "", "disabled": False} for name in admins]}


LINK = (201, {"link": "https://lab:8443/s/7KQ2", "code": "7KQ2", "expires": "2026-01-01T00:05:00Z"}, {})


@pytest.fixture
def shown(monkeypatch):
    """The links that a browser was told to open."""
    links = []
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr("webbrowser.open", lambda link: links.append(link) or True)
    return links


def test_open_signs_the_only_admin_in(hub, wacket, shown):
    viewer = {"name": "bob", "role": "viewer", "created": "", "disabled": False}
    gone = {"name": "eve", "role": "admin", "created": "", "disabled": True}
    hub.answers["GET /api/v1/people"] = {"people": [viewer, gone, *people("ada")["people"]]}
    hub.answers["POST /api/v1/sign-in-links"] = LINK
    assert wacket("open").out == f"{hub.url}/s/7KQ2\n"
    assert hub.last().json == {"name": "ada"} and shown == [f"{hub.url}/s/7KQ2"]


def test_open_for_somebody_only_prints_where_that_is_wanted(hub, wacket, shown):
    hub.answers["GET /api/v1/people"] = people("ada", "bob")
    hub.answers["POST /api/v1/sign-in-links"] = LINK
    assert wacket("open", "bob", "--print").out == f"{hub.url}/s/7KQ2\n"
    assert hub.last().json == {"name": "bob"} and shown == []
    assert json.loads(wacket("open", "bob", "--json").out)["link"] == f"{hub.url}/s/7KQ2"
    assert shown == []


def test_open_without_a_screen_says_so(hub, wacket, shown, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    hub.answers["GET /api/v1/people"] = people("ada")
    hub.answers["POST /api/v1/sign-in-links"] = LINK
    ran = wacket("open")
    assert "/s/7KQ2" in ran.out and "open it in your own" in ran.err and shown == []


def test_open_makes_the_first_account_while_nobody_has_one(hub, wacket, shown):
    hub.answers["GET /api/v1/people"] = people()
    hub.answers["POST /api/v1/setup-links"] = LINK
    assert wacket("open").code == 0
    assert hub.last().path == "/api/v1/setup-links" and shown == [f"{hub.url}/s/7KQ2"]


def test_open_asks_which_admin_where_there_are_several(hub, wacket, shown):
    hub.answers["GET /api/v1/people"] = people("ada", "bob")
    ran = wacket("open")
    assert ran.code == 2 and "ada, bob" in ran.err and "wacket open ada" in ran.err and shown == []
    hub.answers["GET /api/v1/people"] = {"people": [{"name": "bob", "role": "viewer", "disabled": False}]}
    ran = wacket("open")
    assert ran.code == 2 and "wacket setup-link" in ran.err


ANSWER = {"columns": ["n", "who"], "rows": [[1, "a,b"], [22, None]], "truncated": True}


def test_sql_shows_rows_and_says_when_there_are_more(hub, wacket):
    hub.answers["POST /api/v1/sql"] = ANSWER
    ran = wacket("sql", "select 1", "--limit", "2")
    assert ran.out.splitlines() == [" 1  a,b", "22  –"]
    assert "--limit" in ran.err
    assert hub.last().json == {"sql": "select 1", "limit": 2}


def test_sql_as_csv_json_and_from_standard_input(hub, wacket):
    hub.answers["POST /api/v1/sql"] = ANSWER
    assert wacket("sql", "--csv", "select 1").out == 'n,who\n1,"a,b"\n22,\n'
    assert json.loads(wacket("sql", "--json", "select 1").out)[0] == {"n": 1, "who": "a,b"}
    wacket("sql", "-", input="select 7\n")
    assert hub.last().json["sql"] == "select 7\n"


def test_an_empty_question_is_bad_usage(hub, wacket):
    assert wacket("sql", "  ").code == 2 and not hub.asked


def test_several_nodes_are_all_tried_and_the_end_is_3_when_some_were_refused(hub, wacket):
    for name in ("g1", "g2"):
        hub.answers[f"PATCH /api/v1/nodes/{name}"] = {"name": name, "state": "adopted"}
    hub.answers["PATCH /api/v1/nodes/nope"] = (404, {"error": "no node is called nope"}, {})
    ran = wacket("node", "adopt", "g1", "nope", "g2")
    assert ran.code == 3 and "no node is called nope" in ran.err and "g2 adopted" in ran.err
    ran = wacket("node", "adopt", "g1", "nope", "g2", "--json=name,state,error")
    assert ran.code == 3 and [node["state"] for node in json.loads(ran.out)] == ["adopted", None, "adopted"]
    assert json.loads(ran.out)[1]["error"] == "no node is called nope"
    assert wacket("node", "adopt", "nope").code == wacket("node", "adopt", "nope", "nope").code == 1


@pytest.mark.parametrize(
    ("asked", "answer", "words"),
    [
        ("POST /api/v1/class/ada/reset", {"state": 0}, ["class", "reset", "ada"]),
        ("PATCH /api/v1/people/ada", {"name": "ada"}, ["people", "role", "ada", "viewer"]),
        ("PATCH /api/v1/people/ada", {"name": "ada"}, ["people", "password", "ada"]),
        ("DELETE /api/v1/people/ada", (204, b"", {}), ["people", "remove", "ada"]),
        ("DELETE /api/v1/tokens/4", (204, b"", {}), ["token", "revoke", "4"]),
        ("PATCH /api/v1/nodes/a", {"name": "b"}, ["node", "rename", "a", "b"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_every_act_answers_programs_in_json(hub, wacket, asked, answer, words):
    hub.answers[asked] = answer
    hub.answers["GET /api/v1/classes"] = {"classes": []}  # ada is a person
    ran = wacket(*words, "--json", input="a new passphrase\n")
    assert (ran.code, ran.err) == (0, "") and json.loads(ran.out)


def test_more_words_tell_what_the_hub_was_asked(hub, wacket):
    hub.answers["GET /api/v1/nodes"] = NODES
    ran = wacket("node", "ls", "-v")
    assert ran.err == f"GET {hub.url}/api/v1/nodes → 200\n" and ran.out == wacket("node", "ls").out
