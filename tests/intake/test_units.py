"""Units that are in the name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats._names import LONGEST_UNIT
from wacket.intake.units import UNITS, likely_unit, unit_of


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("cpu.percent", "%"),
        ("disk.used_percent", "%"),
        ("memory.available_bytes", "B"),
        ("network.sent_bytes_per_s", "B/s"),
        ("network.sent_packets_per_s", "/s"),
        ("rain.drops_per_second", "/s"),
        ("clock.offset_seconds", "s"),
        ("temperature.celsius", "°C"),
        ("per_s", "/s"),
        ("temperature", ""),
        ("bytes_free", ""),
        ("axis_s", ""),
        ("s", ""),
        ("", ""),
    ],
)
def test_of_names(name: str, unit: str) -> None:
    assert unit_of(name) == unit


@pytest.mark.slow
@given(st.text(alphabet="abps._") | st.text(max_size=40))
def test_of_any_name_it_is_one_that_is_known_or_none(name: str) -> None:
    unit = unit_of(name).removesuffix("/s")
    assert unit in {"", *UNITS.values()}
    assert len(unit) <= LONGEST_UNIT - 2


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("temp", "°C"),
        ("t", "°C"),
        ("Temp2", "°C"),
        ("greenhouse_temp", "°C"),
        ("bme280.humidity", "%"),
        ("pm25", "µg/m³"),
        ("co2", "ppm"),
        ("free_bytes", "B"),
        ("attempt", ""),
        ("", ""),
    ],
)
def test_a_guess_from_words_that_boards_use(name: str, unit: str) -> None:
    assert likely_unit(name) == unit
