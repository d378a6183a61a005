"""One log line, its neighbours, and how many lines came when, over HTTP; links stay good while files are joined."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.api import log_lines, logs
from wacket.history import History
from wacket.history.query import Query
from wacket.history.shapes import LOGS
from wacket.history.times import SECOND
from wacket.ledger import nodes as node_rows
from wacket.records import Batch, Logs

pytestmark = pytest.mark.slow  # each test writes Parquet files

MINUTE = 60 * SECOND
TAGS = {"rig-3": {"room": "lab"}, "rig-4": {"room": "lab", "demo": ""}, "pi": {}}


@pytest.fixture
def lab(api: Any) -> Any:
    """Three nodes, 2 to 4."""
    for noun in (log_lines, logs):
        api.app.include_router(noun.router)
    for name, tags in TAGS.items():
        api.parts.ledger.write_sync(lambda c, n=name: node_rows.create(c, n, "board", "adopted", f"name:{n}", api.now))
        row = api.owner.patch(f"/api/v1/nodes/{name}", json={"tags": tags})
        assert row.status_code == 200, row.text
    api.parts.catalogue.refresh_nodes()
    return api


@pytest.fixture
def past(lab: Any, tmp_path: Path) -> Iterator[FakePast]:
    """A line of node 2, 3 or 4 in turn, each minute of the last hour; line 61 is in memory."""
    (tmp_path / "past").mkdir()
    past = FakePast(tmp_path / "past")
    lab.parts.query = Query(past, settings.History())
    lines = [(n, lab.now - n * MINUTE, 2 + n % 3, "app", 1 + n % 24, f"line {n}", "") for n in range(1, 61)]
    past.seal_logs(lines[:30])
    past.seal_logs(lines[30:])
    past.keep_logs([(61, lab.now - SECOND, 2, "app", 17, "the newest", "")])
    yield past
    lab.parts.query.close()


@pytest.fixture
def history(lab: Any, tmp_path: Path) -> Iterator[History]:
    history = History.open(tmp_path / "history", settings.History(reserve_bytes=1), lambda: int(lab.now))
    lab.parts.query = Query(history, settings.History())
    yield history
    lab.parts.query.close()
    history.close()


def get(api: Any, path: str, **asked: Any) -> Any:
    answer = api.owner.get(f"/api/v1/logs{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: Any) -> list[int]:
    return [line["id"] for line in answer["logs"]]


def test_a_line_is_found_by_its_number_wherever_it_is(lab: Any, past: FakePast) -> None:
    assert get(lab, "/61")["body"] == "the newest"
    line = get(lab, "/45")
    assert (line["id"], line["node"], line["body"]) == (45, "rig-3", "line 45")


def test_a_link_stays_good_through_sealing_and_joining(lab: Any, history: History) -> None:
    numbers: list[int] = []
    for n in range(12):
        line = Logs.of([(lab.now - n * MINUTE, lab.now, 2, "app", 9, f"line {n}", "")])
        numbers += history.append([Batch(logs=line)])
        if n != 11:
            history.seal()
    with history.view() as view:
        assert len(view.logs) == 11
    before = [get(lab, f"/{number}") for number in numbers]
    assert [line["body"] for line in before] == [f"line {n}" for n in range(12)]
    history.seal()
    history.compact()
    with history.view() as view:
        assert [one.kind for one in view.logs] == [LOGS]
    assert [get(lab, f"/{number}") for number in numbers] == before
    assert ids(get(lab, f"/{numbers[5]}/context", before=2, after=1)) == [numbers[n] for n in (7, 6, 5, 4)]


def test_a_line_that_is_not_there_is_told_with_how_long_lines_are_kept(lab: Any, past: FakePast) -> None:
    for path in ("/99", "/99/context", f"/{1 << 62}"):
        answer = lab.owner.get(f"/api/v1/logs{path}")
        assert answer.status_code == 404
        assert "lines are kept for ever" in answer.json()["error"]
    lab.parts.settings.history.logs_days = 30
    assert "deleted after 30 days (history.logs_days)" in lab.owner.get("/api/v1/logs/99").json()["error"]


def test_the_neighbours_of_a_line(lab: Any, past: FakePast) -> None:
    assert ids(get(lab, "/30/context", before=2, after=2)) == [36, 33, 30, 27, 24]
    assert ids(get(lab, "/30/context", before=2, after=2, same="all")) == [32, 31, 30, 29, 28]
    assert ids(get(lab, "/30/context", before=0, after=0)) == [30]
    whole = get(lab, "/30/context", same="all", before=100, after=100)
    assert ids(whole) == [*range(60, 0, -1), 61]
    assert whole["older"] is None


def test_one_goes_on_from_the_neighbours_in_both_directions(lab: Any, past: FakePast) -> None:
    found = get(lab, "/30/context", before=1, after=1)
    assert ids(get(lab, "", node="rig-3", cursor=found["older"], limit=2)) == [36, 39]
    assert ids(get(lab, "", node="rig-3", cursor=found["newer"], order="asc", limit=2)) == [24, 21]


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_every_page_gives_the_way_back(lab: Any, past: FakePast, order: str) -> None:
    first = get(lab, "", limit=5, order=order)
    second = get(lab, "", limit=5, order=order, cursor=first["cursor"])
    back, way = ("newer", "asc") if order == "desc" else ("older", "desc")
    assert ids(get(lab, "", limit=5, order=way, cursor=second[back])) == [*reversed(ids(first))]


def test_whoever_has_reached_the_newest_line_waits_there(lab: Any, past: FakePast) -> None:
    newest = get(lab, "", limit=1)
    waiting = get(lab, "", order="asc", cursor=newest["newer"])
    assert (waiting["logs"], waiting["newer"]) == ([], newest["newer"])
    past.keep_logs([(61, lab.now - SECOND, 2, "app", 17, "the newest", ""), (62, lab.now, 2, "app", 9, "newer", "")])
    assert ids(get(lab, "", order="asc", cursor=waiting["newer"])) == [62]


@pytest.mark.parametrize(
    ("target", "nodes"),
    [
        ("rig-3", {"rig-3"}),
        ("rig-*", {"rig-3", "rig-4"}),
        ("rig-[3-4]", {"rig-3", "rig-4"}),
        ("tag:room=lab,!rig-3", {"rig-4"}),
        ("tag:demo,pi", {"rig-4", "pi"}),
    ],
)
def test_lines_of_the_nodes_that_a_target_means(lab: Any, past: FakePast, target: str, nodes: set[str]) -> None:
    assert {line["node"] for line in get(lab, "", target=target)["logs"]} == nodes


def test_a_target_that_means_nobody_is_an_error(lab: Any, past: FakePast) -> None:
    for target in ("tag:nothing", "rig-9", "!rig-3"):
        answer = lab.owner.get("/api/v1/logs", params={"target": target})
        assert (answer.status_code, answer.json()["field"]) == (400, "target"), answer.text


def test_node_and_target_together_mean_what_is_in_both(lab: Any, past: FakePast) -> None:
    both = get(lab, "", target="rig-*", node="rig-4")
    assert {line["node"] for line in both["logs"]} == {"rig-4"}
    assert get(lab, "", target="rig-4", node="pi")["logs"] == []


def test_the_histogram_counts_each_line_once(lab: Any, past: FakePast) -> None:
    found = get(lab, "/histogram", since="1h", until="now", buckets=13)
    assert (found["step_us"], found["partial"]) == (5 * MINUTE, False)
    assert [row["at"] for row in found["counts"]] == [found["begin_us"] + k * 5 * MINUTE for k in range(12)]
    assert [row["total"] for row in found["counts"]] == [*[5] * 11, 6]
    assert all(sum(row["by"].values()) == row["total"] for row in found["counts"])


def test_the_histogram_counts_by_severity(lab: Any, past: FakePast) -> None:
    (row,) = [row for row in get(lab, "/histogram", buckets=2)["counts"] if row["total"] > 50]
    severities = [1 + n % 24 for n in range(1, 61)] + [17]
    assert row["by"] == {
        "error": sum(one >= 17 for one in severities),
        "warn": sum(13 <= one < 17 for one in severities),
        "info": sum(9 <= one < 13 for one in severities),
        "debug": sum(one < 9 for one in severities),
    }


@pytest.mark.parametrize(
    "asked", [{}, {"find": "LINE 1"}, {"severity": "warn"}, {"target": "rig-*"}, {"regex": "[37]$"}, {"since": "20m"}]
)
def test_the_histogram_has_what_the_search_finds(lab: Any, past: FakePast, asked: dict[str, str]) -> None:
    found = get(lab, "/histogram", **asked)
    assert len(found["counts"]) <= 60
    assert sum(row["total"] for row in found["counts"]) == len(get(lab, "", **asked, limit=1000)["logs"]) > 0


def test_a_history_without_lines_has_a_histogram_too(lab: Any, history: History) -> None:
    assert sum(row["total"] for row in get(lab, "/histogram")["counts"]) == 0
    assert sum(row["total"] for row in get(lab, "/histogram", since="7d")["counts"]) == 0


def test_time_that_is_over_leaves_what_was_counted(lab: Any, past: FakePast, monkeypatch: pytest.MonkeyPatch) -> None:
    from wacket.history import loglines

    counted = loglines._count

    def once(question: Any, *more: Any) -> None:
        counted(question, *more)
        question.interrupt()

    monkeypatch.setattr(loglines, "_count", once)
    found = get(lab, "/histogram")
    assert found["partial"] is True
    assert sum(row["total"] for row in found["counts"]) == 1  # the newest, which is in memory


@pytest.mark.parametrize(
    ("path", "asked", "status", "field"),
    [
        ("/x", {}, 400, "id"),
        ("/-1", {}, 400, "id"),
        ("/1/context", {"before": "1001"}, 400, "before"),
        ("/1/context", {"same": "house"}, 400, "same"),
        ("/histogram", {"buckets": "1"}, 400, "buckets"),
        ("/histogram", {"regex": "("}, 400, "regex"),
        ("/histogram", {"severity": "loud"}, 400, "severity"),
        ("/histogram", {"node": "nobody"}, 404, None),
    ],
)
def test_what_is_wrong_is_named(
    lab: Any, past: FakePast, path: str, asked: dict[str, str], status: int, field: str | None
) -> None:
    answer = lab.owner.get(f"/api/v1/logs{path}", params=asked)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text


@pytest.mark.parametrize("path", ["/30", "/30/context", "/histogram"])
def test_reading_needs_the_right_to_read(lab: Any, past: FakePast, path: str) -> None:
    assert lab.client().get(f"/api/v1/logs{path}").status_code == 401
    assert lab.client(bearer=lab.token("ingest")).get(f"/api/v1/logs{path}").status_code == 403
    assert lab.client(bearer=lab.token("read")).get(f"/api/v1/logs{path}").status_code == 200
