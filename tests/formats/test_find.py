"""The file name is the registration, and a wrong name is answered with the right ones."""

from __future__ import annotations

import pytest

from wacket import formats
from wacket.errors import BadRequest


def test_the_formats_that_the_hub_promises() -> None:
    assert formats.known() == ["auto", "csv", "energy", "influx", "ndjson", "plotter", "text"]


@pytest.mark.parametrize("name", formats.known())
def test_each_says_what_it_is(name: str) -> None:
    module = formats.find(name)
    assert module.SUMMARY.endswith(".")
    assert all("/" in media for media in module.MEDIA_TYPES)


@pytest.mark.parametrize("name", ["", "xml", "_frames", "../text", "text.x", "x" * 1000])
def test_a_wrong_name_is_answered_with_the_right_ones(name: str) -> None:
    with pytest.raises(BadRequest, match="known: auto, csv, energy") as caught:
        formats.find(name)
    assert caught.value.field == "format"
    assert len(str(caught.value)) < 200
