"""What passes a live connection as it arrives: readings and logs, and what becomes of what is too much."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect
from tests.api.watching.conftest import Site, lines, readings

from wacket.api import live
from wacket.api.watching import connection
from wacket.api.watching.lines import LONGEST, MOST_LOGS, Lines, rows_with
from wacket.api.watching.sieve import MOST_READINGS, Sieve
from wacket.api.watching.wants import Wanted, WantedLogs
from wacket.bus.memory import Told
from wacket.records import Logs, SeriesKey


def sieve_of(site: Site, **wanted: Any) -> Sieve:
    made = Sieve(site.parts, asyncio.Event())
    made.ask(Wanted(**wanted))
    return made


def look(site: Site, sieve: Sieve, told: Told) -> None:
    """What the hub does with each batch."""
    site.call(sieve.learn, told)
    sieve.take(told)


def test_readings_of_the_chosen_series_come_as_they_arrive(site: Site) -> None:
    with site.screen(readings=["rig-3/*"]) as screen:
        site.tell(readings([1, 2, 1]))
        assert screen.hear() == {
            "readings": [
                {"id": 1, "node": "rig-3", "name": "temp", "at": 0, "value": 0.0},
                {"id": 1, "node": "rig-3", "name": "temp", "at": 2, "value": 2.0},
            ]
        }
    assert site.parts.bus.statistics()["subscribers"] == 0


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [({"series": [2]}, [2]), ({"series": [1], "readings": ["rig-4/*"]}, [1, 2]), ({"series": [1, 2]}, [1, 2])],
)
def test_series_are_chosen_by_number_too(site: Site, wanted: dict[str, Any], ids: list[int]) -> None:
    site.parts.catalogue.intern([SeriesKey(2, "hum")], {})
    with site.screen(**wanted) as screen:
        site.tell(readings([1, 2, 3]))
        assert [row["id"] for row in screen.hear()["readings"]] == ids


def test_a_series_that_is_new_is_seen_too(site: Site) -> None:
    with site.screen(readings=["hum"]) as screen:
        site.tell(readings([1]))
        site.parts.catalogue.intern([SeriesKey(2, "hum")], {})
        site.tell(readings([3]))
        assert [row["name"] for row in screen.hear()["readings"]] == ["hum"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, [100, 101, 102]),
        ({"node": "rig-3"}, [100, 102]),
        ({"nodes": ["rig-4"]}, [101]),
        ({"nodes": ["rig-4"], "node": "rig-3"}, [100, 101, 102]),
        ({"target": "rig-*,!rig-4"}, [100, 102]),
        ({"target": "rig-*", "nodes": ["rig-4"]}, [101]),
        ({"severity": 13}, [101, 102]),
        ({"severity": "error"}, [102]),
        ({"find": "PUMP"}, [100, 102]),
        ({"find": "stoppedpump"}, []),
        ({"find": "pump", "node": "rig-3", "severity": "warn"}, [102]),
    ],
)
def test_logs_that_fit_come_as_they_arrive(site: Site, wanted: dict[str, Any], ids: list[int]) -> None:
    with site.screen(logs=wanted, readings=["rig-3/temp"]) as screen:
        site.tell(lines((2, 9, "pump started"), (3, 13, "all stopped"), (2, 17, "Pump \x1b stuck")), readings([1]))
        seen: list[int] = []
        while "readings" not in (heard := screen.hear()):
            seen += [row["id"] for row in heard["logs"]]
        if "logs" in (heard := screen.hear() if ids and not seen else {}):
            seen += [row["id"] for row in heard["logs"]]
        assert seen == ids


def test_a_line_is_told_as_a_question_would_tell_it(site: Site) -> None:
    with site.screen(logs={}) as screen:
        site.tell(lines((2, 21, "the end: pump"), first_id=999))
        assert screen.hear()["logs"] == [
            {
                "id": 999,
                "at": "1970-01-01T00:00:05Z",
                "node": "rig-3",
                "source": "app",
                "severity": 21,
                "severity_text": "FATAL",
                "body": "the end: pump",
                "attrs": {},
            }
        ]


def test_a_very_long_line_is_cut_and_says_so(site: Site) -> None:
    with site.screen(logs={}) as screen:
        site.tell(lines((2, 9, "x" * LONGEST), (2, 9, "ä" * (LONGEST + 1))))
        whole, cut = screen.hear()["logs"]
    assert (len(whole["body"]), "cut" in whole) == (LONGEST, False)
    assert (cut["body"], cut["cut"]) == ("ä" * LONGEST, LONGEST + 1)


def test_a_client_may_change_its_mind(site: Site) -> None:
    with site.screen(logs={}) as screen:
        screen.say(readings=["rig-4/temp"])
        site.tell(lines((2, 9, "unheard")), readings([2]))
        assert [row["id"] for row in screen.hear()["readings"]] == [2]


def test_what_was_wanted_before_comes_before_the_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "EVERY", 60)
    with site.screen(readings=["*"], logs={}) as screen:
        site.tell(readings([1]))
        assert screen.hear()["readings"][0]["value"] == 0.0
        site.tell(readings([1], first=7), lines((2, 9, "a")))  # gathered: a minute has not passed
        screen.socket.send_text('{"readings": ["rig-3/*"]}')
        kinds = [screen.hear() for _ in range(3)]
        assert [next(iter(one)) for one in kinds] == ["readings", "logs", "cursor"]
        assert kinds[0]["readings"][0]["value"] == 7.0


def test_what_is_wanted_as_before_goes_on_without_a_hole_or_a_double(site: Site) -> None:
    with site.screen(readings=["*"], logs={"severity": "warn"}) as screen:
        for number in range(50):
            site.tell(lines((2, 13, str(number)), first_id=1000 + number))
            screen.socket.send_text(json.dumps({"logs": {"severity": "warn", "after": 3}, "series": [1 + number % 2]}))
        seen: list[str] = []
        while len(seen) < 50:
            seen += [row["body"] for row in screen.hear("logs")["logs"]]
    assert seen == [str(number) for number in range(50)]


def test_the_hub_says_that_it_is_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BEAT", 0.01)
    with site.screen() as screen:
        assert screen.hear("beat") == {"beat": site.api.now}
        site.api.now += 5
        while screen.hear("beat")["beat"] != site.api.now:
            pass


def test_the_answer_tells_the_clock_and_where_the_journal_is(site: Site) -> None:
    with site.parts.fleet.overview.attending(), site.screen() as screen:
        assert screen.say(logs={}) == {"cursor": 0, "now": site.api.now, "beat": 2.0}
        site.tell(lines((2, 9, "a"), (2, 9, "b"), first_id=100))
        assert screen.say()["cursor"] == 102


def test_only_what_is_wanted_is_listened_to(site: Site) -> None:
    def topics() -> int:
        return int(site.parts.bus.statistics()["subscribers"])

    with site.screen() as screen:
        assert topics() == 0
        screen.say(series=[1])
        assert topics() == 1
        screen.say(series=[1], changes=True, fleet=True)
        assert topics() == 5
        screen.say()
        assert topics() == 0


def test_what_is_too_much_is_counted_and_told(site: Site) -> None:
    sieve = sieve_of(site, readings=("*",), logs=WantedLogs())
    look(site, sieve, readings([1] * (MOST_READINGS + 7)))
    look(site, sieve, lines(*[(2, 9, str(number)) for number in range(MOST_LOGS + 5)]))
    newest, logs, lost = map(json.loads, sieve.drain())
    assert len(newest["readings"]) == MOST_READINGS
    assert newest["readings"][-1]["value"] == MOST_READINGS + 6
    assert [len(logs["logs"]), logs["logs"][-1]["body"]] == [MOST_LOGS, str(MOST_LOGS + 4)]
    assert lost == {"lost": 12}
    assert sieve.drain() == []


def test_a_client_that_does_not_listen_costs_bounded_memory_and_every_row_is_counted(site: Site) -> None:
    sieve = sieve_of(site, readings=("*",))
    for _ in range(100):
        look(site, sieve, readings([1] * 1000))
    assert sum(map(len, sieve._readings)) <= 3 * MOST_READINGS
    newest, lost = map(json.loads, sieve.drain())
    assert len(newest["readings"]) + lost["lost"] == 100_000


@given(st.lists(st.lists(st.sampled_from([5, 13]), min_size=1, max_size=700), max_size=8))
def test_of_lines_the_newest_are_kept_and_the_others_counted(batches: list[list[int]]) -> None:
    kept, first, fitting, lost = Lines(), 0, list[int](), 0
    kept.choose(WantedLogs(severity="warn"), None, 13)
    for severities in batches:
        logs = Logs.of([(0, 0, 1, "", severity, "x", "") for severity in severities])
        lost += kept.take(logs, first)
        fitting += [first + place for place, severity in enumerate(severities) if severity == 13]
        first += len(severities)
    found = [row.id for row in kept.drain()]
    assert found == fitting[-MOST_LOGS:]
    assert lost == len(fitting) - len(found)


def test_large_lines_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wacket.api.watching.lines.MOST_BYTES", 1000)
    kept = Lines()
    kept.choose(WantedLogs(), None, 0)
    batch = Logs.of([(0, 0, 1, "", 9, "x" * 400, "")])
    assert [kept.take(batch, number) for number in range(4)] == [0, 0, 1, 1]
    assert [row.id for row in kept.drain()] == [2, 3]


def test_batches_that_the_bus_dropped_are_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BATCHES", 2)

    def five() -> None:
        for _ in range(5):
            site.parts.bus.publish_nowait("batches", readings([1]))

    with site.screen(readings=["*"]) as screen:
        site.call(five)
        assert screen.hear("lost") == {"lost": 3}


def test_a_revoked_token_ends_a_busy_connection_without_noise(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY", 0.02)
    owner = site.api.owner
    made = owner.post("/api/v1/tokens", json={"name": "screen", "scopes": ["read"]}).json()
    with site.screen(site.api.client(bearer=made["secret"]), readings=["*"]) as screen:
        owner.delete(f"/api/v1/tokens/{made['id']}")
        heard: dict[str, Any] = {}
        while "error" not in heard:
            site.tell(readings([1, 2]))
            heard = screen.hear()
        assert "revoked" in heard["error"]
        with pytest.raises(WebSocketDisconnect) as caught:
            screen.hear()
        assert caught.value.code == live.POLICY


def test_a_view_follows_nodes_that_are_called_otherwise(site: Site) -> None:
    with site.screen(readings=["oven/*"]) as screen:
        site.tell(readings([1, 2]))
        assert site.api.owner.patch("/api/v1/nodes/rig-3", json={"name": "oven"}).status_code == 200
        site.tell(readings([1, 2], first=10))
        assert [(row["node"], row["value"]) for row in screen.hear()["readings"]] == [("oven", 10.0)]


def test_globs_are_held_against_new_series_only_and_beside_the_loop(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    threads: set[str] = set()
    fitting = site.parts.catalogue.fitting

    def noted(ids: list[int], match: list[str]) -> list[int]:
        asked.append(ids)
        threads.add(threading.current_thread().name)
        return list(fitting(ids, match))

    monkeypatch.setattr(site.parts.catalogue, "fitting", noted)
    sieve = sieve_of(site, readings=("*",))
    for ids in ([1], [1, 1], [2, 1], [2]):
        look(site, sieve, readings(ids))
    assert asked == [[1], [2]]
    assert all(name.startswith("ThreadPoolExecutor") for name in threads)


@given(st.lists(st.text("abAB ä", max_size=6), max_size=8), st.text("abABä", min_size=1, max_size=3))
def test_the_search_through_all_bodies_at_once_finds_what_a_plain_search_finds(bodies: list[str], find: str) -> None:
    logs = Logs.of([(0, 0, 1, "", 9, body, "") for body in bodies])
    plain = [find.encode().lower() in body.encode().lower() for body in bodies]
    assert rows_with(logs, find).tolist() == plain
