"""wacket log: searching page by page, and following live over a real WebSocket."""

import json
import threading

import pytest
from websockets.sync.server import serve


def line(number, **more):
    made = {"id": number, "at": "T", "node": "bench", "source": "", "severity": 9, "severity_text": "INFO"}
    return {**made, "body": f"line {number}", "attrs": {}, **more}


def test_search_reads_pages_until_it_has_enough_and_shows_the_oldest_first(hub, wacket):
    def pages(asked):
        first = asked.query.get("cursor") != ["c1"]
        numbers = range(1500, 500, -1) if first else range(500, 0, -1)
        limit = int(asked.query["limit"][0])
        return {"logs": [line(n) for n in numbers][:limit], "cursor": "c1" if first else None}

    hub.answers["GET /api/v1/logs"] = pages
    ran = wacket("log", "search", "valve", "stuck", "--limit", "1200", "--severity", "warn", "--node", "bench")
    lines = ran.out.splitlines()
    assert len(lines) == 1200 and lines[-1] == "T bench line 1500"
    assert [asked.query["limit"] for asked in hub.asked] == [["1000"], ["200"]]
    first = hub.asked[0].query
    assert (first["find"], first["severity"], first["order"], first["since"]) == (
        ["valve stuck"], ["13"], ["desc"], ["24h"],
    )  # fmt: skip


def test_search_hides_sources_and_minds_letters_where_told_to(hub, wacket):
    hub.answers["GET /api/v1/logs"] = {"logs": [], "cursor": None}
    wacket("log", "search", "Hot", "--exact", "--hide", "cron", "--hide", "net")
    wacket("log", "search", "hot")
    asked, plain = (one.query for one in hub.asked)
    assert (asked["exact"], asked["hide"]) == (["true"], ["cron", "net"])
    assert "exact" not in plain and "hide" not in plain


def test_search_shows_severity_source_and_harmless_text(hub, wacket):
    bad = line(1, severity_text="ERROR", source="valve", body="\x1b[31mhot")
    hub.answers["GET /api/v1/logs"] = {"logs": [bad], "cursor": None}
    assert wacket("log", "search").out == "T bench [valve] ERROR \\x1b[31mhot\n"
    assert json.loads(wacket("log", "search", "--json").out) == [bad]


def test_rejects_have_their_own_place(hub, wacket):
    hub.answers["GET /api/v1/rejects"] = {"rejects": [line(1)], "cursor": None}
    assert wacket("log", "search", "--rejects").out == "T bench line 1\n"


@pytest.fixture
def live():
    """A WebSocket server that sends what the test put in `messages`, then hangs up; keeps what it was told."""
    messages: list[dict[str, object]] = []
    told: list[object] = []

    def handler(socket):
        told.append((socket.request.headers.get("Authorization"), json.loads(socket.recv())))
        for message in messages:
            socket.send(json.dumps(message))

    with serve(handler, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}", messages, told
        server.shutdown()
        thread.join()


def test_tail_shows_what_comes_and_what_was_lost(wacket, live):
    url, messages, told = live
    messages += [{"logs": [line(1)]}, {"readings": []}, {"lost": 3}, {"logs": [line(2)]}]
    ran = wacket("log", "tail", "--hub", url, "--token", "wkt_1", "-n", "0", "--node", "bench", "--severity", "warn")
    assert ran.out.splitlines() == ["T bench line 1", "T bench line 2"]
    assert "3 messages" in ran.err
    assert told == [("Bearer wkt_1", {"logs": {"node": "bench", "severity": 13}})]
    assert ran.code == 5  # the hub hung up


def test_tail_chooses_as_search_does(wacket, live):
    url, messages, told = live
    messages += [
        {"logs": [line(1, source="cron"), line(2, source="oven", body="Hot"), line(3, source="oven", body="hot")]}
    ]
    said = ["--target", "tag:demo,!demo-04", "--find", "hot"]
    ran = wacket("log", "tail", "--hub", url, "-n", "0", *said, "--hide", "cron", "--exact")
    assert ran.out.splitlines() == ["T bench [oven] hot"]
    assert told[0][1] == {"logs": {"target": "tag:demo,!demo-04", "find": "hot"}}
    assert wacket("log", "tail", "--hub", url, "-n", "0", "--source", "cron").out == "T bench [cron] line 1\n"


def test_tail_ends_by_itself_when_told_to(wacket, live):
    url, messages, _ = live
    messages += [{"logs": [line(1)]}]
    ran = wacket("log", "tail", "--hub", url, "-n", "0", "--for", "0", "--json")
    assert ran.code == 0


def test_a_question_that_the_hub_refuses_is_told_in_its_words(wacket, live):
    url, messages, _ = live
    messages += [{"error": "no node named 'bnech'"}]
    ran = wacket("log", "tail", "--hub", url, "-n", "0", "--node", "bnech")
    assert ran.code == 1 and ran.err == "✗ no node named 'bnech'\n"


def test_tail_without_a_hub_is_5(wacket):
    assert wacket("log", "tail", "--hub", "127.0.0.1:1", "-n", "0").code == 5


def test_fields_can_be_chosen_of_the_lines_that_come(wacket, live):
    url, messages, _ = live
    messages += [{"logs": [line(1)]}]
    ran = wacket("log", "tail", "--hub", url, "-n", "0", "--json=node,body")
    assert ran.out == '{"node": "bench", "body": "line 1"}\n'
