"""What the owner sets: file, environment and command line by turns, and nothing that is misspelt taken silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from wacket.errors import BadSettings
from wacket.settings import load


def test_the_command_line_comes_before_the_environment_the_file_and_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "wacket.toml").write_text('[doors]\nudp = "file:1"\ntcp = "file:1"\nhttp = "file:1"\n')
    said = {"WACKET_DOORS_TCP": "environment:1", "WACKET_DOORS_HTTP": "environment:1"}
    defaults = {f"doors.{door}": "default:1" for door in ("http", "tcp", "udp", "https")}
    doors = load(tmp_path, said, {"doors.http": "typed:1"}, defaults).doors
    assert (doors.http, doors.tcp, doors.udp, doors.https) == ("typed:1", "environment:1", "file:1", "default:1")


@pytest.mark.parametrize(
    ("name", "meant"), [("WACKET_DOORS_HTPP", "WACKET_DOORS_HTTP"), ("WACKET_HISTORY_LOG_DAYS", "HISTORY_LOGS_DAYS")]
)
def test_a_misspelt_variable_stops_the_start_and_the_right_one_is_named(tmp_path: Path, name: str, meant: str) -> None:
    with pytest.raises(BadSettings, match=f"{name}.*{meant}"):
        load(tmp_path, {name: "x"})


def test_variables_that_are_for_the_command_line_are_no_settings(tmp_path: Path) -> None:
    others = ("HUB", "DATA", "TOKEN", "DEBUG", "CLASS_PASSWORD", "SHARED_DATA")
    assert load(tmp_path, {f"WACKET_{name}": "x" for name in others}) == load(tmp_path, {})
