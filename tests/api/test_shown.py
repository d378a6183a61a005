"""What a request shows of its sender is read in one way by all routes."""

from __future__ import annotations

import pytest

from wacket.api.shown import token_in


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer wkt_a", "wkt_a"),
        ("bearer  wkt_a ", "wkt_a"),
        ("Token wkt_a", "wkt_a"),
        ("Token ada:wkt_a", "wkt_a"),
        ("Bearer", None),
        ("Bearer  ", None),
        ("Basic YTpi", None),
        ("wkt_a", None),
        ("", None),
    ],
)
def test_the_token_of_a_header(header: str, token: str | None) -> None:
    assert token_in(header) == token
