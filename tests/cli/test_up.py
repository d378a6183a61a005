"""wacket up: what it tells the hub and what it prints. The hub itself has its own tests."""

import json
import re
import sys
import types
from pathlib import Path
from typing import NamedTuple

import pytest

from wacket.cli.support.place import find
from wacket.errors import BadSettings
from wacket.settings import load

FINGERPRINT = ":".join(f"{number:02X}" for number in range(100, 132))  # as certificate.ensure gives it


class Ready(NamedTuple):
    addresses: dict[str, str]
    setup_link: str | None
    seconds: float
    folder: Path
    fingerprint: str | None


@pytest.fixture
def started(monkeypatch):
    """What wacket.hub.run was called with."""
    calls: list[tuple[Path, dict[str, str], dict[str, str] | None]] = []

    def run(folder, overrides, announce, defaults):
        calls.append((folder, overrides, defaults))
        announce(
            Ready(
                {"http": "127.0.0.1:8080", "tcp": "0.0.0.0:8090"},
                "http://127.0.0.1:8080/s/7KQ2",
                0.51,
                folder,
                FINGERPRINT,
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
        (tmp_path, {"doors.http": "127.0.0.1:0", "doors.tcp": "127.0.0.1:1", "doors.udp": ""}, None),
    ]


def test_nothing_said_overrides_nothing(wacket, started, tmp_path):
    wacket("up", "--data", str(tmp_path))
    assert started[0][1] == {}


def test_lan_opens_the_doors_with_tls_where_nobody_says_otherwise(wacket, started, tmp_path):
    wacket("up", "--data", str(tmp_path), "--lan", "--http", "127.0.0.1:80")
    _, said, defaults = started[0]
    assert said == {"doors.http": "127.0.0.1:80"}
    (tmp_path / "wacket.toml").write_text("[doors]\nudp = ''\n")
    doors = load(tmp_path, {"WACKET_DOORS_TCP": "192.0.2.7:8090"}, said, defaults).doors
    assert (doors.http, doors.https) == ("127.0.0.1:80", "*:8443")
    assert (doors.tcp, doors.udp) == ("192.0.2.7:8090", "")


def test_it_tells_where_it_listens_and_what_to_do_next(wacket, started, tmp_path):
    out = wacket("up", "--data", str(tmp_path)).out
    for part in (
        "ready in 0.5 s",
        "http://127.0.0.1:8080",
        "/s/7KQ2",
        "nc -w1 127.0.0.1 8090",
        f"series ls --data {tmp_path}",
    ):
        assert part in out


def test_the_fingerprint_is_whole_and_as_the_command_line_takes_it(wacket, started, tmp_path):
    out = wacket("up", "--data", str(tmp_path)).out
    (pin,) = re.findall(r"\b[0-9a-f]{64}\b", out)
    assert find(f"https://hub:8443#{pin}", None, None, {}) == find(f"https://hub:8443#{FINGERPRINT}", None, None, {})


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
