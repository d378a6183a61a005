"""The simulated boards: whole lines of their format, the same for the same seed."""

import json
from random import Random

import pytest

from wacket.demo.board import fleet, kinds
from wacket.demo.events import energy_event
from wacket.demo.world import Wave

NOW = 1_700_000_000_000_000
NODES = [board.node for board in fleet()]


@pytest.mark.parametrize("place", range(len(kinds())), ids=kinds())
def test_every_board_sends_whole_lines_of_plain_text(place):
    board = fleet()[place]
    frame = board.frame(NOW)
    assert frame.endswith(b"\n") and b"\n\n" not in frame and len(frame) < 4096
    assert frame.decode("ascii").replace("\n", "").isprintable()
    assert board.way in {"tcp", "udp", "http"} and 0.2 <= board.every <= 10
    assert bool(board.format) == (board.way == "http")


def test_boards_have_names_of_their_own_and_every_door_is_used():
    assert len(set(NODES)) == len(NODES)
    assert {board.way for board in fleet()} == {"tcp", "udp", "http"}
    assert {board.format for board in fleet() if board.way == "http"} == {"influx", "csv", "ndjson", "energy"}


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    def frames(seed):
        return [board.frame(NOW) for board in fleet(seed) if board.node != "this-machine"]

    assert frames(1) == frames(1)
    assert all(
        a != b for a, b in zip(frames(1), frames(2), strict=True) if not a.startswith((b"INFO", b"WARN", b"ERR"))
    )


def test_a_wave_keeps_to_its_bounds_and_comes_round():
    wave, chance = Wave(10, 20, 60), Random(1)
    values = [wave.at(NOW + second * 1_000_000, chance) for second in range(120)]
    assert min(values) == pytest.approx(10, abs=0.1) and max(values) == pytest.approx(20, abs=0.1)
    assert values[:60] == pytest.approx(values[60:])


def test_an_energy_event_has_every_section_of_the_real_ones():
    event = energy_event(NOW, Random(1))
    assert "\n" not in event
    for section in ("Device:", "Alarms:", "Power:", "Line:", "Peaks:", "FFT Re:", "FFT Img:", "UTC Time:", "hz:"):
        assert section in event
    assert "UTC Time: 2023-11-14 22:13:20;" in event


def test_what_looks_like_json_is_json():
    boards = {board.node: board for board in fleet()}
    assert set(json.loads(boards["weather"].frame(NOW))) == {"pressure", "wind", "lux"}
    assert len([json.loads(line) for line in boards["air"].frame(NOW).splitlines()]) == 3
