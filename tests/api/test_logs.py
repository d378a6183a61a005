"""Log search and rejects over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.api import logs
from wacket.history.query import Query
from wacket.history.times import SECOND
from wacket.ledger import nodes as node_rows
from wacket.records import REJECT_SOURCE

pytestmark = pytest.mark.slow  # each test writes Parquet files

HOUR = 3600 * SECOND


@pytest.fixture
def past(api: Any, tmp_path: Path) -> Iterator[FakePast]:
    (tmp_path / "past").mkdir()
    past = FakePast(tmp_path / "past")
    api.parts.query = Query(past, settings.History())
    api.app.include_router(logs.router)
    for name in ("rig-3", "rig-4"):
        api.parts.ledger.write_sync(lambda c, n=name: node_rows.create(c, n, "board", "adopted", f"name:{n}", api.now))
    api.parts.catalogue.refresh_nodes()
    now = api.now
    past.seal_logs(
        [
            (1, now - 3 * HOUR, 2, "app", 9, "<b>hello</b>", '{"a": [1, {"b": null}]}'),
            (2, now - 2 * HOUR, 3, "valve", 13, "valve 4 is slow", ""),
        ]
    )
    past.keep_logs(
        [
            (
                3,
                now - HOUR + 125_000,
                2,
                REJECT_SOURCE,
                13,
                "temp=21,5,7",
                '{"reason":"expected name=value","frame":0}',
            ),
            (4, now - 5 * SECOND, 99, "app", 24, "from a node that is not there", "not json"),
        ]
    )
    yield past
    api.parts.query.close()


def found(api: Any, **asked: Any) -> list[int]:
    answer = api.owner.get("/api/v1/logs", params=asked)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["logs"]]


def test_a_line_says_what_people_want_to_know(api: Any, past: FakePast) -> None:
    answer = api.owner.get("/api/v1/logs", params={"find": "HELLO"}).json()
    assert answer.pop("newer")  # a place to wait at
    assert answer == {
        "logs": [
            {
                "id": 1,
                "at": "2027-01-15T05:00:00Z",
                "node": "rig-3",
                "source": "app",
                "severity": 9,
                "severity_text": "INFO",
                "body": "<b>hello</b>",
                "attrs": {"a": [1, {"b": None}]},
            }
        ],
        "cursor": None,
        "older": None,
    }


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, [4, 3, 2, 1]),
        ({"order": "asc"}, [1, 2, 3, 4]),
        ({"find": "valve"}, [2]),
        ({"find": "VALVE", "exact": True}, []),
        ({"regex": r"\d is"}, [2]),
        ({"node": "rig-3"}, [3, 1]),
        ({"node": ["rig-3", "rig-4"]}, [3, 2, 1]),
        ({"severity": "warn"}, [4, 3, 2]),
        ({"severity": "13"}, [4, 3, 2]),
        ({"severity": "Fatal"}, [4]),
        ({"source": "valve"}, [2]),
        ({"hide": ["valve", "nobody"]}, [4, 3, 1]),
        ({"since": "90m"}, [4, 3]),
        ({"until": "90m"}, [2, 1]),
        ({"since": "2h", "until": "1h"}, [2]),
    ],
)
def test_lines_are_found_by_what_is_in_them(api: Any, past: FakePast, asked: dict[str, Any], ids: list[int]) -> None:
    assert found(api, **asked) == ids


def test_pages_follow_one_another(api: Any, past: FakePast) -> None:
    first = api.owner.get("/api/v1/logs", params={"limit": 3}).json()
    assert [row["id"] for row in first["logs"]] == [4, 3, 2]
    second = api.owner.get("/api/v1/logs", params={"limit": 3, "cursor": first["cursor"]}).json()
    assert [row["id"] for row in second["logs"]] == [1]
    assert second["cursor"] is None


def test_odd_lines_are_shown_too(api: Any, past: FakePast) -> None:
    (line,) = api.owner.get("/api/v1/logs", params={"severity": "fatal"}).json()["logs"]
    assert (line["node"], line["severity_text"], line["attrs"]) == ("99", "FATAL", "not json")


def test_rejects_are_the_lines_that_nobody_understood(api: Any, past: FakePast) -> None:
    (line,) = api.owner.get("/api/v1/rejects").json()["logs"]
    assert line["body"] == "temp=21,5,7"
    assert line["attrs"] == {"reason": "expected name=value", "frame": 0}
    assert line["at"] == "2027-01-15T07:00:00.125000Z"
    assert api.owner.get("/api/v1/rejects", params={"find": "hello"}).json()["logs"] == []


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"regex": "("}, 400, "regex"),
        ({"severity": "loud"}, 400, "severity"),
        ({"severity": "25"}, 400, "severity"),
        ({"severity": "²"}, 400, "severity"),
        ({"since": "?"}, 400, "since"),
        ({"since": "1h", "until": "2h"}, 400, "until"),
        ({"cursor": "abc"}, 400, "cursor"),
        ({"limit": "0"}, 400, "limit"),
        ({"order": "sideways"}, 400, "order"),
        ({"find": "\0"}, 400, "find"),
        ({"find": "x" * 1001}, 400, "find"),
        ({"node": "nobody"}, 404, None),
    ],
)
def test_what_is_wrong_is_named(
    api: Any, past: FakePast, asked: dict[str, str], status: int, field: str | None
) -> None:
    answer = api.owner.get("/api/v1/logs", params=asked)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]
    assert answer.json().get("field") == field


@pytest.mark.parametrize("path", ["/api/v1/logs", "/api/v1/rejects"])
def test_reading_needs_the_right_to_read(api: Any, past: FakePast, path: str) -> None:
    assert api.client().get(path).status_code == 401
    assert api.client(bearer=api.token("ingest")).get(path).status_code == 403
    assert api.client(bearer=api.token("read")).get(path).status_code == 200
