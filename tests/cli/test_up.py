"""wacket up: what it tells the hub and what it prints. The hub itself has its own tests."""

import json
import sys
import types
from pathlib import Path
from typing import NamedTuple

import pytest

from wacket.errors import BadSettings


class Ready(NamedTuple):
    addresses: dict[str, str]
    setup_link: str | None
    seconds: float
    folder: Path
    fingerprint: str | None


@pytest.fixture
def started(monkeypatch):
    """What wacket.hub.run was called with."""
    calls: list[tuple[Path, dict[str, str]]] = []

    def run(folder, overrides, announce):
        calls.append((folder, overrides))
        announce(
            Ready(
                {"http": "127.0.0.1:8080", "tcp": "0.0.0.0:8090"},
                "http://127.0.0.1:8080/s/7KQ2",
                0.51,
                folder,
                "ab" * 32,
            )
        )

    fake = types.ModuleType("wacket.hub")
    fake.run, fake.Ready = run, Ready
    monkeypatch.setitem(sys.modules, "wacket.hub", fake)
    return calls


def test_the_command_line_becomes_overrides(wacket, started, tmp_path):
    ran = wacket("up", "--data", str(tmp_path), "--http", "127.0.0.1:0", "--tcp", "127.0.0.1:1", "--udp", "")
    assert ran.code == 0
    assert started == [
        (tmp_path, {"doors.http": "127.0.0.1:0", "doors.tcp": "127.0.0.1:1", "doors.udp": ""}),
    ]


def test_nothing_said_overrides_nothing(wacket, started, tmp_path):
    wacket("up", "--data", str(tmp_path))
    assert started[0][1] == {}


def test_lan_opens_the_doors_with_tls_and_single_addresses_still_count(wacket, started, tmp_path):
    wacket("up", "--data", str(tmp_path), "--lan", "--http", "127.0.0.1:80")
    assert started[0][1] == {
        "doors.http": "127.0.0.1:80",
        "doors.https": "0.0.0.0:8443",
        "doors.tcp": "0.0.0.0:8090",
        "doors.udp": "0.0.0.0:8090",
    }


def test_it_tells_where_it_listens_and_what_to_do_next(wacket, started, tmp_path):
    out = wacket("up", "--data", str(tmp_path)).out
    for part in (
        "ready in 0.5 s",
        "http://127.0.0.1:8080",
        "/s/7KQ2",
        "nc -w1 127.0.0.1 8090",
        "abababababababab",
        f"series ls --data {tmp_path}",
    ):
        assert part in out


def test_what_ends_a_hub_is_told_in_its_own_words(wacket, started, tmp_path, monkeypatch):
    def run(*_):
        raise ExceptionGroup("tasks", [BadSettings("cannot listen on 127.0.0.1:8080: in use")])

    monkeypatch.setattr(sys.modules["wacket.hub"], "run", run)
    ran = wacket("up", "--data", str(tmp_path))
    assert ran.code == 1 and ran.err == "✗ cannot listen on 127.0.0.1:8080: in use\n"


def test_for_programs_it_tells_the_same_in_one_line(wacket, started, tmp_path):
    out = wacket("up", "--data", str(tmp_path), "--json").out
    assert out.count("\n") == 1
    assert json.loads(out)["addresses"] == {"http": "127.0.0.1:8080", "tcp": "0.0.0.0:8090"}
